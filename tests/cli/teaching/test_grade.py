"""A folder of notebooks is graded in one command, whatever is in them, and goes on where it was."""

import csv
import signal

import pytest

from aae_course.cli.stopping import Stopped
from aae_course.cli.teaching import grade
from aae_course.cli.teaching.examination import Grade, Report

LOOP = "def reconstruction_loss(x_hat, x):\n    while True:\n        pass"
LEAVE = "import os\n\nos._exit(0)"
CHEAT = """
checks.minibatch = lambda answer: print("passed: minibatch") or True
minibatch = max
"""


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {(row["student"], row["exercise"]): (row["passed"], row["reason"]) for row in rows}


def test_no_notebook_keeps_the_others_from_being_graded(aae_course, hand_in, tmp_path):
    outside = tmp_path / "outside.txt"
    hand_in("ann", second=LOOP)
    hand_in("bob", first=LEAVE)
    hand_in("cem", first=CHEAT, second=f"open({str(outside)!r}, 'w')")
    hand_in("dee").write_text("{", encoding="utf-8")
    folder = tmp_path / "handed_in"
    shown = aae_course("grade", str(folder), "--workers", "2", "--cell-seconds", "8")
    assert shown.returncode == 0, shown.stderr
    assert "minibatch: 1 of 3 passed\ntrain_phases: 0 of 3 passed" in shown.stdout
    assert "1 could not be read as a notebook of the course" in shown.stdout
    rows = rows_of(folder / "grades.csv")
    assert rows["ann", "minibatch"] == ("yes", "")
    assert rows["ann", "reconstruction_loss"] == ("no", "its cell does not end within 8 s")
    assert rows["bob", "minibatch"][1] == "its cell ends the notebook's process"
    assert rows["bob", "reconstruction_loss"][1].startswith("the notebook ends its own process")
    assert rows["cem", "minibatch"][0] == "no"
    assert "stops with RuntimeError" in rows["cem", "minibatch"][1]
    assert "PermissionError: writes to" in rows["cem", "reconstruction_loss"][1]
    assert rows["dee", ""][1].startswith("is no notebook: ")
    assert not outside.exists()


@pytest.fixture
def graded(monkeypatch):
    """The students whose notebooks were run, in their order; here none is run."""
    seen = []

    def examine(path, limits, stop):
        seen.append(path.parent.name)
        return Report([Grade("minibatch", True, "")], 1.0, 100.0)

    monkeypatch.setattr(grade, "examine", examine)
    return seen


def test_a_second_call_grades_what_is_new_or_was_changed(aae_course, hand_in, graded, tmp_path):
    for student in ("ann", "bob", "cem"):
        path = hand_in(student)
    folder = str(tmp_path / "handed_in")
    aae_course("grade", folder)
    assert sorted(graded) == ["ann", "bob", "cem"]
    path.write_text(path.read_text("utf-8").replace("255", "256"), encoding="utf-8")
    hand_in("dee")
    (tmp_path / "handed_in" / "ann" / "00_start_here.ipynb").unlink()
    hidden = tmp_path / "handed_in" / "bob" / ".ipynb_checkpoints"
    hidden.mkdir()
    (hidden / "00_start_here-checkpoint.ipynb").write_text("{}", encoding="utf-8")
    del graded[:]
    shown = aae_course("grade", folder)
    assert sorted(graded) == ["cem", "dee"]
    assert "1 of 3 are graded already\nminibatch: 3 of 3 passed\n" in shown.stdout
    assert [student for student, _ in rows_of(tmp_path / "handed_in" / "grades.csv")] == [
        "bob",
        "cem",
        "dee",
    ]
    del graded[:]
    aae_course("grade", folder, "--scale", "course")
    assert sorted(graded) == ["bob", "cem", "dee"]


def test_a_ctrl_c_keeps_the_rows_so_far(aae_course, hand_in, graded, monkeypatch, tmp_path):
    def interrupted(jobs):
        yield next(iter(jobs))
        raise Stopped(signal.SIGINT)

    for student in ("ann", "bob"):
        hand_in(student)
    monkeypatch.setattr(grade, "_as_done", interrupted)
    shown = aae_course("grade", str(tmp_path / "handed_in"))
    assert shown.returncode == 130
    assert list(rows_of(tmp_path / "handed_in" / "grades.csv")) == [("ann", "minibatch")]


def test_mistakes_are_told_in_one_line(aae_course, hand_in, tmp_path):
    hand_in("ann")
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    words = ["grade", str(tmp_path), "--out", str(tmp_path / "mine.csv")]
    shown = aae_course(*words)
    told = f"{tmp_path / 'mine.csv'} is no table of grades: name another file with --out"
    assert (shown.returncode, shown.stderr) == (2, f"aae-course: {told}\n")
    shown = aae_course("grade", str(tmp_path / "nowhere"))
    assert shown.returncode == 2 and "no notebook (*.ipynb) in" in shown.stderr
    assert aae_course("grade", str(tmp_path), "--scale", "huge").returncode == 2
