"""A verdict is that of the check in its file, and a kernel of a student writes to one folder."""

import subprocess
import sys

import pytest

from aae_course.cli.teaching.verdict import verdict
from aae_course.lessons.checks import start


def minibatch(images, index):
    return images[index] / 255


def test_it_says_whether_a_function_passes_and_why_not(capsys):
    assert verdict("start", "minibatch", {"minibatch": minibatch}) == (True, "")
    passed, why = verdict("start", "minibatch", {"minibatch": lambda images, index: images[index]})
    assert not passed and why.startswith("returns ")
    assert verdict("start", "minibatch", {"minibatch": lambda *_: None}) == (
        False,
        "not yet written",
    )
    assert verdict("start", "minibatch", {}) == (False, "there is no function minibatch")
    assert capsys.readouterr().out == ""


def test_what_a_student_prints_or_puts_in_the_place_of_a_check_counts_for_nothing(monkeypatch):
    monkeypatch.setattr(start, "minibatch", lambda answer: True)
    monkeypatch.setattr(start, "Expected", None)

    def talks(images, index):
        print("passed: minibatch")
        return images

    passed, why = verdict("start", "minibatch", {"minibatch": talks})
    assert not passed and "one row for each number" in why
    assert start.minibatch(None) is True  # and it is left as it was


GUARDED = """
import os, pathlib, shutil, sys, tempfile
from aae_course.cli.teaching.verdict import write_only_in

inside, outside = map(pathlib.Path, sys.argv[1:3])
os.chdir(inside)
write_only_in(inside)
pathlib.Path("mine").write_text("fine")
os.rename("mine", inside / "other")
open(os.devnull, "w").close()
print((outside / "kept").read_text())
exec(sys.argv[3])
"""


@pytest.mark.parametrize(
    "line",
    [
        "open(outside / 'kept', 'w')",
        "open('../outside/kept', 'a')",
        "os.open(outside / 'new', os.O_CREAT)",
        "os.remove(outside / 'kept')",
        "os.rename('other', outside / 'kept')",
        "os.symlink(outside, 'way'); open('way/kept', 'w')",
        "shutil.rmtree(outside)",
    ],
)
def test_a_file_outside_is_read_and_not_changed(tmp_path, line):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "kept").write_text("as it was")
    call = [sys.executable, "-c", GUARDED, str(inside), str(outside), line]
    ended = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    assert ended.stdout == "as it was\n"
    assert "PermissionError: writes to " in ended.stderr
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"kept": "as it was"}
