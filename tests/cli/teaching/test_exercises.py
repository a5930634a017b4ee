"""The exercises of a notebook are found by the calls of their checks, the solutions by folds."""

import pytest

from aae_course.cli.teaching.exercises import (
    checks_of,
    course_exercises,
    course_notebooks,
    exercises_of,
    read,
    solution,
)


def notebook(*cells):
    kinds = {"md": "markdown", "code": "code"}
    return {"cells": [{"cell_type": kinds[kind], "source": [text]} for kind, text in cells]}


SMALL = notebook(
    ("code", "from aae_course.lessons.checks import vae as checks"),
    ("code", "def one():\n    return None\n\n\n_ = checks.one(one)"),
    ("md", "<details><summary>Hint</summary>\n\n```python\ndef one():\n    ...\n```\n\n</details>"),
    ("md", "<details><summary>Solution</summary>\n\n```python\ndef one():\n    return 1\n```\n\n"
           "Why.\n\n</details>"),
)  # fmt: skip


def test_a_notebook_says_which_checks_it_has_and_of_what():
    assert (checks_of(SMALL), exercises_of(SMALL)) == ("vae", ["one"])
    assert (checks_of(notebook(("md", "text"))), exercises_of(notebook())) == (None, [])


def test_a_hint_is_no_solution():
    assert solution(SMALL, "one") == "def one():\n    return 1\n"
    with pytest.raises(LookupError, match="no solution defines two"):
        solution(SMALL, "two")


def test_every_notebook_of_the_course_has_checks_of_its_own():
    known = course_exercises()
    assert len(known) == len(course_notebooks()) and None not in known
    for path in course_notebooks():
        for name in known[checks_of(read(path))]:
            assert f"def {name}(" in solution(read(path), name)
