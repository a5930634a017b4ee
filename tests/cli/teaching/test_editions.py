"""A student's notebook has no solution in it, an instructor's has all of them filled in."""

import nbformat
import pytest

from aae_course.cli.teaching.editions import PROMISE, instructor, student
from aae_course.cli.teaching.exercises import (
    course_notebooks,
    exercises_of,
    read,
    solution,
    sources,
)


@pytest.fixture(params=course_notebooks(), ids=lambda path: path.name)
def notebook(request):
    return read(request.param)


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


def test_a_student_gets_the_exercises_hints_and_checks_and_no_solution(notebook):
    made = student(notebook)
    nbformat.validate(nbformat.from_dict(made))
    text = "\n".join(sources(made, "markdown"))
    assert sources(made, "code") == sources(notebook, "code")
    for name in exercises_of(notebook):
        assert lines(solution(notebook, name))[-1] not in text
    assert "<summary>Hint" in text and "<summary>Solution" not in text
    assert "<summary>The curve to expect" not in text
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>")


def test_an_instructor_gets_every_solution_in_its_cell_and_what_it_explains(notebook):
    made = instructor(notebook)
    nbformat.validate(nbformat.from_dict(made))
    code, text = ("\n\n".join(sources(made, kind)) for kind in ("code", "markdown"))
    for name in exercises_of(notebook):
        assert solution(notebook, name).rstrip() in code
        assert f" = checks.{name}({name})" in code
        assert code.count(f"def {name}(") == 1
        assert f"`{name}`" in sources(made, "markdown")[1]
    assert "return None  # your" not in code
    assert "<summary>Solution" not in text and "<summary>Hint" in text


def test_what_a_solution_explains_stays_and_the_notebook_itself_as_it_was():
    notebook = read(course_notebooks()[1])
    before = repr(notebook)
    text = "\n".join(sources(instructor(notebook), "markdown"))
    assert "**For the teacher · To the solution above.**\n\nThe target is the clean image." in text
    assert "The target is the clean image." not in "\n".join(sources(student(notebook), "markdown"))
    assert repr(notebook) == before


def test_nothing_promises_a_solution_that_is_not_there():
    first = read(course_notebooks()[0])
    assert PROMISE in "".join(sources(first, "markdown"))
    assert PROMISE not in "".join(sources(student(first), "markdown"))
