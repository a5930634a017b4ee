"""Checks of notebook 10: what a sum hides, heads too near, six phases, and maps of a circle."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, Lists
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.reduction_training import head_distance_of, training_step
from aae_course.randomness import seeded_generator

__all__ = ["above", "confused", "head_distance", "training_step"]


def confused(answer: Callable[[float, float], float]) -> bool:
    """Check ``answer(distance, std)``: how often a code is nearer to the other of two heads."""
    distance, std = 3.0, 1.25
    half = distance / 2
    mistakes = {
        "is the share that is right: the other tail was asked for": _tail(-half / std),
        "counts both tails: only the one towards the other head is lost": 2 * _tail(half / std),
        "has the whole distance: the border is half way": _tail(distance / std),
        "forgets the standard deviation: divide by it": _tail(half),
        "divides by the variance: take its root": _tail(half / std**2),
        "multiplies by the standard deviation: divide by it": _tail(half * std),
        "lets both heads have noise, hence the √2: a code has the noise of one style": (
            _tail(half / std / 2**0.5)
        ),
        "has a quarter of the distance: the border is half way": _tail(half / 2 / std),
        "has the share of all styles that are longer than half the distance: only what points to "
        "the other head counts": _longer(half / std),
        "is a density, not a probability: take the tail, as ndtr does": _density(half / std),
        "is in percent: a probability was asked for": 100 * _tail(half / std),
    }
    right = Expected(_tail(half / std), mistakes)
    return grade("confused", answer, (distance, std), right.fault)


def _tail(a: float) -> Tensor:
    """The share of a Gaussian above ``a`` standard deviations."""
    return torch.special.ndtr(torch.tensor(-a, dtype=torch.float64))


def _longer(a: float) -> Tensor:
    """The share of a Gaussian in the plane that is longer than ``a`` standard deviations."""
    return torch.tensor(-(a**2) / 2, dtype=torch.float64).exp()


def _density(a: float) -> Tensor:
    """Of a Gaussian, ``a`` standard deviations from its mean."""
    return _longer(a) / (2 * torch.pi) ** 0.5


def head_distance(answer: Callable[[Tensor, float], Tensor]) -> bool:
    """Check ``answer(heads, margin)``: the cost of section 7 for heads (m, dim), one number."""
    heads, margin = 2 * torch.randn(6, 3, generator=seeded_generator(10, 1)), 4.0
    expected = head_distance_of(heads, margin)
    return grade("head_distance", answer, (heads, margin), expected.fault)


WHY_TRUSTED = {
    "turned": "it keeps every distance, so every neighbour is a true one",
    "cut open": "neighbours on the line are neighbours on the circle; the cut only loses some",
    "pressed flat": "points of the upper and of the lower half fall on one place: false neighbours",
    "torn": "within a piece all neighbours are true ones, and the pieces lie far apart",
    "shuffled": "its neighbours are any points of the circle",
}
WHY_CONTINUED = {
    "turned": "it keeps every distance, so no neighbour is lost",
    "cut open": "neighbours are lost at one place only",
    "pressed flat": "points that are near on the circle stay near on the line: it tears nothing",
    "torn": "neighbours at the end of a piece are lost, and there are many ends",
    "shuffled": "the neighbours of a point lie anywhere on the line",
}


MAPS = Lists(
    "maps",
    {
        "trustworthiness": {"turned", "cut open", "torn"},
        "continuity": {"turned", "cut open", "pressed flat"},
    },
    {"trustworthiness": WHY_TRUSTED, "continuity": WHY_CONTINUED},
)


def above(answer: Callable[[], tuple]) -> bool:
    """Check ``answer()``: the maps of a circle with a trustworthiness, and a continuity, above."""
    return grade("above", answer, (), MAPS.fault)
