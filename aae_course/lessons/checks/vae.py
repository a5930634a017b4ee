"""Checks of notebook 03: a draw with gradients, the halves of the KL, a whole VAE, a collapse."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, Pair, shape_is_wrong
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.vae_training import train_vae
from aae_course.randomness import seeded_generator

__all__ = ["collapsed", "draw_codes", "entropy_and_cross_entropy", "train_vae"]

LOG_2_PI = math.log(2 * math.pi)


def draw_codes(answer: Callable) -> bool:
    """Check ``answer(mean, log_std)``: a draw z ~ N(μ, σ²) with gradients, (batch, dim)."""
    batch = 20_000
    # Every row has the same μ and log σ, so the statistics of the rows are those of q(z|x).
    generator = seeded_generator(3, 1)
    sign = torch.tensor([1.0, -1.0, 1.0])
    row = sign * (0.4 + 0.4 * torch.rand(2, 3, generator=generator))
    mean, log_std = (each.repeat(batch, 1).requires_grad_() for each in row)

    def fault(z) -> str | None:
        return (
            shape_is_wrong(z, mean.shape)
            or _draw_is_wrong(z.detach(), answer(mean, log_std).detach(), *row)
            or _gradients_are_wrong(z, mean, log_std)
        )

    return grade("draw_codes", partial(answer, mean, log_std), (), fault)


def _draw_is_wrong(z: Tensor, again: Tensor, mean: Tensor, log_std: Tensor) -> str | None:
    """Why ``z`` is no fresh draw from N(μ, σ²), None if it is."""
    spread, std = z.std(0), log_std.exp()
    if (spread < 1e-4).all():
        if torch.equal(z, again):
            return "returns no draw but the same z each time"
        return "uses one ε for the whole minibatch: every image needs its own"
    if torch.equal(z, again):
        return "gives the same draw twice: do not fix the seed inside"
    standardised = (z - z.mean(0)) / spread
    if (standardised[:, 0] - standardised[:, 1]).abs().max() < 1e-3:
        return "uses one ε for all dimensions of a code: each needs its own"
    if not _near(spread, std):
        return f"does not have the standard deviation σ{_known_scale(spread, log_std)}"
    if ((z.mean(0) - mean).abs() > 0.05 * std).any():
        return "is not centred at the mean μ"
    if not 0.035 < (standardised.abs() > 2).float().mean() < 0.056:  # 0.0455 for a Gaussian
        return "is not Gaussian: draw ε from N(0, 1), as torch.randn does"
    return None


def _known_scale(spread: Tensor, log_std: Tensor) -> str:
    """Which usual mistake leads to this standard deviation of the draws."""
    mistakes = {
        ": it multiplies ε by log σ, so take the exponential": log_std.abs(),
        ": log_std is log σ, not log σ², so do not halve it": (0.5 * log_std).exp(),
        ": it multiplies ε by σ², not by σ": (2 * log_std).exp(),
        ": ε is not multiplied by σ": torch.ones_like(log_std),
        ": it has softplus of log σ, so take the exponential": F.softplus(log_std),
        ": it draws ε with rand, so use randn": log_std.exp() / math.sqrt(12),
    }
    return next((why for why, scale in mistakes.items() if _near(spread, scale)), "")


def _near(spread: Tensor, std: Tensor) -> bool:
    return bool(((spread / std - 1).abs() < 0.05).all())


def _gradients_are_wrong(z: Tensor, mean: Tensor, log_std: Tensor) -> str | None:
    """Why the gradients of ``z`` are not those of μ + σ ε, None if they are."""
    to_mean, to_log_std = None, None
    if z.requires_grad:
        to_mean, to_log_std = torch.autograd.grad(z.sum(), [mean, log_std], allow_unused=True)
    for gradient, argument in ((to_mean, "mean"), (to_log_std, "log_std")):
        if gradient is None or not gradient.any():
            return f"draws rightly, but lets no gradient through to {argument}"
    right = torch.allclose(to_mean, torch.ones_like(to_mean), atol=1e-3)
    if right and torch.allclose(to_log_std, z - mean, atol=1e-3):
        return None
    return "draws rightly, but its gradients are not those of μ + σ ε"


def entropy_and_cross_entropy(answer: Callable) -> bool:
    """Check ``answer(mean, log_std)``: the pair E H(q(z|x)) and E_q[−log p(z)] in nats."""
    mean, log_std = torch.randn(2, 7, 3, generator=seeded_generator(3, 2))
    pair = Pair(entropy=_entropy(log_std), cross_entropy=_cross_entropy(mean, log_std))
    return grade("entropy_and_cross_entropy", answer, (mean, log_std), pair.fault)


def _entropy(log_std: Tensor) -> Expected:
    each = log_std + 0.5 * (1 + LOG_2_PI)
    return _mean_of_sums(
        each,
        {
            "leaves out the term ½ log 2πe of each dimension": log_std,
            "has ½ log 2π where ½ log 2πe belongs": log_std + 0.5 * LOG_2_PI,
            "takes half of log_std: it is log σ already, so do not halve it": each - 0.5 * log_std,
            "takes twice log_std: it is log σ, so it does not count twice": each + log_std,
        },
    )


def _cross_entropy(mean: Tensor, log_std: Tensor) -> Expected:
    square, variance = mean.square(), (2 * log_std).exp()
    each = 0.5 * (square + variance + LOG_2_PI)
    return _mean_of_sums(
        each,
        {
            "is wrong: the variance σ² is missing": 0.5 * (square + LOG_2_PI),
            "is wrong: μ² is missing": 0.5 * (variance + LOG_2_PI),
            "leaves out the term ½ log 2π of each dimension": 0.5 * (square + variance),
            "is wrong: the half is missing": 2 * each,
            "has σ where σ² belongs": 0.5 * (square + log_std.exp() + LOG_2_PI),
            "has μ where μ² belongs": 0.5 * (mean + variance + LOG_2_PI),
        },
    )


def _mean_of_sums(each: Tensor, mistakes: dict[str, Tensor]) -> Expected:
    """``each`` (batch, dim) summed over the dimensions and averaged over the images."""
    right = each.sum(-1).mean()
    general = {
        "has the wrong sign": -right,
        "is a mean over the dimensions: a sum was asked for": each.mean(),
        "is a sum over the minibatch: a mean was asked for": each.sum(),
        "is in bits: use the natural logarithm": right / math.log(2),
    }
    shapes = {
        each.shape[:1]: "has a number for each image: average over the minibatch",
        each.shape: f"has the shape {tuple(each.shape)}: sum the dimensions, average the images",
    }
    own = {why: value.sum(-1).mean() for why, value in mistakes.items()}
    return Expected(right, general | own, shapes)


def collapsed(answer: Callable[[Tensor], tuple]) -> bool:
    """Check ``answer(x)``: both terms of the negative bound where the code says nothing of x."""
    images, pixels = 20_000, 5
    generator = seeded_generator(3, 5)
    x = torch.rand(images, pixels, generator=generator) * torch.rand(pixels, generator=generator)
    variance, away = x.var(0, correction=0), x - x.mean(0)
    right = 0.5 * variance.sum()
    mistakes = {
        "forgets the half": 2 * right,
        "averages over the pixels: sum over them": right / pixels,
        "averages over the pixels and forgets the half": 2 * right / pixels,
        "sums over the images: average": right * images,
        "compares with an empty page: the best single answer is the mean image": (
            0.5 * x.square().sum(1).mean()
        ),
        "compares with one grey for all pixels: each pixel has a mean of its own": (
            0.5 * (x - x.mean()).square().sum(1).mean()
        ),
        "is a variance of all pixels together: each pixel has a mean of its own": (
            x.var(correction=0) / 2
        ),
        "takes standard deviations: squared errors were asked for": 0.5 * variance.sqrt().sum(),
        "takes the root: the squared error was asked for": 0.5 * away.norm(dim=1).mean(),
        "adds absolute errors: they must be squared": 0.5 * away.abs().sum(1).mean(),
        "is 0: a decoder that knows nothing of the image cannot give it back": torch.tensor(0.0),
    }
    shapes = {
        (images,): "has a number for each image: average over the images",
        (pixels,): "has a number for each pixel: sum over the pixels",
    }
    pair = Pair(
        reconstruction=Expected(right, mistakes, shapes),
        kl=Expected(0.0, {}, {}, "is not KL(q‖p) where q(z|x) = p(z) for every image"),
    )
    return grade("collapsed", answer, (x,), pair.fault)
