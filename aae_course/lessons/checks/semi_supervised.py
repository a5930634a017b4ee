"""Checks of notebook 08: a balanced labelled subset, entropy and marginal, calibration."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import as_number, compared, finished, is_pair, shape_is_wrong
from aae_course.randomness import generators_restored, seeded_generator


def balanced_subset(answer: Callable[[Tensor, int], Tensor]) -> bool:
    """Check ``answer(labels, per_class)``: indices, ``per_class`` of each label, at random."""
    counts = torch.tensor([60, 40, 90, 50])
    everything = torch.arange(4).repeat_interleave(counts)
    labels = everything[torch.randperm(240, generator=seeded_generator(8, 1))]
    with generators_restored(labels.device):
        torch.manual_seed(0)
        found, again = (answer(labels.clone(), 20) for _ in range(2))
    return judge("balanced_subset", found, lambda found: _subset_is_wrong(found, again, labels, 20))


def _subset_is_wrong(found, again, labels: Tensor, per_class: int) -> str | None:
    if isinstance(found, Tensor) and found.dtype == torch.bool:
        return "returns a mask: indices were asked for, .nonzero() gives them"
    count = 4 * per_class
    if why := shape_is_wrong(found, (count,)):
        return f"{why}: {per_class} indices of each of the 4 labels"
    if found.is_floating_point() or found.min() < 0 or found.max() >= len(labels):
        return "returns values that are no indices into the labels"
    if len(found.unique()) < count:
        return "takes some images more than once: draw without replacement"
    per_label = labels[found].bincount(minlength=4)
    if (per_label != per_class).any():
        given = ", ".join(map(str, per_label.tolist()))
        return f"takes {given} images of the labels 0 to 3, not {per_class} of each"
    if torch.equal(found.sort().values, again.sort().values):
        return "takes the same images each time: draw them at random, and fix no seed inside"
    return None


def entropy_and_marginal(answer: Callable[[Tensor], tuple[Tensor, Tensor]]) -> bool:
    """Check ``answer(y)``: mean entropy of the rows (), in nats, and their mean (classes,)."""
    logits = torch.randn(30, 4, generator=seeded_generator(8, 2)) + torch.tensor([2.0, 0, 0, 0])
    y = (2 * logits).softmax(-1)
    y[0] = torch.tensor([0.0, 1.0, 0.0, 0.0])
    pair = finished(answer(y.clone()))
    return judge("entropy_and_marginal", pair, lambda pair: _pair_is_wrong(pair, y))


def _pair_is_wrong(pair, y: Tensor) -> str | None:
    if not is_pair(pair):
        return "does not return a pair: return entropy, marginal"
    entropy, marginal = pair
    if isinstance(entropy, Tensor) and entropy.shape == y.shape[1:]:
        return "returns both in the other order: the entropy comes first"
    if isinstance(entropy, Tensor) and entropy.shape == y.shape[:1]:
        return "returns the entropy of each row: average over the images"
    entropy, why = as_number(entropy)
    if why:
        return f"{why}, for the entropy"
    return _entropy_is_wrong(entropy, y) or _marginal_is_wrong(marginal, y)


def _entropy_is_wrong(entropy: Tensor, y: Tensor) -> str | None:
    if entropy.isnan():
        return "gives nan where a probability is 0: 0 log 0 counts as 0, as torch.xlogy knows"
    right = torch.special.entr(y).sum(-1).mean()
    of_mean = torch.special.entr(y.mean(0)).sum()
    guesses = {
        "has the sign of the entropy wrong: it is never negative": -right,
        "returns the entropy in bits: leave the logarithm natural": right / math.log(2),
        "takes the mean over the labels: sum over them, average over the images": (
            right / y.shape[1]
        ),
        "sums over the images: average over them": right * len(y),
        "takes the entropy of the mean row: it is the mean of the rows' entropies": of_mean,
        "takes the entropy of the mean row, in bits: it is the mean of the rows' entropies, and "
        "in nats": of_mean / math.log(2),
    }
    why = compared(entropy, right, guesses)
    return why and (why if why in guesses else f"{why}, for the entropy")


def _marginal_is_wrong(marginal, y: Tensor) -> str | None:
    if why := shape_is_wrong(marginal, y.shape[1:]):
        return f"has the entropy right and {why}, for the marginal"
    counts = y.argmax(-1).bincount(minlength=y.shape[1]).float()
    guesses = {
        "sums the probabilities: average over the images": y.sum(0),
        "counts the likeliest labels: average the probabilities themselves": counts / len(y),
        "counts the likeliest labels: average the probabilities": counts,
    }
    why = compared(marginal, y.mean(0), guesses)
    return why and f"has the entropy right, and for the marginal {why}"


def calibration_error(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(confidence, right)``: mean |accuracy − confidence| of ten bins, weighted."""
    generator = seeded_generator(8, 3)
    # No bin below 0.3, as with real guesses, and none near a border, so ties play no part.
    place = torch.randint(3, 10, (200,), generator=generator)
    confidence = (place + 0.1 + 0.8 * torch.rand(200, generator=generator)) / 10
    right = (torch.rand(200, generator=generator) < 0.2 + 0.6 * confidence).float()
    found = answer(confidence.clone(), right.clone())
    return judge(
        "calibration_error", found, lambda found: _gap_is_wrong(found, confidence, right, place)
    )


def _gap_is_wrong(found, confidence: Tensor, right: Tensor, place: Tensor) -> str | None:
    found, why = as_number(found)
    if why:
        return why
    if found.isnan():
        return "gives nan where a bin has no image: leave such bins out"
    share = place.bincount(minlength=10) / len(place)
    gap = torch.zeros(10).index_add_(0, place, right - confidence) / len(place)
    in_use = share > 0
    per_bin = (gap[in_use] / share[in_use]).abs()
    total = gap.abs().sum()
    guesses = {
        "returns percent: a number from 0 to 1 was asked for": 100 * total,
        "lets bins count alike: weigh each by its share of the images": per_bin.mean(),
        "lets bins count alike, empty ones too: weigh each by its share of the images": (
            per_bin.sum() / 10
        ),
        "sums over the bins: weigh each by its share of the images": per_bin.sum(),
        "sums over the images: average": total * len(place),
        "lets gaps of different sign cancel: take the size of the gap in each bin": gap.sum(),
        "takes the size of the whole gap: gaps of different sign must not cancel": gap.sum().abs(),
        "has the wrong sign: a size is never negative": -total,
        "compares image by image: within a bin, take the means first": (
            (right - confidence).abs().mean()
        ),
        "takes the largest gap of a bin: the mean was asked for": per_bin.max(),
    }
    return compared(found, total, guesses)
