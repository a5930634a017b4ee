"""Checks of notebook 07: the inputs of Figure 7, mean styles, and a margin over chance."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.randomness import seeded_generator


def style_grid(answer: Callable[[Tensor, int], tuple[Tensor, Tensor]]) -> bool:
    """Check ``answer(styles, classes)``: labels (n * classes,) and codes (n * classes, dim).

    Row by row: the first style with every label, then the second.
    """
    styles, classes = torch.randn(3, 5, generator=seeded_generator(7, 1)), 4
    in_turn = torch.arange(classes).repeat(3)
    held, again = styles.repeat_interleave(classes, 0), styles.repeat(classes, 1)
    y = Expected(
        in_turn,
        {
            "counts from 1: labels start with 0": in_turn + 1,
            "is one-hot: the labels themselves were asked for": one_hot(in_turn, classes),
        },
        otherwise="does not count the labels 0, 1, 2 ... within each row",
    )
    z = Expected(
        held,
        {"goes through the styles within a row: hold one style for a whole row": again},
        otherwise="has other codes than one style for each row",
    )
    turned = Pair(y=Expected(torch.arange(classes).repeat_interleave(3)), z=Expected(again))

    def fault(pair) -> str | None:
        if not turned.fault(pair):
            return "has a row for each label: keep a style in its row, and a label in its column"
        why = Pair(y=y, z=z).fault(pair)
        return why or (pair[0].is_floating_point() and "(y) is not made of whole numbers") or None

    return grade("style_grid", answer, (styles, classes), fault)


def class_means(answer: Callable[[Tensor, Tensor, float], Tensor]) -> bool:
    """Check ``answer(z, y, std)``: mean code of each label, in stds of the prior, (10, dim)."""
    generator, std = seeded_generator(7, 2), 5.0
    y = torch.cat([torch.arange(10), torch.randint(10, (50,), generator=generator)])
    z = std * torch.randn(60, 3, generator=generator) + y.unsqueeze(1)
    members = one_hot(y, 10)
    sums, counts = members.T @ z, members.sum(0).unsqueeze(1)
    means = sums / counts
    right = means / std
    mistakes = {
        "has a column for each label: one row for each was asked for": right.T,
        "returns the mean of all codes: one row for each label was asked for": z.mean(0) / std,
        "gives the means in the units of z: divide by the std of the prior": means,
        "multiplies by the std of the prior: divide": std * means,
        "divides by the variance of the prior: by its root, std": means / std**2,
        "returns sums: divide each by the number of its codes": sums / std,
        "divides by the number of all codes: by that of the label's own": sums / len(z) / std,
        "subtracts the mean of all codes: the prior's mean, 0, is the place to compare with": (
            right - z.mean(0) / std
        ),
    }
    return grade("class_means", answer, (z, y, std), Expected(right, mistakes).fault)


def above_chance(answer: Callable[[float, float, int], float]) -> bool:
    """Check ``answer(accuracy, majority, n)``: how many standard errors lie between the two."""
    accuracy, majority, n = 0.25, 0.12, 400
    over, variance = accuracy - majority, majority * (1 - majority)
    right = over / math.sqrt(variance / n)
    mistakes = {
        "returns only the difference: divide it by its standard error": over,
        "has the wrong sign: better than guessing is positive": -right,
        "forgets n: the standard error of a share is √(p(1 − p)/n)": over / math.sqrt(variance),
        "forgets the root: √(p(1 − p)/n)": over / (variance / n),
        "takes the root only of n: √(p(1 − p)/n)": over / (variance / math.sqrt(n)),
        "takes the standard error of the probe: the question is what guessing would give": (
            over / math.sqrt(accuracy * (1 - accuracy) / n)
        ),
        "forgets 1 − p: √(p(1 − p)/n)": over / math.sqrt(majority / n),
        "takes a tenth for guessing: p is the share of the most frequent label": (
            (accuracy - 0.1) / math.sqrt(0.09 / n)
        ),
        "divides by the error of a yes-or-no guess: p is not a half here": (
            over / math.sqrt(0.25 / n)
        ),
    }
    return grade("above_chance", answer, (accuracy, majority, n), Expected(right, mistakes).fault)
