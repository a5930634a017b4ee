"""Writes the links to Colab and Binder into the README, from the one address in pyproject.toml.

While pyproject.toml has no `Repository`, the README has no such link. After it got one, run
``python .github/launch_links.py``; a test says so too.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (\[[^]]+\]\((notebooks/\w+\.ipynb)\))[^|]*\|", re.MULTILINE)
NOTE = "\n\nOn Colab, run `%pip install git+{}` in a cell before the first one.\n"
WRITTEN_NOTE = re.compile(re.escape(NOTE).replace(r"\{\}", "[^`]+"))
TABLE = re.compile(r"^\| notebook \|.*?(?=\n\n)", re.MULTILINE | re.DOTALL)


def repository() -> str:
    """The address of the repository; "" while there is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "").rstrip("/")


def linked(readme: str, address: str) -> str:
    """The README with two links beside each notebook; without any where there is no address."""
    owner_and_name = "/".join(address.split("/")[-2:])

    def row(found):
        path = found[2]
        colab = f"https://colab.research.google.com/github/{owner_and_name}/blob/HEAD/{path}"
        binder = f"https://mybinder.org/v2/gh/{owner_and_name}/HEAD?urlpath=lab/tree/{path}"
        links = f" · [Colab]({colab}) · [Binder]({binder})" if address else ""
        return f"| {found[1]}{links} |"

    text = ROW.sub(row, WRITTEN_NOTE.sub("\n", readme))
    note = NOTE.format(address).rstrip() if address else ""
    return TABLE.sub(lambda table: table[0] + note, text, count=1)


if __name__ == "__main__":
    page = ROOT / "README.md"
    text = linked(page.read_text(encoding="utf-8"), repository())
    page.write_text(text, encoding="utf-8", newline="\n")
