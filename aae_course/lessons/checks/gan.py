"""Checks of notebook 04: the best discriminator and what it pays, and the modes that are hit."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.randomness import seeded_generator

LOG_2 = math.log(2)


def best_discriminator(answer: Callable) -> bool:
    """Check ``answer(p, q)``: D* and its loss for probabilities of the data and the generator."""
    p, q = 0.1 + torch.rand(2, 6, generator=seeded_generator(4, 1))
    p, q = p / p.sum(), q / q.sum()
    pair = Pair(D=_best(p, q), loss=_least_loss(p, q))
    return grade("best_discriminator", answer, (p, q), pair.fault)


def _best(p: Tensor, q: Tensor) -> Expected:
    """D*, the share of the data among all that looks like this."""
    D = p / (p + q)
    mistakes = {
        "has the roles swapped: D is the probability that an outcome is from the data p": 1 - D,
        "is the ratio p/q: divide by p + q, so that it is a probability": p / q,
        "is the log-odds log p/q: D is their sigmoid": (p / q).log(),
        "is p/(p+q)/2: the two kinds are equally frequent, so the halves cancel": D / 2,
    }
    shapes = {(): "is one number: one probability for each outcome was asked for"}
    return Expected(D, mistakes, shapes, "is not the best: of all x, which share comes from p?")


def _least_loss(p: Tensor, q: Tensor) -> Expected:
    """What D* pays."""
    real, fake = (p + q).log() - p.log(), (p + q).log() - q.log()
    right = (p * real + q * fake).sum()
    mistakes = {
        "has the wrong sign: it is what D minimises, and positive": -right,
        "is in bits: leave log 2 in, as the losses of the package do": right / LOG_2,
        "is half of the loss: add both expectations": right / 2,
        "weights every outcome alike in an expectation: weight by p and by q": (real + fake).mean(),
        "is without weights: an expectation sums its terms times p(x), or q(x)": (
            real + fake
        ).sum(),
        "has p and q swapped in the expectations": (q * real + p * fake).sum(),
        "is only that of the data: add the term of the generator's outcomes": (p * real).sum(),
        "is only that of the generator: add the term of the data": (q * fake).sum(),
        "is the Jensen-Shannon divergence: D* pays 2 log 2 less twice this": LOG_2 - right / 2,
    }
    shapes = {p.shape: "has a number for each outcome: sum over the outcomes"}
    return Expected(right, mistakes, shapes)


def modes_hit(answer: Callable) -> bool:
    """Check ``answer(samples, centres)``: how many centres get a tenth of their fair share."""
    generator = seeded_generator(4, 2)
    centres = 10 * torch.randn(8, 2, generator=generator)
    # Fair is an eighth of 800, so 10 samples are just enough, and 9 too few.
    counts = torch.tensor([0, 1, 9, 10, 11, 90, 270, 409])
    noise = 0.01 * torch.randn(800, 2, generator=generator)
    samples = centres.repeat_interleave(counts, 0) + noise
    order = torch.randperm(800, generator=generator)
    mistakes = {
        "asks for more than a tenth of the fair share: exactly a tenth is enough": counts > 10,
        "counts a centre with one stray sample: ask for a tenth of the fair share": counts > 0,
        "asks for the whole fair share: a tenth of it is enough": counts >= 100,
        "asks for a tenth of all samples: take a tenth of the fair share, 1/modes": counts >= 80,
        "counts samples: count the centres that they are nearest to": counts,
        "counts every centre, also one that no sample is nearest to": counts >= 0,
    }
    mistakes = {why: hit.sum() for why, hit in mistakes.items()}
    expected = Expected((counts >= 10).sum(), mistakes)
    return grade("modes_hit", answer, (samples[order], centres), expected.fault)
