"""Every check says how an exercise stands, whatever the reader's function does."""

import pytest
import torch

from aae_course.lessons.checks import (
    aae,
    comparison,
    convolutions,
    gan,
    semi_supervised,
    supervised as of_supervised,
    vae,
)
from aae_course.lessons.checks.grade import grade


def fine(returned):
    return None


def stops_by_values(x):
    y = x + 1
    return y @ torch.ones(4)


def test_an_answer_that_stops_is_told_where_and_a_hint(capsys):
    assert not grade("adds", stops_by_values, (torch.ones(3),), fine, hint="mind the shapes")
    said = capsys.readouterr().out
    assert said.startswith("not right: adds stops with RuntimeError(")
    assert "at `return y @ torch.ones(4)`" in said
    assert said.endswith(": mind the shapes\n")


def test_a_slip_of_another_kind_gets_no_hint(capsys):
    hint = "mind the shapes"
    assert not grade("adds", lambda x: x.no_such_name, (1,), fine, hint=hint)
    said = capsys.readouterr().out
    assert "AttributeError" in said and "mind the shapes" not in said


def test_a_fault_that_stops_is_no_traceback(capsys):
    def fault(returned):
        return returned.shape

    assert not grade("adds", max, ([1, 2],), fault)
    assert "not right: adds stops with AttributeError" in capsys.readouterr().out


def test_an_answer_gets_copies():
    given = torch.zeros(3)
    grade("adds", lambda x: x.add_(1), (given,), fine)
    assert not given.any()


def test_an_answer_draws_the_same_in_each_run():
    first, second = [], []
    grade("draws", lambda: torch.rand(3), (), first.append)
    grade("draws", lambda: torch.rand(3), (), second.append)
    assert torch.equal(first[0], second[0])


OF_PAIRS = [
    aae.adversarial_losses,
    comparison.best_variance,
    convolutions.head_weights,
    convolutions.main_and_interaction,
    gan.best_discriminator,
    of_supervised.style_grid,
    semi_supervised.entropy_and_marginal,
    vae.entropy_and_cross_entropy,
]


@pytest.mark.parametrize("check", OF_PAIRS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("half_done", [(None, None), (..., ...), (1.0, None), (None, 1.0), ...])
def test_half_an_answer_is_not_yet(check, half_done, capsys):
    assert not check(lambda *given: half_done)
    assert capsys.readouterr().out.startswith(f"not yet: {check.__name__}")


@pytest.mark.parametrize("check", OF_PAIRS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("other", [1.0, (1.0,), (1.0, 2.0, 3.0), "both", {}])
def test_what_is_no_pair_is_told_so(check, other, capsys):
    assert not check(lambda *given: other)
    assert "does not return a pair: return " in capsys.readouterr().out
