"""Checks of notebook 03: a draw that lets gradients through, and the two halves of the KL."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import finished, is_pair
from aae_course.randomness import generators_restored, seeded_generator

LOG_2_PI = math.log(2 * math.pi)


def draw_codes(answer: Callable) -> bool:
    """Check ``answer(mean, log_std)``: a draw z ~ N(μ, σ²) with gradients, (batch, dim)."""
    batch = 20_000
    # Every row has the same μ and log σ, so the statistics of the rows are those of q(z|x).
    generator = seeded_generator(3, 1)
    sign = torch.tensor([1.0, -1.0, 1.0])
    row = sign * (0.4 + 0.4 * torch.rand(2, 3, generator=generator))
    mean = row[0].repeat(batch, 1).requires_grad_()
    log_std = row[1].repeat(batch, 1).requires_grad_()
    with generators_restored(mean.device), torch.enable_grad():
        torch.manual_seed(0)
        z, again = answer(mean, log_std), answer(mean, log_std)

    def fault(z) -> str | None:
        return (
            _shape_is_wrong(z, mean)
            or _draw_is_wrong(z, again, row[0], row[1])
            or _gradients_are_wrong(z, mean, log_std)
        )

    return judge("draw_codes", z, fault)


def _shape_is_wrong(z, mean: Tensor) -> str | None:
    if not isinstance(z, Tensor):
        return f"returns a {type(z).__name__}, a tensor was asked for"
    if z.shape != mean.shape:
        return f"returns the shape {tuple(z.shape)}, not {tuple(mean.shape)} as its arguments have"
    return None


def _draw_is_wrong(z: Tensor, again: Tensor, mean: Tensor, log_std: Tensor) -> str | None:
    z, again = z.detach(), again.detach()
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
        return f"has not the standard deviation σ{_known_scale(spread, log_std)}"
    if ((z.mean(0) - mean).abs() > 0.05 * std).any():
        return "is not centred at the mean μ"
    if not 0.035 < (standardised.abs() > 2).float().mean() < 0.056:  # 0.0455 for a Gaussian
        return "is not Gaussian: draw ε from N(0, 1), as torch.randn does"
    return None


def _known_scale(spread: Tensor, log_std: Tensor) -> str:
    mistakes = {
        ": it multiplies ε by log σ, so take the exponential": log_std.abs(),
        ": log_std is log σ, not log σ², so do not halve it": (0.5 * log_std).exp(),
        ": it multiplies ε by σ², not by σ": (2 * log_std).exp(),
        ": ε is not multiplied by σ": torch.ones_like(log_std),
    }
    return next((why for why, scale in mistakes.items() if _near(spread, scale)), "")


def _near(spread: Tensor, std: Tensor) -> bool:
    return bool(((spread / std - 1).abs() < 0.05).all())


def _gradients_are_wrong(z: Tensor, mean: Tensor, log_std: Tensor) -> str | None:
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
    generator = seeded_generator(3, 2)
    mean, log_std = torch.randn(2, 7, 3, generator=generator).unbind()
    pair = finished(answer(mean.clone(), log_std.clone()))
    name = "entropy_and_cross_entropy"
    return judge(name, pair, lambda pair: _pair_is_wrong(pair, mean, log_std))


def _pair_is_wrong(pair, mean: Tensor, log_std: Tensor) -> str | None:
    if not is_pair(pair):
        return "does not return a pair: return entropy, cross_entropy"
    pair = [torch.as_tensor(value) for value in pair]
    halves = {"entropy": _entropies(log_std), "cross-entropy": _cross_entropies(mean, log_std)}
    right = {half: candidates.pop("right") for half, candidates in halves.items()}
    if _close(pair[0], right["cross-entropy"]) and _close(pair[1], right["entropy"]):
        return "returns both numbers in the other order: the entropy comes first"
    for half, value in zip(halves, pair, strict=True):
        if value.shape != ():
            return f"returns {_shape_mistake(half, value)}"
        if not _close(value, right[half]):
            guesses = halves[half].items()
            why = next((why for why, guess in guesses if _close(value, guess)), "")
            return f"has another {half}{why}"
    return None


def _shape_mistake(half: str, value: Tensor) -> str:
    if value.dim() == 1:
        return f"the {half} of each image: average over the minibatch"
    return f"the {half} in the shape {tuple(value.shape)}: sum the dimensions, average the images"


def _entropies(log_std: Tensor) -> dict[str, Tensor]:
    each = log_std + 0.5 * (1 + LOG_2_PI)
    return _reductions(each) | {
        ": the term ½ log 2πe of each dimension is missing": _reduce(log_std),
        ": it has ½ log 2π where ½ log 2πe belongs": _reduce(log_std + 0.5 * LOG_2_PI),
        ": log_std is log σ already, so do not halve it": _reduce(each - 0.5 * log_std),
        ": log_std is log σ, so it does not count twice": _reduce(each + log_std),
    }


def _cross_entropies(mean: Tensor, log_std: Tensor) -> dict[str, Tensor]:
    square, variance = mean.square(), (2 * log_std).exp()
    each = 0.5 * (square + variance + LOG_2_PI)
    return _reductions(each) | {
        ": the variance σ² is missing": _reduce(0.5 * (square + LOG_2_PI)),
        ": μ² is missing": _reduce(0.5 * (variance + LOG_2_PI)),
        ": the term ½ log 2π of each dimension is missing": _reduce(0.5 * (square + variance)),
        ": the half is missing": _reduce(2 * each),
        ": it has σ where σ² belongs": _reduce(0.5 * (square + log_std.exp() + LOG_2_PI)),
        ": it has μ where μ² belongs": _reduce(0.5 * (mean + variance + LOG_2_PI)),
    }


def _reductions(each: Tensor) -> dict[str, Tensor]:
    return {
        "right": _reduce(each),
        ": its sign is wrong": -_reduce(each),
        ": it is a mean over the dimensions where a sum was asked for": each.mean(),
        ": it is a sum over the minibatch where a mean was asked for": each.sum(),
    }


def _reduce(each: Tensor) -> Tensor:
    return each.sum(-1).mean()


def _close(value: Tensor, other: Tensor) -> bool:
    return value.shape == () and torch.allclose(value.float(), other, atol=1e-4, rtol=1e-4)
