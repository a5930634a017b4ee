"""What pyproject.toml cannot say: a wheel has records, notebooks and playground; its links lead.

Everything else about the package is in pyproject.toml.
"""

import re
import tomllib
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
# Folders beside the package that a wheel has inside it.
BESIDE = ("figures", "notebooks", "docs/playground")


def with_addresses(markdown: str, repository: str) -> str:
    """The text with absolute links in the place of those to files of the repository.

    A package index shows the README without the files beside it. While no address is known, the
    text stays as it is.
    """

    def absolute(link):
        kind = "raw" if link[1].endswith(".png") else "blob"
        return f"]({repository}/{kind}/HEAD/{link[1]})"

    return re.sub(r"\]\((?!\w+:|#)([^)]+)\)", absolute, markdown) if repository else markdown


def repository() -> str:
    """The address of the repository, from the one place where it stands; "" while there is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "").rstrip("/")


if __name__ == "__main__":
    inside = {f"aae_course.{name.replace('/', '.')}": name for name in BESIDE}
    setup(
        packages=[*find_packages(include=["aae_course*"]), *inside],
        package_dir=inside,
        long_description=with_addresses(
            (ROOT / "README.md").read_text(encoding="utf-8"), repository()
        ),
        long_description_content_type="text/markdown",
    )
