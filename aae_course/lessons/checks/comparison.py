"""Checks of notebook 12: a prediction, the best variance, the discrepancy, a whole WAE."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, Lists, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.wae_training import train_wae
from aae_course.models.losses import mean_of_pairs
from aae_course.randomness import seeded_generator

__all__ = ["above_half", "best_variance", "mmd", "train_wae"]


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


# Why a sheet belongs to a list, or does not.
WHY_PRECISE = {
    "real images": "they lie among other real images",
    "one image": "every sample lies next to that image, which is real: precision does not ask "
    "whether samples differ",
    "only ones": "each sample is a real 1: precision does not ask for the other digits",
    "noise": "pixels at random look like no image, so they lie among none",
}
WHY_RECALLED = {
    "real images": "they are as varied as the images that they are compared with",
    "one image": "its balls are tiny and lie in one place, so they hold hardly any real image",
    "only ones": "no 0 and no 2 lies among 1s, and only about a tenth of the images are 1s",
    "noise": "its samples are all alike to the classifier, and far from images: their balls hold "
    "no real one",
}


SHEETS = Lists(
    "sheets",
    {"precision": {"real images", "one image", "only ones"}, "recall": {"real images"}},
    {"precision": WHY_PRECISE, "recall": WHY_RECALLED},
)


def above_half(answer: Callable[[], tuple]) -> bool:
    """Check ``answer()``: the sheets with a precision above one half, and those with a recall."""
    return grade("above_half", answer, (), SHEETS.fault)


def best_variance(answer: Callable[[Tensor, Tensor], tuple]) -> bool:
    """Check ``answer(x_hat, x)``: the s² of the highest likelihood, and −log p(x|z) with it."""
    x, noise = torch.rand(2, 9, 6, generator=seeded_generator(12, 2))
    x_hat = (x + 0.5 * noise - 0.15).clamp(0, 1)
    pair = Pair(variance=_variance(x_hat, x), nats=_nats(x_hat, x))
    return grade("best_variance", answer, (x_hat, x), pair.fault)


def _variance(x_hat: Tensor, x: Tensor) -> Expected:
    """The mean squared error of a pixel."""
    away, pixels = x_hat - x, x.shape[1]
    right = away.square().mean()
    mistakes = {
        "is half of it: the half of the exponent cancels": right / 2,
        "is summed over the pixels: it is the variance of one pixel": right * pixels,
        "is half the squared error of an image: divide by the pixels, and drop the half": (
            right * pixels / 2
        ),
        "is summed over images and pixels: take the mean": right * away.numel(),
        "is the standard deviation: the variance was asked for": right.sqrt(),
        "is the inverse, the precision": 1 / right,
        "is the variance about the mean error: the reconstruction is the centre": away.var(
            correction=0
        ),
        "is the variance about the mean error, with n − 1: the reconstruction is the centre": (
            away.var()
        ),
        "is the variance of the images: that of the errors was asked for": x.var(correction=0),
        "adds absolute errors: they must be squared": away.abs().mean(),
    }
    shapes = {
        (len(x),): "is one for each image: one number for all was asked for",
        (pixels,): "is one for each pixel: one number for all was asked for",
    }
    return Expected(right, mistakes, shapes)


def _nats(x_hat: Tensor, x: Tensor) -> Expected:
    """−log N(x; x̂, s² I) with the best s², averaged over the images."""
    pixels, variance = x.shape[1], (x_hat - x).square().mean()
    log, constant = variance.log(), math.log(2 * math.pi)
    right = pixels / 2 * (log + constant + 1)
    error = pixels / 2 * variance
    mistakes = {
        "is log p(x|z): its negative was asked for": -right,
        "leaves out log 2π": pixels / 2 * (log + 1),
        "leaves out the quadratic term: with the best s² it is half a nat for each pixel": (
            pixels / 2 * (log + constant)
        ),
        "has only the term with log s²": pixels / 2 * log,
        "is that of one pixel: sum over the pixels": right / pixels,
        "is summed over the images: average": right * len(x),
        "forgets the half": 2 * right,
        "forgets the half of log s²: s is its root": pixels / 2 * (2 * log + constant + 1),
        "is in bits: use the natural logarithm": right / math.log(2),
        "has s² = 1 in it: put the best one in": error + pixels / 2 * constant,
        "is half the squared error, which has s² = 1 in it: put the best one in": error,
    }
    shapes = {(len(x),): "is one for each image: average over the images"}
    return Expected(right, mistakes, shapes)
