"""Checks of notebook 04: the best discriminator and what it pays, and the modes that are hit."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import finished, is_pair
from aae_course.randomness import seeded_generator

LOG_2 = math.log(2)


def best_discriminator(answer: Callable) -> bool:
    """Check ``answer(p, q)``: D* and its loss for probabilities of the data and the generator."""
    generator = seeded_generator(4, 1)
    p, q = (0.1 + torch.rand(2, 6, generator=generator)).unbind()
    p, q = p / p.sum(), q / q.sum()
    pair = finished(answer(p.clone(), q.clone()))
    return judge("best_discriminator", pair, lambda pair: _pair_is_wrong(pair, p, q))


def _pair_is_wrong(pair, p: Tensor, q: Tensor) -> str | None:
    if not is_pair(pair):
        return "does not return a pair: return D, loss"
    best, loss = (torch.as_tensor(value).float() for value in pair)
    if best.shape == () and loss.shape == p.shape:
        return "returns both in the other order: D comes first"
    if best.shape != p.shape:
        return f"returns D of shape {tuple(best.shape)}: one probability for each outcome"
    D = p / (p + q)
    guesses = {
        "has the roles swapped: D is the probability that an outcome is from the data p": 1 - D,
        "returns the ratio p/q: divide by p + q, so that it is a probability": p / q,
        "returns the log-odds log p/q: D is their sigmoid": (p / q).log(),
        "returns p/(p+q)/2: the two kinds are equally frequent, so the halves cancel": D / 2,
    }
    if not _close(best, D):
        why = next((why for why, guess in guesses.items() if _close(best, guess)), "")
        return why or "returns another D: of all x seen, which share comes from p?"
    return _loss_is_wrong(loss, p, q, D)


def _loss_is_wrong(loss: Tensor, p: Tensor, q: Tensor, D: Tensor) -> str | None:
    if loss.shape != ():
        return f"has D right and a loss of shape {tuple(loss.shape)}: sum over the outcomes"
    real, fake = -D.log(), -(1 - D).log()
    right = (p * real + q * fake).sum()
    guesses = {
        "with the wrong sign: it is what D minimises, and positive": -right,
        "in bits: leave log 2 in, as the losses of the package do": right / LOG_2,
        "with a half too much: add both expectations": right / 2,
        "of an expectation that weights every outcome alike: weight by p and by q": (
            (real + fake).mean()
        ),
        "without weights: an expectation sums p(x) times, and q(x) times, its terms": (
            (real + fake).sum()
        ),
        "with p and q swapped in the expectations": (q * real + p * fake).sum(),
        "of the data alone: the term of the generator's outcomes is missing": (p * real).sum(),
        "of the generator alone: the term of the data is missing": (q * fake).sum(),
    }
    if _close(loss, right):
        return None
    why = next((why for why, guess in guesses.items() if _close(loss, guess)), None)
    return f"has D right and a loss {why or f'of {loss:.4g} where {right:.4g} is right'}"


def modes_hit(answer: Callable) -> bool:
    """Check ``answer(samples, centres)``: how many centres get a tenth of their fair share."""
    generator = seeded_generator(4, 2)
    centres = 10 * torch.randn(8, 2, generator=generator)
    # Fair is an eighth of 800, so 10 samples are just enough, and 9 too few.
    counts = torch.tensor([0, 1, 9, 10, 11, 90, 270, 409])
    noise = 0.01 * torch.randn(800, 2, generator=generator)
    samples = centres.repeat_interleave(counts, 0) + noise
    order = torch.randperm(800, generator=generator)
    found = answer(samples[order].clone(), centres.clone())
    return judge("modes_hit", found, lambda found: _count_is_wrong(found, counts))


def _count_is_wrong(found, counts: Tensor) -> str | None:
    """Why ``found`` is not the number of centres with at least 10 of the 800 samples."""
    if isinstance(found, Tensor) and found.numel() > 1:
        return f"returns the shape {tuple(found.shape)}: one number was asked for"
    try:
        found = float(found)
    except (TypeError, ValueError):
        return f"returns a {type(found).__name__}: one number was asked for"
    samples, modes = int(counts.sum()), len(counts)
    guesses = {
        int((counts >= 10).sum()): None,
        int((counts > 10).sum()): "asks for more than a tenth of the fair share: exactly a tenth "
        "is enough",
        int((counts > 0).sum()): "counts a centre that one stray sample is nearest to: ask for a "
        "tenth of the fair share",
        int((counts >= samples / modes).sum()): "asks for the whole fair share: a tenth of it is "
        "enough",
        int((counts >= samples / 10).sum()): "asks for a tenth of all samples: it is a tenth of "
        "the fair share, 1/10 of 1/modes",
        samples: "counts samples: count the centres that they are nearest to",
        modes: "counts every centre, also one that no sample is nearest to",
    }
    if found in guesses:
        return guesses[found]
    return f"gives {found:g} where {int((counts >= 10).sum())} is right"


def _close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found, expected, rtol=1e-4, atol=1e-5)
