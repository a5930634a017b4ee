"""Whether libraries work: those that raise, those that end Python, those that are not there."""

import os
import tomllib
from pathlib import Path

import pytest

from aae_course.cli import libraries
from aae_course.cli.libraries import EXTRA, NEEDED, OPTIONAL, Library, faults, tried

ROOT = Path(__file__).parents[2]


def names(requirements):
    return {requirement.partition(">=")[0] for requirement in requirements}


def test_all_that_the_package_needs_is_looked_at():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert names(project["dependencies"]) == set(NEEDED)
    extras = project["optional-dependencies"]
    assert {name for name, use in EXTRA.items() if use == "notebooks"} == names(extras["notebooks"])
    assert set(OPTIONAL) == set(EXTRA)
    assert all(name in names(extras[use]) for name, use in EXTRA.items())


def test_what_is_wrong_is_its_error_or_how_python_ended():
    lines = {
        "fine": "print('a library that talks')",
        "missing": "import no_such_library",
        "raises": "raise RuntimeError('two\\nlines ±')",
        "exits": "raise SystemExit(3)",
        "crashes": "import os; os._exit(7)",
        "after it": "pass",
    }
    assert faults(lines) == {
        "fine": None,
        "missing": "ModuleNotFoundError: No module named 'no_such_library'",
        "raises": "RuntimeError: two lines \\xb1",
        "exits": "SystemExit: 3",
        "crashes": "importing it ends Python with status 7",
        "after it": None,
    }


def test_a_file_in_this_folder_is_not_taken_for_a_library(tmp_path, monkeypatch):
    (tmp_path / "tqdm.py").write_text("raise OSError", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert faults({"tqdm": "import tqdm"}) == {"tqdm": None}


def test_a_library_works_if_it_is_installed_and_without_fault(monkeypatch):
    monkeypatch.setattr(libraries, "faults", lambda lines: dict.fromkeys(lines) | {"rich": "no"})
    found = tried({"tqdm": "", "rich": "", "no-such-library": ""})
    assert [each.works for each in found] == [True, False, False]
    assert found[1].version and found[1].fault == "no"
    assert found[2] == Library("no-such-library", None)


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process otherwise")
def test_a_library_for_another_processor_is_told():
    line = "import os, signal; os.kill(os.getpid(), signal.SIGILL)"
    assert faults({"torch": line}) == {"torch": "importing it ends Python with status -4"}
