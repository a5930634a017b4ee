"""Where a run comes from: its commit if there is one, its machine, its sittings."""

import platform
import subprocess

import pytest
import torch

from aae_course.training import origin
from aae_course.training.origin import machine, marked, sittings_with


def git(folder, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    call = ["git", *who, *words]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A package in a folder of its own, in place of this one."""
    package = tmp_path / "aae_course"
    (package / "training" / "__pycache__").mkdir(parents=True)
    for name in ("__init__.py", "training/loop.py", "training/__pycache__/loop.pyc"):
        (package / name).touch()
    monkeypatch.setattr(origin, "PACKAGE", package)
    return tmp_path


def commit():
    """What a new process finds."""
    return origin.commit.__wrapped__()


NONE = {"commit": None, "dirty": None}


def test_outside_a_repository_there_is_no_commit(copy):
    assert commit() == NONE


def test_a_repository_that_does_not_track_the_package_lends_it_no_commit(copy):
    git(copy, "init")
    (copy / "other.txt").touch()
    git(copy, "add", "other.txt")
    git(copy, "commit", "-m", "Something else")
    assert commit() == NONE


def test_a_commit_and_what_has_changed_since(copy):
    git(copy, "init")
    git(copy, "add", "*.py")
    git(copy, "commit", "-m", "The package")
    clean = {"commit": git(copy, "rev-parse", "HEAD").strip(), "dirty": False}
    assert commit() == clean  # what Python has compiled is no change
    (copy / "elsewhere.txt").touch()
    assert commit() == clean
    (copy / "aae_course" / "new.py").touch()
    assert commit() == {**clean, "dirty": True}
    git(copy, "add", ".")
    git(copy, "commit", "-m", "A new module")
    (copy / "aae_course" / "new.py").write_text("1")
    assert commit() == {"commit": git(copy, "rev-parse", "HEAD").strip(), "dirty": True}


def test_the_machine():
    found = machine(torch.device("cpu"))
    assert found["device"] == "cpu" and found["processor"]
    assert found["threads"] == torch.get_num_threads()
    assert found["versions"]["python"] == platform.python_version()
    assert torch.__version__.startswith(found["versions"]["torch"])


HERE = {"commit": "a", "source": "s", "threads": 1}


def test_a_sitting_begins_where_something_is_different():
    first = sittings_with([], HERE, 0)
    assert first == [{"from_step": 0, **HERE}]
    assert sittings_with(first, HERE, 7) == first
    later = sittings_with(first, {**HERE, "threads": 2}, 7)
    assert later == [*first, {"from_step": 7, **HERE, "threads": 2}]


def test_sittings_of_other_source_are_marked_as_kept():
    first, second = {**HERE, "from_step": 0}, {**HERE, "from_step": 5, "source": "t"}
    both = marked([first, second], {"source": "t"})
    assert both == [{**first, "kept": True}, second]
    assert marked(both, HERE) == [first, {**second, "kept": True}]
    assert sittings_with(marked([first], {"source": "t"}), HERE, 9) == [{**first, "kept": True}]
