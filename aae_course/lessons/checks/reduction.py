"""Checks of notebook 10: the cost of heads too near, the nearest head, and the map to a circle."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.experiments.clusters.figure_11 import circle
from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import as_number, close, compared, shape_is_wrong
from aae_course.models.losses import head_distance_loss
from aae_course.randomness import seeded_generator


def head_distance(answer: Callable[[Tensor, float], Tensor]) -> bool:
    """Check ``answer(heads, margin)``: the cost of section 7 for heads (m, dim), one number."""
    heads, margin = 2 * torch.randn(6, 3, generator=seeded_generator(10, 1)), 4.0
    found = answer(heads.clone(), margin)
    return judge("head_distance", found, lambda found: _cost_is_wrong(found, heads, margin))


def _cost_is_wrong(found, heads: Tensor, margin: float) -> str | None:
    found, why = as_number(found)
    if why:
        return why
    right, pairs = head_distance_loss(heads, margin), torch.pdist(heads)
    selves = len(heads) * margin  # what the distance of each head from itself would add
    guesses = {
        "counts every pair twice: i < j": 2 * right,
        "counts every pair twice, and each head with itself": 2 * right + selves,
        "counts each head with itself, at distance 0": right + selves,
        "takes the mean: the sum over pairs was asked for": right / len(pairs),
        "lets far pairs pay back: no pair costs less than 0": (margin - pairs).sum(),
        "punishes heads that are far apart: η minus the distance": (pairs - margin).relu().sum(),
        "squares the shortfall: it counts as it is": (margin - pairs).relu().square().sum(),
        "squares the distance: its root is missing": (margin - pairs.square()).relu().sum(),
        "adds up the differences of the coordinates: the straight distance was asked for": (
            (margin - torch.pdist(heads, p=1)).relu().sum()
        ),
        "looks at the nearest pair alone": (margin - pairs).max(),
    }
    return compared(found, right, guesses)


def nearest_head(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(codes, heads)``: for codes (n, 2) and heads (m, 2) the head's number (n,)."""
    generator = seeded_generator(10, 2)
    heads = 4 * torch.randn(7, 2, generator=generator) + torch.tensor([3.0, 0.0])
    codes = heads[torch.randint(7, (40,), generator=generator)]
    codes = codes + torch.randn(40, 2, generator=generator)
    found = answer(codes.clone(), heads.clone())
    return judge("nearest_head", found, lambda found: _head_is_wrong(found, codes, heads))


def _head_is_wrong(found, codes: Tensor, heads: Tensor) -> str | None:
    distances = torch.cdist(codes, heads)
    right = distances.argmin(1)
    if isinstance(found, Tensor) and close(found, distances):
        return "returns all distances: the number of the nearest head was asked for"
    if isinstance(found, Tensor) and close(found, distances.argmin(0)):
        return "looks for the nearest code of each head: it is the other way round"
    if isinstance(found, Tensor) and close(found, one_hot(right, len(heads))):
        return "returns one-hot rows: the number of the head was asked for"
    if isinstance(found, Tensor) and close(found, heads[right]):
        return "returns the place of the head: its number was asked for"
    if why := shape_is_wrong(found, right.shape):
        return why
    guesses = {
        "returns the farthest head": distances.argmax(1),
        "returns the distance: the number of the head was asked for": distances.amin(1),
        "counts the heads from 1: they start with 0": right + 1,
        "takes the largest inner product, which prefers long heads": (codes @ heads.T).argmax(1),
    }
    return compared(found, right, guesses)


def circle_map(answer: Callable[[int], Tensor]) -> bool:
    """Check ``answer(m)``: the map (m, 2) that takes axis k to the unit circle at 2πk/m."""
    found, again = answer(10), answer(7)
    if again is None:
        found = None  # half done
    return judge("circle_map", found, lambda found: _map_is_wrong(found, 10) or _other(again))


def _other(found) -> str | None:
    why = _map_is_wrong(found, 7)
    return why and f"is right for 10 heads, and for 7 it {why}"


def _map_is_wrong(found, m: int) -> str | None:
    right = circle(m)
    if isinstance(found, Tensor) and close(found, right.T):
        return "has a column for each axis: a row for each was asked for"
    if why := shape_is_wrong(found, right.shape):
        return why
    steps = torch.arange(m) * (2 * math.pi / m)
    guesses = {
        "has sine and cosine the other way round: cosine first": right.flip(1),
        "puts the first and the last head in one place: m steps go round, not m − 1": _at(
            steps * m / (m - 1)
        ),
        "goes half way round: a full turn is 2π": _at(steps / 2),
        "turns by degrees: torch's sine and cosine take radians": _at(steps * 180 / math.pi),
        "starts one step on: head 0 belongs to the angle 0": right.roll(-1, 0),
        "goes round the other way: angles grow against the clock": right * torch.tensor([1, -1]),
        "has a circle of radius 10: the heads bring that along, the circle has 1": 10 * right,
    }
    return compared(found, right, guesses)


def _at(angle: Tensor) -> Tensor:
    return torch.stack([angle.cos(), angle.sin()], -1)
