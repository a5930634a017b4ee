"""The checks of notebook 07 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import supervised as checks


def right_grid(styles, classes):
    return torch.arange(classes).repeat(len(styles)), styles.repeat_interleave(classes, 0)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda s, k: right_grid(s, k)[::-1], "in the other order"),
        (lambda s, k: right_grid(s, k)[0], "does not return a pair"),
        (lambda s, k: (right_grid(s, k)[0], s.repeat(k, 1)), "hold one style for a whole row"),
        (
            lambda s, k: (torch.arange(k).repeat_interleave(len(s)), s.repeat(k, 1)),
            "has a row for each label",
        ),
        (
            lambda s, k: (torch.arange(k).repeat_interleave(len(s)), right_grid(s, k)[1]),
            "does not count the labels",
        ),
        (lambda s, k: (right_grid(s, k)[0] + 1, right_grid(s, k)[1]), "from 1"),
        (lambda s, k: (right_grid(s, k)[0].float(), right_grid(s, k)[1]), "whole numbers"),
        (lambda s, k: (one_hot(right_grid(s, k)[0], k), right_grid(s, k)[1]), "is one-hot"),
        (lambda s, k: (torch.arange(k), s), "(y) returns the shape (4,) where (12,) is right"),
        (
            lambda s, k: (right_grid(s, k)[0], s),
            "(z) returns the shape (3, 5) where (12, 5) is right",
        ),
        (lambda s, k: (right_grid(s, k)[0], right_grid(s, k)[1] + 1), "other codes"),
    ],
)
def test_wrong_grids_are_told_why(answer, why, capsys):
    assert not checks.style_grid(answer)
    assert why in capsys.readouterr().out


def means(z, y):
    return torch.stack([z[y == label].mean(0) for label in range(10)])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda z, y, std: means(z, y), "in the units of z"),
        (lambda z, y, std: means(z, y) * std, "multiplies by the std"),
        (lambda z, y, std: means(z, y) / std**2, "by the variance"),
        (lambda z, y, std: (means(z, y) / std).T, "a column for each label"),
        (lambda z, y, std: z.mean(0) / std, "the mean of all codes"),
        (lambda z, y, std: one_hot(y, 10).T @ z / std, "returns sums"),
        (lambda z, y, std: one_hot(y, 10).T @ z / len(z) / std, "by the number of all codes"),
        (lambda z, y, std: (means(z, y) - z.mean(0)) / std, "subtracts the mean of all"),
        (lambda z, y, std: means(z, y)[:, 0], "where (10, 3) is right"),
        (lambda z, y, std: 0.0, "returns a float"),
    ],
)
def test_wrong_means_are_told_why(answer, why, capsys):
    assert not checks.class_means(answer)
    assert why in capsys.readouterr().out


def margin(accuracy, p, n):
    return (accuracy - p) / math.sqrt(p * (1 - p) / n)


@pytest.mark.parametrize("answer", [margin, lambda a, p, n: torch.tensor(margin(a, p, n))])
def test_the_right_margin_passes(answer, capsys):
    assert checks.above_chance(answer)
    assert capsys.readouterr().out == "passed: above_chance\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda a, p, n: a - p, "only the difference"),
        (lambda a, p, n: -margin(a, p, n), "wrong sign"),
        (lambda a, p, n: margin(a, p, 1), "forgets n"),
        (lambda a, p, n: (a - p) / (p * (1 - p) / n), "forgets the root"),
        (lambda a, p, n: (a - p) / (p * (1 - p) / math.sqrt(n)), "the root only of n"),
        (lambda a, p, n: (a - p) / math.sqrt(a * (1 - a) / n), "of the probe"),
        (lambda a, p, n: (a - p) / math.sqrt(p / n), "forgets 1"),
        (lambda a, p, n: margin(a, 0.1, n), "a tenth for guessing"),
        (lambda a, p, n: (a - p) / math.sqrt(0.25 / n), "yes-or-no"),
        (lambda a, p, n: 1.0, "gives 1 where 8.001 is right"),
        (lambda a, p, n: torch.ones(2), "one number was asked for"),
        (lambda a, p, n: "much", "a number was asked for"),
    ],
)
def test_wrong_margins_are_told_why(answer, why, capsys):
    assert not checks.above_chance(answer)
    assert why in capsys.readouterr().out


def densities(p, r, step):
    of_0, of_1 = (1 - r) * p, r * p
    return of_0 / of_0.sum() / step, of_1 / of_1.sum() / step


def of_both(density):
    """An answer from the density of one label: (p, share of the label at each z, step) -> (n,)."""
    return lambda p, r, step: (density(p, 1 - r, step), density(p, r, step))


def integral(values, step):
    return values.sum() * step


@pytest.mark.parametrize(
    "answer",
    [
        densities,
        of_both(lambda p, own, step: own * p / torch.trapezoid(own * p, dx=step)),
        of_both(lambda p, own, step: own * p / (own @ p * step)),
    ],
)
def test_the_right_terms_pass(answer, capsys):
    assert checks.terms(answer)
    assert capsys.readouterr().out == "passed: terms\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda *given: densities(*given)[::-1], "in the other order: q_0 comes first"),
        (lambda *given: densities(*given)[1], "does not return a pair"),
        (of_both(lambda p, own, step: own * p), "(q_0) is p(y) q(z|y): divide by p(y)"),
        (of_both(lambda p, own, step: 2 * own * p), "both labels for equally frequent"),
        (
            of_both(lambda p, own, step: own * p * integral(own * p, step)),
            "multiplies by",
        ),
        (of_both(lambda p, own, step: own * p / integral(p - own * p, step)), "of the other label"),
        (of_both(lambda p, own, step: own * p / (own * p).sum()), "sums to 1"),
        (of_both(lambda p, own, step: own / integral(own, step)), "leaves out the prior"),
        (of_both(lambda p, own, step: own), "is the share of the label at each z"),
        (of_both(lambda p, own, step: p), "is the prior"),
        (of_both(lambda p, own, step: p / own), "divides the prior by r"),
        (of_both(lambda p, own, step: own * p / own.mean()), "the mean of r over the grid"),
        (lambda p, r, step: (densities(p, r, step)[0], r * p), "(q_1) is p(y) q(z|y)"),
        (of_both(lambda p, own, step: own[:9]), "returns the shape (9,)"),
        (of_both(lambda p, own, step: 0 * p), "gives 0 in place"),
    ],
)
def test_wrong_terms_are_told_why(answer, why, capsys):
    assert not checks.terms(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("ace", "is wrong about A: it sees only z"),
        (["B", "C", "E"], "is wrong about B: in every direction"),
        (["E"], "is wrong about C: the distance from 0"),
        ("CDE", "is wrong about D: both labels' styles"),
        ("c", "is wrong about E: it sees a label 1"),
        ("ABD", "names those that notice nothing"),
        ("ABCDE", "names all of them"),
        ([], "names none"),
        ("F", "names 'F'"),
        (3, "returns no letters"),
    ],
)
def test_wrong_predictions_of_the_measures_are_told_why(answer, why, capsys):
    assert not checks.notice(lambda: answer)
    assert why in capsys.readouterr().out
