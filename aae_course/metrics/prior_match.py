"""How closely codes follow a prior, measured on samples of both."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from scipy.spatial import KDTree
from scipy.stats import chi2
from torch import Tensor, nn

from aae_course.data.labels import with_labels
from aae_course.models.priors import GaussianMixture, Prior, SwissRoll
from aae_course.networks.layers import MLP
from aae_course.randomness import generators_restored, seed_noise, seeded_generator


def two_sample_accuracy(codes: Tensor, draws: Tensor, seed: int = 0) -> float:
    """How well a small classifier tells codes from draws of the prior, on samples it never saw.

    0.5 means that they look alike, 1 that they share no place (classifier two-sample test,
    Lopez-Paz & Oquab, 2017). An MLP with two hidden layers of 64 units is trained on half of the
    codes and as many draws, and scored on the other halves.

    Args:
        codes: (n, dim).
        draws: (n, dim).

    Raises:
        ValueError: fewer than 20 samples, different shapes, or samples that are not finite.
    """
    if codes.shape != draws.shape or len(codes.shape) != 2 or len(codes) < 20:
        raise ValueError(
            "codes and draws must have one shape (n, dim) with n of at least 20, not "
            f"{tuple(codes.shape)} and {tuple(draws.shape)}"
        )
    check_samples(codes, draws)
    samples = torch.stack([codes, draws]).float()  # (2, n, dim)
    with generators_restored(samples.device), torch.enable_grad():
        seed_noise([seed])
        samples = samples[:, torch.randperm(len(codes), device=samples.device)]
        samples = (samples - samples.mean((0, 1))) / (samples.std((0, 1)) + 1e-12)
        train, test = samples.chunk(2, dim=1)
        classifier = _train_classifier(train)
    with torch.no_grad():
        codes_score, draws_score = classifier(test).squeeze(-1)
    return 0.5 * ((codes_score < 0).float().mean() + (draws_score > 0).float().mean()).item()


def _train_classifier(samples: Tensor, epochs: int = 60, batch: int = 250) -> nn.Module:
    """Log-odds that a sample comes from samples[1] (n, dim) rather than from samples[0]."""
    _, n, dim = samples.shape
    classifier = MLP((dim, 64, 64, 1), initialisation="kaiming").to(samples.device)
    optimiser = torch.optim.Adam(classifier.parameters(), lr=3e-3)
    steps = epochs * max(1, n // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        chosen = torch.randint(n, (min(batch, n),), device=samples.device)
        code_score, draw_score = classifier(samples[:, chosen])
        loss = F.softplus(code_score).mean() + F.softplus(-draw_score).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return classifier


def component_shares(codes: Tensor, prior: GaussianMixture) -> Tensor:
    """Share of the codes that lie in each component of a mixture: (n, dim) -> (classes,).

    A code belongs to its most probable component, provided it lies where that component has 98.9 %
    of its draws: in the plane, within three standard deviations (Mahalanobis distance). Codes
    between the components count for none.

    Raises:
        TypeError: the prior has no components.
        ValueError: codes of another dimension, or not finite.
    """
    _check_codes(codes, prior, "component_log_prob")
    log_prob, nearest = prior.component_log_prob(codes).max(-1)
    peak = prior.component_log_prob(prior.centres[:1])[0, 0]
    inside = peak - log_prob <= 0.5 * chi2.ppf(1 - math.exp(-0.5 * 3**2), prior.dim)
    return torch.bincount(nearest[inside], minlength=prior.classes) / len(codes)


def components_hit(codes: Tensor, prior: GaussianMixture) -> int:
    """Number of components that get at least a tenth of their fair share of the codes."""
    return int((component_shares(codes, prior) >= 0.1 / prior.classes).sum())


def own_part_fraction(codes: Tensor, labels: Tensor, prior: GaussianMixture | SwissRoll) -> float:
    """Share of the codes (n, dim) that lie nearest to the part of the prior of their label (n,).

    Codes without a label are left out.

    Raises:
        TypeError: the prior has no parts.
        ValueError: codes of another dimension, or not finite; or none with a label.
    """
    labels, codes = with_labels(labels, codes)
    _check_codes(codes, prior, "nearest_class")
    return (prior.nearest_class(codes) == labels).float().mean().item()


def hole_fraction(codes: Tensor, draws: Tensor, others: Tensor) -> float:
    """Share of draws of the prior that lie in a hole: far from every code.

    Far is farther than 99 in 100 draws lie from the nearest of as many others. So it is 0.01 where
    codes follow their prior, and what is decoded in a hole was never asked for in training.

    Args:
        codes: (n, dim).
        draws: of the prior, (m, dim).
        others: further draws of the prior, as many as codes.

    Raises:
        ValueError: not as many other draws as codes, or values not finite.
    """
    check_samples(codes, draws, others, least=1)
    if codes.shape != others.shape:
        raise ValueError(
            f"as many draws as codes are needed: {tuple(codes.shape)} and {tuple(others.shape)}"
        )
    to_codes, to_draws = (_to_nearest(draws, each) for each in (codes, others))
    return (to_codes > np.quantile(to_draws, 0.99)).mean().item()


def _to_nearest(points: Tensor, among: Tensor) -> np.ndarray:
    """The distance of each point (m, dim) from the nearest of others (n, dim): (m,)."""
    return KDTree(among.cpu().numpy()).query(points.cpu().numpy())[0]


def _check_codes(codes: Tensor, prior: Prior, method: str) -> None:
    check_samples(codes, least=1)
    if not hasattr(prior, method):
        raise TypeError(f"{type(prior).__name__} has no parts: it lacks the method {method}")
    if codes.shape[1] != prior.dim:
        raise ValueError(f"codes of {codes.shape[1]} dimensions, and a prior of {prior.dim}")


def check_samples(*sets: Tensor, least: int = 2) -> None:
    """Raise ValueError unless the sets (n, dim) have one dim, enough rows, and finite values."""
    if not all(isinstance(each, Tensor) for each in sets):
        kinds = " and ".join(type(each).__name__ for each in sets)
        raise TypeError(f"samples are tensors, not {kinds}: torch.as_tensor makes them")
    shapes = " and ".join(str(tuple(each.shape)) for each in sets)
    if any(each.dim() != 2 or len(each) < least for each in sets):
        raise ValueError(f"samples must be (n, dim) with n of at least {least}, not {shapes}")
    if len({each.shape[1] for each in sets}) > 1:
        raise ValueError(f"samples must have the same number of dimensions, not {shapes}")
    if not all(each.isfinite().all() for each in sets):
        raise ValueError("samples hold values that are not finite")


def sliced_wasserstein(codes: Tensor, draws: Tensor, slices: int = 200, seed: int = 0) -> float:
    """Wasserstein-1 distance of projections on a line, averaged over random lines (Rabin, 2011).

    Args:
        codes: (n, dim).
        draws: (n, dim), as many.
        slices: number of lines.
        seed: of the lines.

    Raises:
        ValueError: not as many draws as codes, or values not finite.
    """
    check_samples(codes, draws, least=1)
    if codes.shape != draws.shape:
        raise ValueError(
            f"as many draws as codes are needed: {tuple(codes.shape)} and {tuple(draws.shape)}"
        )
    lines = torch.randn(codes.shape[1], slices, generator=seeded_generator(seed)).to(codes)
    lines = lines / lines.norm(dim=0)
    return ((codes @ lines).sort(0).values - (draws @ lines).sort(0).values).abs().mean().item()
