"""The checks of notebook 10 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.lessons.checks import reduction as checks


def cost(heads, margin):
    return (margin - torch.pdist(heads)).relu().sum()


@pytest.mark.parametrize("answer", [cost, lambda w, m: cost(w, m).item()])
def test_the_right_cost_passes(answer, capsys):
    assert checks.head_distance(answer)
    assert capsys.readouterr().out == "passed: head_distance\n"


def square(heads, margin):
    """The costs of all ordered pairs, of each head with itself too."""
    return (margin - torch.cdist(heads, heads)).relu()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda w, m: 2 * cost(w, m), "every pair twice: i < j"),
        (lambda w, m: square(w, m).sum(), "every pair twice, and each head with itself"),
        (lambda w, m: square(w, m).sum() / 2, "halves the sum of all"),
        (lambda w, m: square(w, m).triu().sum(), "counts each head with itself"),
        (lambda w, m: (m - torch.pdist(w)).relu().mean(), "takes the mean"),
        (lambda w, m: (m - torch.pdist(w)).sum(), "lets far pairs pay back"),
        (lambda w, m: (torch.pdist(w) - m).relu().sum(), "punishes heads that are far apart"),
        (lambda w, m: (m - torch.pdist(w)).relu().square().sum(), "squares the shortfall"),
        (lambda w, m: (m - torch.pdist(w).square()).relu().sum(), "squares the distance"),
        (lambda w, m: (m - torch.pdist(w, p=1)).relu().sum(), "differences of the coordinates"),
        (lambda w, m: m - torch.pdist(w).min(), "only at the nearest pair"),
        (lambda w, m: square(w, m), "one number was asked for"),
        (lambda w, m: "much", "a number was asked for"),
        (lambda w, m: 0.0, "gives 0 where"),
    ],
)
def test_wrong_costs_are_told_why(answer, why, capsys):
    assert not checks.head_distance(answer)
    assert why in capsys.readouterr().out


def tail(a):
    return torch.special.ndtr(torch.tensor(-a)).item()


@pytest.mark.parametrize(
    "answer", [lambda d, s: tail(d / 2 / s), lambda d, s: 0.5 * math.erfc(d / s / 8**0.5)]
)
def test_the_right_tail_passes(answer, capsys):
    assert checks.confused(answer)
    assert capsys.readouterr().out == "passed: confused\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda d, s: 1 - tail(d / 2 / s), "the share that is right"),
        (lambda d, s: 2 * tail(d / 2 / s), "counts both tails"),
        (lambda d, s: tail(d / s), "has the whole distance"),
        (lambda d, s: tail(d / 2), "forgets the standard deviation"),
        (lambda d, s: tail(d / 2 / s**2), "divides by the variance"),
        (lambda d, s: tail(d / 2 * s), "multiplies by the standard deviation"),
        (lambda d, s: tail(d / 2 / s / 2**0.5), "lets both heads have noise"),
        (lambda d, s: tail(d / 4 / s), "a quarter of the distance"),
        (lambda d, s: math.exp(-((d / 2 / s) ** 2) / 2), "longer than half the distance"),
        (
            lambda d, s: math.exp(-((d / 2 / s) ** 2) / 2) / math.sqrt(2 * math.pi),
            "is a density",
        ),
        (lambda d, s: 100 * tail(d / 2 / s), "is in percent"),
        (lambda d, s: -tail(d / 2 / s), "is right"),
        (lambda d, s: torch.randn(3), "one number was asked for"),
        (lambda d, s: d / 0, "stops with ZeroDivisionError"),
    ],
)
def test_wrong_tails_are_told_why(answer, why, capsys):
    assert not checks.confused(answer)
    assert why in capsys.readouterr().out


TRUSTED, CONTINUED = ["turned", "cut open", "torn"], ["turned", "cut open", "pressed flat"]


@pytest.mark.parametrize("kind", [list, tuple, set])
def test_the_right_prediction_passes(kind, capsys):
    assert checks.above(lambda: (kind(reversed(TRUSTED)), kind(CONTINUED)))
    assert capsys.readouterr().out == "passed: above\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((CONTINUED, TRUSTED), "in the other order"),
        ((TRUSTED[:2], CONTINUED), "(trustworthiness) misses 'torn': within a piece"),
        (([*TRUSTED, "pressed flat"], CONTINUED), "has 'pressed flat': points of the upper"),
        (([*TRUSTED, "shuffled"], CONTINUED), "(trustworthiness) has 'shuffled'"),
        ((TRUSTED[1:], CONTINUED), "(trustworthiness) misses 'turned'"),
        ((["turned", "torn"], CONTINUED), "misses 'cut open': neighbours on the line"),
        ((TRUSTED, CONTINUED[:2]), "(continuity) misses 'pressed flat': points that are near"),
        ((TRUSTED, [*CONTINUED, "torn"]), "(continuity) has 'torn': neighbours at the end"),
        ((TRUSTED, ["turned", "pressed flat"]), "misses 'cut open': neighbours are lost at one"),
        ((TRUSTED, [*CONTINUED, "shuffled"]), "(continuity) has 'shuffled'"),
        ((TRUSTED, ["circle"]), "names 'circle': the maps are turned, cut open"),
        ((TRUSTED, "torn"), "that is no list of names"),
        ((TRUSTED,), "two lists were asked for"),
        (([], []), "misses 'turned'"),
    ],
)
def test_wrong_predictions_are_told_why(answer, why, capsys):
    assert not checks.above(lambda: answer)
    assert why in capsys.readouterr().out
