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
