"""Pieces of notebook 07: styles that all together follow the prior, and yet tell the label."""

from __future__ import annotations

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.lessons.by_label import means_by_label
from aae_course.metrics import Labelled, linear_probe_error, mlp_probe_error, two_sample_accuracy
from aae_course.randomness import seeded_generator


def terms(p: Tensor, r: Tensor, step: float) -> tuple[Tensor, Tensor]:
    """q(z|0) and q(z|1) by Bayes' rule, where all styles together follow the prior (exercise 4).

    Args:
        p: (n,) density of the prior on an even grid.
        r: (n,) share of the label 1 among the styles at each point.
        step: of the grid.
    """
    of_0, of_1 = (1 - r) * p, r * p
    return of_0 / (of_0.sum() * step), of_1 / (of_1.sum() * step)


def best_probe(p: Tensor, r: Tensor, step: float) -> float:
    """Accuracy of the probe that names the more frequent label of each style: E max(r, 1 − r)."""
    return (torch.maximum(r, 1 - r) * p).sum().item() * step


def near_and_far(count: int, dim: int) -> tuple[Tensor, Tensor]:
    """Styles that follow N(0, I) all together, and labels: is a style in the outer half?

    Returns:
        (count, dim) and (count,), 1 for those that lie farther from 0 than the median.
    """
    z = torch.randn(count, dim, generator=seeded_generator(7, 5))
    distance = z.norm(dim=1)
    return z, (distance > distance.median()).long()


def five_measures(z: Tensor, y: Tensor) -> dict[str, float]:
    """What the five measures of exercise 6 say of styles (n, dim) and labels 0 or 1, (n,).

    All but D are accuracies on styles that were not trained on; D is in standard deviations.
    """
    half = len(z) // 2
    known, unknown = Labelled(z[:half], y[:half]), Labelled(z[half:], y[half:])
    draws = torch.randn(z.shape, generator=seeded_generator(7, 6))
    label = one_hot(y, 2)
    return {
        "A": two_sample_accuracy(z, draws),
        "B": 1 - linear_probe_error(known, unknown) / 100,
        "C": 1 - mlp_probe_error(known, unknown) / 100,
        "D": means_by_label(z, y, 2).abs().max().item(),
        "E": two_sample_accuracy(torch.cat([label, z], 1), torch.cat([label, draws], 1)),
    }
