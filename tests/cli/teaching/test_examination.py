"""What is no notebook is told, and a process that goes beyond its limits is ended with its own."""

import sys
from threading import Event, Timer

import psutil
import pytest

from aae_course.cli.teaching.examination import Limits, examine
from aae_course.cli.teaching.examiner import Task

WAITS = "import time; time.sleep(600)"
FILLS = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; held = b'1' * 10**8; time.sleep(600)"])
"""
CUT_SHORT = """
import json, sys
file = open(sys.argv[1], "w")
file.write('["minibatch", false, null]\\n["minibatch", true, ""]\\n')
file.write('["reconstruction_loss", false, null]\\n["recons')
file.close()
sys.exit("out of luck")
"""


@pytest.fixture
def instead(monkeypatch, hand_in):
    """Examines a notebook with a process of other code in the place of the examiner."""

    def examine_with(code, stop=None, **limits):
        command = lambda task: [sys.executable, "-c", code, task.verdicts]  # noqa: E731
        monkeypatch.setattr(Task, "command", command)
        return examine(hand_in("ann"), Limits(**limits), stop or Event())

    return examine_with


def reasons(report):
    names = ["minibatch", "train_phases", "reconstruction_loss", "same_training"]
    assert [grade.exercise for grade in report.grades] == names
    return {grade.reason for grade in report.grades if not grade.passed}


def test_a_notebook_that_never_ends_is_ended(instead):
    assert reasons(instead(WAITS, minutes=0.01)) == {
        "the notebook does not end within 0.01 minutes"
    }


def test_one_that_takes_too_much_memory_is_ended_with_what_it_started(instead):
    report = instead(FILLS, gigabytes=0.1)
    assert reasons(report) == {"the notebook takes more than 0.1 GB of memory"}
    assert report.megabytes > 100
    assert not psutil.Process().children(recursive=True)


def test_it_is_ended_where_the_whole_is_stopped(instead):
    stop = Event()
    Timer(0.5, stop.set).start()
    assert reasons(instead(WAITS, stop=stop)) == {"stopped"}


def test_verdicts_so_far_count_and_the_rest_gets_the_reason(instead):
    report = instead(CUT_SHORT)
    assert report.grades[0].passed
    assert reasons(report) == {"the grader itself failed: out of luck"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is no notebook: Notebook does not appear to be JSON"),
        (b"\xff\xfe", "is no notebook: "),
        (b"[]", "is no notebook: "),
        (b"{}", "is no notebook: "),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}', "is no notebook: "),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}',
            "is no notebook of the course: it has no line `from aae_course.lessons.checks import",
        ),
    ],
)
def test_what_is_no_notebook_is_told_and_not_run(tmp_path, content, why):
    (tmp_path / "a.ipynb").write_bytes(content)
    (grade,) = examine(tmp_path / "a.ipynb", Limits(), Event()).grades
    assert (grade.exercise, grade.passed) == ("", False)
    assert grade.reason.startswith(why)


def test_a_file_that_is_not_there_is_told(tmp_path):
    (grade,) = examine(tmp_path / "a.ipynb", Limits(), Event()).grades
    assert grade.reason.startswith("is no notebook: [Errno 2] No such file")
