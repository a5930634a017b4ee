"""The files around the package agree with one another."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pre_commit.clientlib import load_config

ROOT = Path(__file__).parents[1]
# Where a package comes from is for each machine's own settings to say.
DOWNLOAD_ADDRESS = re.compile(
    r"--?(extra-)?index-url|/simple/|://\S+\.whl\b|\.tar\.gz#|^resolved ", re.M
)
LOCK_FILES = {"uv.lock", "pylock.toml", "poetry.lock", "package-lock.json"}
# torch pins these itself, and which ones it needs depends on the machine
ACCELERATOR = re.compile(r"nvidia-|cuda-|triton$")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def pins(lines):
    """The packages pinned in these lines, by name."""
    requirements = [Requirement(line) for line in lines if "==" in line]
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in requirements}


def direct_requirements():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(line) for line in sum(extras, project["dependencies"])]


def constraints():
    lines = read("constraints.txt").splitlines()
    return pins(line for line in lines if not line.startswith("#"))


def conda_packages():
    return yaml.safe_load(read("environment.yml"))["dependencies"]


def conda_pip_lines():
    return next(entry["pip"] for entry in conda_packages() if isinstance(entry, dict))


def names(requirements):
    return {canonicalize_name(requirement.name) for requirement in requirements}


# One tested set of versions


def test_every_direct_dependency_is_pinned():
    assert names(direct_requirements()) <= set(constraints())


def test_pins_satisfy_the_lower_bounds():
    pinned = constraints()
    broken = [
        str(requirement)
        for requirement in direct_requirements()
        if not requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])
    ]
    assert not broken


def test_constraints_hold_one_version_each_and_nothing_else():
    lines = [line for line in read("constraints.txt").splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in lines)
    assert len(constraints()) == len(lines)


def test_conda_installs_the_same_versions():
    pinned = constraints()
    expected = {name: pinned[name] for name in names(direct_requirements())}
    assert pins(conda_pip_lines()) == expected


def test_conda_installs_nothing_else():
    others = [line for line in conda_pip_lines() if "==" not in line]
    assert others == ["-c constraints.txt", "-e ."]
    assert [entry for entry in conda_packages() if isinstance(entry, str)] == ["python=3.11", "pip"]


def needed(requirements, respect_markers):
    """The names of everything these requirements bring in, read from what is installed."""
    found, queue = set(), [(r, "") for r in requirements]
    while queue:
        requirement, extra = queue.pop()
        marker = requirement.marker
        applies = marker is None or marker.evaluate({"extra": extra})
        if not applies and (respect_markers or "extra" in str(marker)):
            continue
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in found:
            found.add(key)
            queue += [(r, e) for r in requires(key[0]) for e in requirement.extras or [""]]
    return {name for name, _ in found if not ACCELERATOR.match(name)}


def requires(name):
    try:
        return [Requirement(line) for line in importlib.metadata.requires(name) or []]
    except importlib.metadata.PackageNotFoundError:
        return []  # for another platform


def installed(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def test_constraints_are_the_whole_closure():
    pinned = constraints()
    direct = direct_requirements()
    if any(installed(name) != pinned[name] for name in names(direct)):
        pytest.skip("this environment is not the tested set")
    if sys.platform == "linux":
        assert needed(direct, respect_markers=True) - set(pinned) == set()
    assert set(pinned) - needed(direct, respect_markers=False) == set()


# What the files say


def repository_files():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return ""  # a picture, or removed and not committed yet


def test_no_file_says_where_packages_are_downloaded():
    files = [path for path in repository_files() if path != Path(__file__)]
    assert not LOCK_FILES.intersection(path.name for path in files)
    assert not [path.name for path in files if DOWNLOAD_ADDRESS.search(text_of(path))]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_in_documents_exist(document):
    named = make_targets_named_in(read(document))
    assert named
    assert named <= set(re.findall(r"^([a-z][\w-]*):", read("Makefile"), re.MULTILINE))


def make_targets_named_in(markdown):
    """What follows make in code spans, and at the start of a line in code blocks."""
    call = r"make (?:\w+=\S+ )*([a-z][\w-]*)"
    blocks = "".join(re.findall(r"^```.*?^```", markdown, re.MULTILINE | re.DOTALL))
    in_blocks = re.findall(rf"^\s*(?:\$ )?{call}", blocks, re.MULTILINE)
    return {*re.findall(rf"`{call}", markdown), *in_blocks}


def test_commit_hooks_are_valid():
    assert load_config(ROOT / ".pre-commit-config.yaml")["repos"]


def test_citation_names_this_version():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == project["version"]
    assert f"{citation['license']} AND CC-BY-4.0" == project["license"]  # code; text and figures


# What the package needs

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"IPython", "ipykernel", "ipywidgets", "jupyter", "notebook",
                                      "anywidget", "jupyter_client", "jupyter_core", "jupyterlab",
                                      "umap", "ray"}:
            raise ImportError(f"{name} is absent in this test")

sys.meta_path.insert(0, Absent())
import aae_course
for module in pkgutil.walk_packages(aae_course.__path__, "aae_course."):
    importlib.import_module(module.name)
    print(module.name)
"""


def test_package_imports_without_jupyter():
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout
