"""Every exercise of every notebook: its stub waits, and the solution that is shown passes."""

import importlib

import pytest
import torch
from solutions import NOTEBOOKS, cells, solution, stub

from aae_course.cli.teaching.exercises import CALL, CHECKS


def exercises():
    """(notebook, module of its checks, name of the exercise) for each check that is called."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        code = "\n".join(cells(path.name, "code"))
        (module,) = CHECKS.findall(code)
        for check, function in CALL.findall(code):
            assert check == function, f"{path.name}: a check has the name of its exercise"
            yield pytest.param(path.name, module, check, id=f"{path.stem[:2]}-{check}")


EXERCISES = list(exercises())


def test_every_notebook_has_three_checked_exercises_or_more():
    counts = {path.name: 0 for path in NOTEBOOKS.glob("*.ipynb")}
    for exercise in EXERCISES:
        counts[exercise.values[0]] += 1
    assert min(counts.values()) >= 3, counts


def check_of(module, name):
    return getattr(importlib.import_module(f"aae_course.lessons.checks.{module}"), name)


@pytest.mark.parametrize(("notebook", "module", "name"), EXERCISES)
def test_the_stub_waits(notebook, module, name, capsys):
    assert check_of(module, name)(stub(notebook, name)) is False
    assert capsys.readouterr().out.startswith(f"not yet: {name}")


@pytest.mark.parametrize(("notebook", "module", "name"), EXERCISES)
def test_the_shown_solution_passes(notebook, module, name, capsys):
    assert check_of(module, name)(solution(notebook, name)) is True
    assert capsys.readouterr().out == f"passed: {name}\n"


@pytest.mark.parametrize(("notebook", "module", "name"), EXERCISES)
def test_a_check_leaves_the_random_generator_alone(notebook, module, name):
    answer = solution(notebook, name)
    before = torch.get_rng_state()
    check_of(module, name)(answer)
    assert torch.equal(torch.get_rng_state(), before)


def stops(*given):
    raise KeyError("of the reader's")


ODD = [1.0, -3, "text", {}, [], (1, 2), (1, torch.zeros(2)), torch.zeros(3), torch.zeros(0), max]


@pytest.mark.parametrize(("notebook", "module", "name"), EXERCISES)
def test_no_odd_answer_passes_or_ends_in_a_traceback(notebook, module, name, capsys):
    check = check_of(module, name)
    for odd in ODD:
        assert check(lambda *given, odd=odd: odd) is False
        assert capsys.readouterr().out.startswith(f"not right: {name} ")
    assert check(stops) is False
    assert "stops with KeyError" in capsys.readouterr().out
