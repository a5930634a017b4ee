"""The note that all is current holds as long as nothing has changed of what it depends on."""

import pytest

from aae_course.experiments import stamp
from aae_course.experiments.stamp import Stamp


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "a.py").write_text("a = 1")
    monkeypatch.setattr(stamp, "PACKAGE", folder)
    return folder


@pytest.fixture
def out(tmp_path, package):
    (tmp_path / "fig1.json").write_text("{}")
    (tmp_path / "fig1.png").touch()
    noted = Stamp(tmp_path, "smoke", 1)
    assert not noted.holds()
    noted.write()
    return tmp_path


def test_the_same_question_has_the_same_answer(out):
    assert Stamp(out, "smoke", 1).holds()
    assert not Stamp(out, "smoke", 2).holds() and not Stamp(out, "course", 1).holds()


@pytest.mark.parametrize(
    "change",
    {
        "a record is edited": lambda out: (out / "fig1.json").write_text("{ }"),
        "a record is new": lambda out: (out / "fig2.json").write_text("{}"),
        "a record is gone": lambda out: (out / "fig1.json").unlink(),
        "a picture is gone": lambda out: (out / "fig1.png").unlink(),
        "source is edited": lambda out: (out / "package" / "a.py").write_text("a = 2"),
        "source is new": lambda out: (out / "package" / "b.py").touch(),
        "the note is damaged": lambda out: (out / "runs" / "current.txt").write_bytes(b"\xff"),
    }.items(),
    ids=lambda change: change[0],
)
def test_a_change_makes_it_void(out, change):
    change[1](out)
    assert not Stamp(out, "smoke", 1).holds()


def test_source_that_was_edited_during_the_work_is_not_noted(out, package):
    begun = Stamp(out, "smoke", 1)
    (package / "a.py").write_text("a = 3")
    begun.write()
    assert not Stamp(out, "smoke", 1).holds()
