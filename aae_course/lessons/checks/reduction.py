"""Checks of notebook 10: the cost of heads too near, the nearest head, and the map to a circle."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.experiments.clusters.figure_11 import circle
from aae_course.lessons.checks.answers import Expected
from aae_course.lessons.checks.grade import grade
from aae_course.models.losses import head_distance_loss
from aae_course.randomness import seeded_generator


def head_distance(answer: Callable[[Tensor, float], Tensor]) -> bool:
    """Check ``answer(heads, margin)``: the cost of section 7 for heads (m, dim), one number."""
    heads, margin = 2 * torch.randn(6, 3, generator=seeded_generator(10, 1)), 4.0
    right, pairs = head_distance_loss(heads, margin), torch.pdist(heads)
    selves = len(heads) * margin  # what the distance of each head from itself would add
    mistakes = {
        "counts every pair twice: i < j": 2 * right,
        "counts every pair twice, and each head with itself": 2 * right + selves,
        "counts each head with itself, at distance 0": right + selves,
        "halves the sum of all, and so counts heads with themselves, at distance 0": (
            right + selves / 2
        ),
        "takes the mean: the sum over pairs was asked for": right / len(pairs),
        "lets far pairs pay back: no pair costs less than 0": (margin - pairs).sum(),
        "punishes heads that are far apart: η minus the distance": (pairs - margin).relu().sum(),
        "squares the shortfall: it counts as it is": (margin - pairs).relu().square().sum(),
        "squares the distance: its root is missing": (margin - pairs.square()).relu().sum(),
        "adds up the differences of the coordinates: the straight distance was asked for": (
            (margin - torch.pdist(heads, p=1)).relu().sum()
        ),
        "looks only at the nearest pair": (margin - pairs).max(),
    }
    return grade("head_distance", answer, (heads, margin), Expected(right, mistakes).fault)


def nearest_head(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(codes, heads)``: for codes (n, 2) and heads (m, 2) the head's number (n,)."""
    generator = seeded_generator(10, 2)
    heads = 4 * torch.randn(7, 2, generator=generator) + torch.tensor([3.0, 0.0])
    codes = heads[torch.randint(7, (40,), generator=generator)]
    codes = codes + 6 * torch.randn(40, 2, generator=generator)
    distances = torch.cdist(codes, heads)
    right = distances.argmin(1)
    mistakes = {
        "returns all distances: the number of the nearest head was asked for": distances,
        "looks for the nearest code of each head: it is the other way round": distances.argmin(0),
        "returns one-hot rows: the number of the head was asked for": one_hot(right, len(heads)),
        "returns the place of the head: its number was asked for": heads[right],
        "returns the farthest head": distances.argmax(1),
        "returns the distance: the number of the head was asked for": distances.amin(1),
        "counts the heads from 1: they start with 0": right + 1,
        "takes the largest inner product, which prefers long heads": (codes @ heads.T).argmax(1),
        "adds up the differences of the coordinates: the straight distance was asked for": (
            torch.cdist(codes, heads, p=1).argmin(1)
        ),
    }
    return grade("nearest_head", answer, (codes, heads), Expected(right, mistakes).fault)


def circle_map(answer: Callable[[int], Tensor]) -> bool:
    """Check ``answer(m)``: the map (m, 2) that takes axis k to the unit circle at 2πk/m."""

    @wraps(answer)
    def of_both():
        return answer(10), answer(7)

    def fault(maps) -> str | None:
        why = _circle(7).fault(maps[1])
        return _circle(10).fault(maps[0]) or (why and f"is right for 10 heads, and for 7 it {why}")

    return grade("circle_map", of_both, (), fault)


def _circle(m: int) -> Expected:
    """m points on the unit circle, (m, 2)."""
    right, step = circle(m), 2 * torch.pi / m
    mistakes = {
        "has a column for each axis: a row for each was asked for": right.T,
        "has sine and cosine the other way round: cosine first": right.flip(1),
        "puts the first and the last head in one place: m steps go round, not m − 1": (
            _steps_of(2 * torch.pi / (m - 1), m)
        ),
        "goes half way round: a full turn is 2π": _steps_of(step / 2, m),
        "turns by degrees: torch's sine and cosine take radians": _steps_of(360 / m, m),
        "starts one step on: head 0 belongs to the angle 0": right.roll(-1, 0),
        "goes round the other way: angles grow against the clock": right * torch.tensor([1, -1]),
        "has a circle of radius 10: the heads bring that along, the circle has 1": 10 * right,
    }
    return Expected(right, mistakes)


def _steps_of(angle: float, m: int) -> Tensor:
    """m points on the unit circle, this angle apart."""
    angles = angle * torch.arange(m)
    return torch.stack([angles.cos(), angles.sin()], -1)
