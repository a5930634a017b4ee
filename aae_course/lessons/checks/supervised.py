"""Checks of notebook 07: the inputs of Figure 7, mean styles, and a margin over chance."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import (
    as_number,
    close,
    compared,
    finished,
    is_pair,
    shape_is_wrong,
)
from aae_course.randomness import seeded_generator


def style_grid(answer: Callable[[Tensor, int], tuple[Tensor, Tensor]]) -> bool:
    """Check ``answer(styles, classes)``: labels (n * classes,) and codes (n * classes, dim).

    Row by row: the first style with every label, then the second.
    """
    styles, classes = torch.randn(3, 5, generator=seeded_generator(7, 1)), 4
    pair = finished(answer(styles.clone(), classes))
    return judge("style_grid", pair, lambda pair: _grid_is_wrong(pair, styles, classes))


def _grid_is_wrong(pair, styles: Tensor, classes: int) -> str | None:
    if not is_pair(pair):
        return "does not return a pair: return y, z"
    y, z = pair
    n, dim = len(styles) * classes, styles.shape[1]
    if isinstance(y, Tensor) and y.shape == (n, dim):
        return "returns both in the other order: y comes first"
    if why := shape_is_wrong(y, (n,)):
        return f"{why}, for y"
    if why := shape_is_wrong(z, (n, dim)):
        return f"{why}, for z"
    in_turn, held = torch.arange(classes).repeat(len(styles)), styles.repeat_interleave(classes, 0)
    if close(y, in_turn) and close(z, held):
        return None
    if close(z, styles.repeat(classes, 1)):
        if close(y, torch.arange(classes).repeat_interleave(len(styles))):
            return "has a row for each label: a style shall keep its row, and a label its column"
        return "goes through the styles within a row: hold one style for a whole row"
    if close(y, in_turn + 1):
        return "counts the labels from 1: they start with 0"
    if not close(y, in_turn):
        return "does not count the labels 0, 1, 2 ... within each row"
    return "has the labels right and other codes than one style for each row"


def class_means(answer: Callable[[Tensor, Tensor, float], Tensor]) -> bool:
    """Check ``answer(z, y, std)``: mean code of each label, in stds of the prior, (10, dim)."""
    generator, std = seeded_generator(7, 2), 5.0
    y = torch.cat([torch.arange(10), torch.randint(10, (50,), generator=generator)])
    z = std * torch.randn(60, 3, generator=generator) + y.unsqueeze(1)
    found = answer(z.clone(), y.clone(), std)
    return judge("class_means", found, lambda found: _means_are_wrong(found, z, y, std))


def _means_are_wrong(found, z: Tensor, y: Tensor, std: float) -> str | None:
    members = one_hot(y, 10)
    sums, counts = members.T @ z, members.sum(0).unsqueeze(1)
    right = sums / counts / std
    if isinstance(found, Tensor) and close(found, right.T):
        return "has a column for each label: one row for each was asked for"
    if isinstance(found, Tensor) and close(found, z.mean(0) / std):
        return "returns the mean of all codes: one row for each label was asked for"
    if why := shape_is_wrong(found, right.shape):
        return why
    guesses = {
        "gives the means in the units of z: divide by the std of the prior": sums / counts,
        "multiplies by the std of the prior: divide": std * sums / counts,
        "divides by the variance of the prior: by its root, std": sums / counts / std**2,
        "returns sums: divide each by the number of its codes": sums / std,
        "divides by the number of all codes: by that of the label's own": sums / len(z) / std,
        "subtracts the mean of all codes: the prior's mean, 0, is the place to compare with": (
            right - z.mean(0) / std
        ),
    }
    return compared(found, right, guesses)


def above_chance(answer: Callable[[float, float, int], float]) -> bool:
    """Check ``answer(accuracy, majority, n)``: how many standard errors lie between the two."""
    accuracy, majority, n = 0.25, 0.12, 400
    found = answer(accuracy, majority, n)
    return judge(
        "above_chance", found, lambda found: _margin_is_wrong(found, accuracy, majority, n)
    )


def _margin_is_wrong(found, accuracy: float, majority: float, n: int) -> str | None:
    found, why = as_number(found)
    if why:
        return why
    over, variance = accuracy - majority, majority * (1 - majority)
    guesses = {
        "returns the difference alone: divide it by its standard error": over,
        "has the wrong sign: better than guessing is positive": -over / math.sqrt(variance / n),
        "forgets n: the standard error of a share of n is √(p(1 − p)/n)": over
        / math.sqrt(variance),
        "forgets the root: √(p(1 − p)/n)": over / (variance / n),
        "leaves the root at n alone: √(p(1 − p)/n)": over / (variance / math.sqrt(n)),
        "takes the standard error of the probe: the question is what guessing would give": over
        / math.sqrt(accuracy * (1 - accuracy) / n),
        "forgets 1 − p: √(p(1 − p)/n)": over / math.sqrt(majority / n),
        "takes a tenth for guessing: p is the share of the most frequent label": (accuracy - 0.1)
        / math.sqrt(0.09 / n),
        "divides by the standard error of a yes-or-no guess: p is not a half here": over
        / math.sqrt(0.25 / n),
    }
    right = torch.tensor(over / math.sqrt(variance / n))
    return compared(found, right, {why: torch.tensor(guess) for why, guess in guesses.items()})
