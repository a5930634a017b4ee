"""Checks of notebook 07: its training step, inputs of Figure 7, mean styles, and what leaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.letters import Letters
from aae_course.lessons.checks.supervised_training import training_step
from aae_course.lessons.supervised import terms as right_terms
from aae_course.randomness import seeded_generator

__all__ = ["above_chance", "class_means", "notice", "style_grid", "terms", "training_step"]

MEASURES = Letters(  # of styles that lie in the inner or in the outer half of the prior
    {
        "A": (False, "it sees only z, and all styles together are draws of the prior"),
        "B": (
            False,
            "in every direction both labels have the same mean, so no slope of its logits helps it",
        ),
        "C": (True, "the distance from 0 is a curved border, and it can learn one"),
        "D": (False, "both labels' styles lie evenly around 0, so both means are 0"),
        "E": (True, "it sees a label 1 beside a short draw, and no such style exists"),
    },
    none="names none: the label can be told with certainty, so something must notice it",
    opposite="names those that notice nothing: those that do were asked for",
    everything="names all of them: can A notice anything, if all styles together fit?",
)


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


def terms(answer: Callable[[Tensor, Tensor, float], tuple[Tensor, Tensor]]) -> bool:
    """Check ``answer(p, r, step)``: densities (n,) of the styles of the labels 0 and 1."""
    step = 0.05
    z = torch.arange(-5, 5, step)
    p, r = torch.exp(-0.5 * z.square()) / math.sqrt(2 * math.pi), torch.sigmoid(1.5 * z - 0.8)
    right = right_terms(p, r, step)
    shares = [each.sum() * step for each in ((1 - r) * p, r * p)]
    parts = {}
    for name, density, own, share in zip(("q_0", "q_1"), right, (1 - r, r), shares, strict=True):
        other = 1 - share
        parts[name] = Expected(density, _mistaken_terms(p, own, density, share, other, step))
    return grade("terms", answer, (p, r, step), Pair(**parts).fault)


def _mistaken_terms(
    p: Tensor, own: Tensor, right: Tensor, share: Tensor, other: Tensor, step: float
) -> dict[str, Tensor]:
    """Reason -> the density of a label that this mistake gives.

    Args:
        p: (n,) density of the prior.
        own: (n,) share of this label at each point.
        right: (n,) density of its styles.
        share: of this label among all images.
        other: of the other label.
        step: of the grid.
    """
    joint = own * p
    return {
        "is p(y) q(z|y): divide by p(y), the share of the label among all images": joint,
        "takes both labels for equally frequent: the share of each is a sum over z": 2 * joint,
        "multiplies by the share of the label: divide by it": joint * share,
        "divides by the share of the other label": joint / other,
        "sums to 1: a density does so only after it is multiplied by the step": right * step,
        "divides by the sum without the step, and multiplies by it": right * step**2,
        "leaves out the prior: Bayes' rule multiplies r by p": own / (own.sum() * step),
        "is the share of the label at each z: a density of z was asked for": own,
        "is the prior: it is so only where r is the same for all z": p,
        "divides the prior by r: multiply": p / own,
        "divides by the mean of r over the grid: over the prior, ∫ r p": joint / own.mean(),
        "is its logarithm": right.log(),
        "multiplies by p twice": own * p.square() / ((own * p.square()).sum() * step),
    }


def notice(answer: Callable[[], Iterable[str]]) -> bool:
    """Check ``answer()``: the letters of the measures that notice a leak in the distance from 0."""
    return grade("notice", answer, (), MEASURES.fault)
