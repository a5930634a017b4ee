"""The table of grades reads what it wrote, and says who handed in what."""

import csv

import pytest

from aae_course.cli.teaching.examination import Grade, Limits, Report
from aae_course.cli.teaching.gradebook import Gradebook

REPORT = Report([Grade("one", True, ""), Grade("two", False, 'stops with "x",\n= 3')], 12.3, 678.9)


@pytest.fixture
def notebooks(tmp_path):
    paths = [tmp_path / "ann" / "00.ipynb", tmp_path / "bob.ipynb"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", encoding="utf-8")
    return paths


def test_it_takes_up_what_it_wrote(tmp_path, notebooks):
    book = Gradebook(tmp_path / "grades.csv", tmp_path, Limits())
    for path in reversed(notebooks):
        assert not book.has(path)
        book.enter(path, book.mark(path), REPORT)
    again = Gradebook(tmp_path / "grades.csv", tmp_path, Limits())
    assert again.rows == book.rows and all(map(again.has, notebooks))
    assert not any(map(Gradebook(book.path, tmp_path, Limits(scale="course")).has, notebooks))
    with open(book.path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == ["ann", "ann", "bob", "bob"]
    assert [row["file"] for row in rows] == ["ann/00.ipynb"] * 2 + ["bob.ipynb"] * 2
    assert (rows[1]["passed"], rows[1]["reason"]) == ("no", 'stops with "x", = 3')
    assert (rows[1]["seconds"], rows[1]["peak_mb"]) == ("12", "679")


def test_what_was_changed_or_is_gone_does_not_count(tmp_path, notebooks):
    book = Gradebook(tmp_path / "grades.csv", tmp_path, Limits())
    for path in notebooks:
        book.enter(path, book.mark(path), REPORT)
    notebooks[0].write_text("{ }", encoding="utf-8")
    assert [book.has(path) for path in notebooks] == [False, True]
    book.keep_only(notebooks[1:])
    assert list(book.rows) == ["bob.ipynb"]


def test_a_file_that_cannot_be_read_has_a_mark_too(tmp_path):
    (tmp_path / "folder.ipynb").mkdir()
    book = Gradebook(tmp_path / "grades.csv", tmp_path, Limits())
    assert book.mark(tmp_path / "folder.ipynb") == "smoke unreadable"


def test_another_table_is_left_as_it_is(tmp_path):
    (tmp_path / "grades.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"is no table of grades: name another file with --out"):
        Gradebook(tmp_path / "grades.csv", tmp_path, Limits())
