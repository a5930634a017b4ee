"""Checks of notebook 12: the discrepancy of two samples, a tuned β, and a way along the sphere."""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean, median

import torch
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.models.losses import mean_of_pairs
from aae_course.randomness import seeded_generator


def mmd(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(codes, draws)``: MMD² with exp(−‖a − b‖²/2), (n, dim), (m, dim) -> ()."""
    generator = seeded_generator(12, 1)
    codes = 0.7 * torch.randn(9, 3, generator=generator) + 0.5
    draws = torch.randn(12, 3, generator=generator)
    return grade("mmd", answer, (codes, draws), _discrepancy(codes, draws).fault)


def _discrepancy(codes: Tensor, draws: Tensor) -> Expected:
    """MMD², from the means over pairs of codes, of draws, and of a code and a draw."""
    (n, m), (zz, pp, zp) = (len(codes), len(draws)), _means(codes, draws, power=2, half=2)
    right = zz + pp - 2 * zp
    over_squares = zz * (n - 1) / n + pp * (m - 1) / m - 2 * zp
    no_half, no_square = _means(codes, draws, 2, 1), _means(codes, draws, 1, 2)
    mistakes = {
        "has the wrong sign: pairs within a sample count positive": -right,
        "takes the mean over pairs of a code with itself too: leave the diagonals out": (
            over_squares + 1 / n + 1 / m
        ),
        "divides by n²: without the diagonal there are n(n − 1) pairs": over_squares,
        "counts each pair within a sample once and divides by n(n − 1): count both orders": (
            right - (zz + pp) / 2
        ),
        "takes sums over the pairs: means were asked for": (
            n * (n - 1) * zz + m * (m - 1) * pp - 2 * n * m * zp
        ),
        "forgets the 2 before the pairs of a code and a draw": right + zp,
        "adds the pairs of a code and a draw: subtract them": right + 4 * zp,
        "leaves out the pairs of draws: they do not move the codes, but 0 means equality only "
        "with them": right - pp,
        "leaves out the pairs of codes: they are what spreads the codes": right - zz,
        "is the root of it: the square was asked for": right.clamp_min(0).sqrt(),
        "has no half in the kernel: exp(−‖a − b‖²/2)": no_half @ SIGNS,
        "does not square the distance in the kernel": no_square @ SIGNS,
    }
    return Expected(right, mistakes)


SIGNS = torch.tensor([1.0, 1.0, -2.0])


def _means(codes: Tensor, draws: Tensor, power: int, half: int) -> Tensor:
    """Means of exp(−‖a − b‖^power / half) within the codes, within the draws, between, (3,)."""
    zz, pp, zp = (
        (-(torch.cdist(a, b) ** power) / half).exp()
        for a, b in ((codes, codes), (draws, draws), (codes, draws))
    )
    return torch.stack([mean_of_pairs(zz), mean_of_pairs(pp), zp.mean()])


# β -> the Fréchet distance of each seed. Every wrong way to choose gives another β or number.
VALIDATION = {1.0: [70.0, 76.0, 73.0], 0.3: [52.0, 57.0, 56.0], 0.1: [46.0, 71.0, 53.0]}
TEST = {1.0: [77.0, 74.0, 71.0], 0.3: [59.0, 61.0, 54.0], 0.1: [48.0, 50.0, 55.0]}


def tuned_beta(answer: Callable[[dict, dict], tuple[float, float]]) -> bool:
    """Check ``answer(validation, test)``: the β chosen by validation, and its mean on the test."""
    beta = Expected(
        0.3,
        {
            "is 0.1: its mean is the best on the test images, and its median and one of its seeds "
            "on validation images. Choose by the mean over seeds of the validation images": 0.1,
            "is 1, with the largest distance: the smallest is the best": 1.0,
        },
        otherwise="was not tried: choose one of the keys",
    )
    distance = Expected(
        mean(TEST[0.3]),
        {
            "is that of the validation images: they chose this β, so they flatter it": (
                mean(VALIDATION[0.3])
            ),
            "is that of the best seed: report the mean over all": min(TEST[0.3]),
            "is the median over seeds: report the mean": median(TEST[0.3]),
            "is summed over seeds: take the mean": sum(TEST[0.3]),
            "is that of the wrong β": mean(TEST[0.1]),
        },
    )
    pair = Pair(beta=beta, distance=distance)
    return grade("tuned_beta", answer, (VALIDATION, TEST), pair.fault)


def slerp(answer: Callable[[Tensor, Tensor, float], Tensor]) -> bool:
    """Check ``answer(a, b, t)``: codes on the arc from a to b, (n, dim), (n, dim) -> (n, dim)."""
    a, b = torch.randn(2, 6, 5, generator=seeded_generator(12, 3))
    expected = _slerp(a, b, 0.3)

    def fault(codes) -> str | None:
        if isinstance(codes, Tensor) and not codes.isfinite().all():
            return "gives values that are not finite: divide a·b by the lengths of both before acos"
        return expected.fault(codes)

    return grade("slerp", answer, (a, b, 0.3), fault)


def _slerp(a: Tensor, b: Tensor, t: float) -> Expected:
    cosine = torch.cosine_similarity(a, b, dim=-1)[:, None]
    omega, whole = cosine.acos(), torch.cosine_similarity(a.flatten(), b.flatten(), dim=0).acos()
    unit = [each / each.norm(dim=-1, keepdim=True) for each in (a, b)]
    right = _arc(a, b, omega, t)
    mistakes = {
        "runs along the straight line: use the weights with sines": a + t * (b - a),
        "runs from b to a: at t = 0 it must be a": _arc(a, b, omega, 1 - t),
        "returns codes of length 1: weight a and b as they are; only the angle takes them to "
        "length 1": _arc(*unit, omega, t),
        "takes one angle for all pairs: each pair has its own": _arc(a, b, whole, t),
        "forgets to divide by sin ω": right * omega.sin(),
        "takes the cosine for the angle: acos is missing": _arc(a, b, cosine, t),
    }
    return Expected(right, mistakes, otherwise="leaves the arc: compare with the formula")


def _arc(a: Tensor, b: Tensor, omega: Tensor, t: float) -> Tensor:
    return (((1 - t) * omega).sin() * a + (t * omega).sin() * b) / omega.sin()
