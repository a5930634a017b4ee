"""Checks of notebook 12: the discrepancy of two samples, a tuned β, and a way along the sphere."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import as_number, close, compared, finished, is_pair
from aae_course.models.losses import mean_of_pairs
from aae_course.randomness import seeded_generator


def mmd(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(codes, draws)``: MMD² with exp(−‖a − b‖²/2), (n, dim), (m, dim) -> ()."""
    generator = seeded_generator(12, 1)
    codes = 0.7 * torch.randn(9, 3, generator=generator) + 0.5
    draws = torch.randn(12, 3, generator=generator)
    found = answer(codes.clone(), draws.clone())
    return judge("mmd", found, lambda found: _mmd_is_wrong(found, codes, draws))


def _mmd_is_wrong(found, codes: Tensor, draws: Tensor) -> str | None:
    found, why = as_number(found)
    if why:
        return why
    right = _mmd(_kernel, codes, draws)
    within = mean_of_pairs(_kernel(codes, codes)), mean_of_pairs(_kernel(draws, draws))
    between = _kernel(codes, draws).mean()
    biased = _kernel(codes, codes).mean() + _kernel(draws, draws).mean() - 2 * between
    guesses = {
        "has the wrong sign: pairs within a sample count positive": -right,
        "takes the mean over pairs of a code with itself too: leave the diagonals out": biased,
        "forgets the 2 before the pairs of a code and a draw": sum(within) - between,
        "adds the pairs of a code and a draw: subtract them": sum(within) + 2 * between,
        "leaves out the pairs of draws: they do not move the codes, but 0 means equality only "
        "with them": within[0] - 2 * between,
        "leaves out the pairs of codes: they are what spreads the codes": within[1] - 2 * between,
        "is the root of it: the square was asked for": right.clamp_min(0).sqrt(),
        "has no half in the kernel: exp(−‖a − b‖²/2)": _mmd(
            lambda a, b: _kernel(a, b).square(), codes, draws
        ),
        "does not square the distance in the kernel": _mmd(
            lambda a, b: (-torch.cdist(a, b) / 2).exp(), codes, draws
        ),
    }
    return compared(found, right, guesses)


def _kernel(a: Tensor, b: Tensor) -> Tensor:
    return (-(a[:, None] - b[None]).square().sum(-1) / 2).exp()


def _mmd(kernel: Callable, codes: Tensor, draws: Tensor) -> Tensor:
    within = mean_of_pairs(kernel(codes, codes)) + mean_of_pairs(kernel(draws, draws))
    return within - 2 * kernel(codes, draws).mean()


# β -> the Fréchet distance of each seed. Every wrong way to choose finds another β or number.
VALIDATION = {1.0: [70.0, 76.0, 73.0], 0.3: [52.0, 56.0, 54.0], 0.1: [46.0, 71.0, 60.0]}
TEST = {1.0: [77.0, 74.0, 71.0], 0.3: [58.0, 61.0, 55.0], 0.1: [48.0, 50.0, 55.0]}


def tuned_beta(answer: Callable[[dict, dict], tuple[float, float]]) -> bool:
    """Check ``answer(validation, test)``: the β chosen by validation, and its mean on the test."""
    pair = finished(
        answer(*({beta: list(found) for beta, found in d.items()} for d in (VALIDATION, TEST)))
    )
    return judge("tuned_beta", pair, _choice_is_wrong)


def _choice_is_wrong(pair) -> str | None:
    if not is_pair(pair):
        return "does not return a pair: return beta, distance"
    (beta, why), (distance, other) = (as_number(value) for value in pair)
    if why or other:
        return why or other
    if beta.item() not in _rounded(VALIDATION) and distance.item() in _rounded(VALIDATION):
        return "returns both in the other order: β comes first"
    guesses = {
        0.3: None,
        0.1: "chooses β = 0.1: its mean is the best on the test images, and one of its seeds on "
        "validation images. Choose by the mean over seeds of the validation images",
        1.0: "chooses β = 1, the largest distance: the smallest is the best",
    }
    chosen = next((known for known in guesses if abs(beta.item() - known) < 1e-6), None)
    if chosen is None:
        return f"returns β = {beta:g}, which was not tried"
    return guesses[chosen] or _distance_is_wrong(distance)


def _distance_is_wrong(distance: Tensor) -> str | None:
    test, validation = (torch.tensor(found[0.3]) for found in (TEST, VALIDATION))
    guesses = {
        "of the validation images: they chose this β, so they flatter it": validation.mean(),
        "of the best seed: report the mean over all": test.min(),
        "summed over seeds: take the mean": test.sum(),
        "of the wrong β": torch.tensor(TEST[0.1]).mean(),
    }
    why = compared(distance, test.mean(), guesses)
    return why and f"has the right β and a distance {why}"


def _rounded(found: dict) -> set[float]:
    return {torch.tensor(beta).item() for beta in found}


def slerp(answer: Callable[[Tensor, Tensor, float], Tensor]) -> bool:
    """Check ``answer(a, b, t)``: codes on the arc from a to b, (n, dim), (n, dim) -> (n, dim)."""
    generator = seeded_generator(12, 3)
    a, b = torch.randn(2, 6, 5, generator=generator)
    found = answer(a.clone(), b.clone(), 0.3)
    return judge("slerp", found, lambda found: _arc_is_wrong(found, a, b, 0.3))


def _arc_is_wrong(found, a: Tensor, b: Tensor, t: float) -> str | None:
    if not isinstance(found, Tensor):
        return f"returns a {type(found).__name__}, a tensor was asked for"
    if found.shape != a.shape:
        return f"returns the shape {tuple(found.shape)} where {tuple(a.shape)} is right"
    if not found.isfinite().all():
        return "gives values that are not finite: divide a·b by the lengths of both before acos"
    cosine = torch.cosine_similarity(a, b, dim=-1)[:, None]
    omega, whole = cosine.acos(), torch.cosine_similarity(a.flatten(), b.flatten(), dim=0).acos()
    unit = [each / each.norm(dim=-1, keepdim=True) for each in (a, b)]
    guesses = {
        "runs along the straight line: use the weights with sines": a + t * (b - a),
        "runs from b to a: at t = 0 it shall be a": _arc(a, b, omega, 1 - t),
        "returns codes of length 1: weight a and b as they are; only the angle takes them to "
        "length 1": _arc(*unit, omega, t),
        "takes one angle for all pairs: each pair has its own": _arc(a, b, whole, t),
        "forgets to divide by sin ω": _arc(a, b, omega, t) * omega.sin(),
        "takes the cosine for the angle: acos is missing": _arc(a, b, cosine, t),
    }
    right = _arc(a, b, omega, t)
    if close(found, right):
        return None
    why = next((why for why, guess in guesses.items() if close(found, guess)), None)
    return why or "leaves the arc: compare with the formula"


def _arc(a: Tensor, b: Tensor, omega: Tensor, t: float) -> Tensor:
    return (((1 - t) * omega).sin() * a + (t * omega).sin() * b) / omega.sin()
