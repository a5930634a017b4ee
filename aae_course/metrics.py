"""Numbers that say how good a model is, each usable alone on tensors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aae_course.models import Model
from aae_course.networks import MLP
from aae_course.priors import GaussianMixture
from aae_course.randomness import generators_restored, seed_noise


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
    if codes.shape != draws.shape or codes.dim() != 2 or len(codes) < 20:
        raise ValueError(
            "codes and draws must have one shape (n, dim) with n of at least 20, not "
            f"{tuple(codes.shape)} and {tuple(draws.shape)}"
        )
    samples = torch.stack([codes, draws]).float()  # (2, n, dim)
    if not samples.isfinite().all():
        raise ValueError("codes or draws hold values that are not finite")
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
    """Share of the codes that lie in each component of a mixture: (n, 2) -> (classes,).

    A code belongs to its most probable component, provided it lies within three standard
    deviations of it (Mahalanobis distance); codes between the components count for none.
    """
    log_prob, nearest = prior.component_log_prob(codes).max(-1)
    peak = prior.component_log_prob(prior.centres[:1])[0, 0]
    inside = peak - log_prob <= 0.5 * 3.0**2
    return torch.bincount(nearest[inside], minlength=prior.classes) / len(codes)


def components_hit(codes: Tensor, prior: GaussianMixture) -> int:
    """Number of components that get at least a tenth of their fair share of the codes."""
    return int((component_shares(codes, prior) >= 0.1 / prior.classes).sum())


@torch.no_grad()
def reconstruction_error(model: Model, x: Tensor) -> float:
    """Mean of ½‖x̂ − x‖² over images: the paper's cost, in squared pixel units summed over pixels.

    Args:
        model: in evaluation mode.
        x: (n, pixels) in [0, 1].
    """
    total = sum(
        0.5 * (model.reconstruct(part) - part).square().sum().item() for part in x.split(5000)
    )
    return total / len(x)
