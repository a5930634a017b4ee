"""Checks of notebook 08: a labelled subset, five phases, two traps, entropy, calibration."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, Pair, shape_is_wrong
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.semi_supervised_training import training_step
from aae_course.randomness import seeded_generator

__all__ = [
    "balanced_subset",
    "calibration_error",
    "entropy_and_marginal",
    "same_step",
    "training_step",
    "two_softmaxes",
]


def balanced_subset(answer: Callable[[Tensor, int], Tensor]) -> bool:
    """Check ``answer(labels, per_class)``: indices, ``per_class`` of each label, at random."""
    everything = torch.arange(4).repeat_interleave(torch.tensor([60, 40, 90, 50]))
    labels = everything[torch.randperm(240, generator=seeded_generator(8, 1))]

    def fault(subset) -> str | None:
        if why := _subset_is_wrong(subset, labels, 20):
            return why
        if torch.equal(subset.sort().values, answer(labels.clone(), 20).sort().values):
            return "takes the same images each time: draw them at random, and fix no seed inside"
        return None

    return grade("balanced_subset", answer, (labels, 20), fault)


def _subset_is_wrong(subset, labels: Tensor, per_class: int) -> str | None:
    """Why these are not the indices of ``per_class`` images of each label, None if they are."""
    if isinstance(subset, Tensor) and subset.dtype == torch.bool:
        return "returns a mask: indices were asked for, .nonzero() gives them"
    count = 4 * per_class
    if why := shape_is_wrong(subset, (count,)):
        return f"{why}: {per_class} indices of each of the 4 labels"
    if subset.is_floating_point() or subset.min() < 0 or subset.max() >= len(labels):
        return "returns values that are no indices into the labels"
    if len(subset.unique()) < count:
        if torch.isin(subset, labels.unique()).all():
            return "returns labels: indices of images were asked for"
        if all(len(of_one.unique()) == per_class for of_one in subset.split(per_class)):
            return (
                "takes some images more than once: a place among the images of one label is no "
                "index into all of them, so look up members[place]"
            )
        return "takes some images more than once: draw without replacement"
    per_label = labels[subset].bincount(minlength=4)
    if (per_label != per_class).any():
        given = ", ".join(map(str, per_label.tolist()))
        return f"takes {given} images of the labels 0 to 3, not {per_class} of each"
    return None


def two_softmaxes(answer: Callable[[int], float]) -> bool:
    """Check ``answer(classes)``: the least cross-entropy if the softmax is taken twice, in nats."""
    K, e = 7, math.e
    right = math.log(e + K - 1) - 1
    mistakes = {
        "is 0: the second softmax gets numbers from 0 to 1, and never gives a 1": 0.0,
        "is log K: that is what an even guess pays": math.log(K),
        "has the wrong sign: −log q is never negative": -right,
        "is in bits: leave the logarithm natural": right / math.log(2),
        "is the probability of the true label: its −log was asked for": e / (e + K - 1),
        "forgets the logarithm: −log q was asked for": (e + K - 1) / e,
        "has 1 in the numerator: for the true label q = e / (e + K − 1)": (math.log(e + K - 1)),
        "counts K others: there are K − 1 labels besides the true one": math.log(1 + K / e),
        "counts K − 2 others: there are K − 1 labels besides the true one": (
            math.log(1 + (K - 2) / e)
        ),
        "gives the others e⁻¹ in place of e⁰ = 1": math.log(1 + (K - 1) / e**2),
        "divides by the number of classes: the loss is that of the true label": right / K,
        "has one other label only: there are K − 1": math.log(1 + 1 / e),
    }
    return grade("two_softmaxes", answer, (K,), Expected(right, mistakes).fault)


def same_step(answer: Callable[[float, int], tuple[float, float]]) -> bool:
    """Check ``answer(rate, pixels)``: the rates that make up for a mean over pixels, (SGD, Adam).

    With them the mean of squared errors over the pixels gives the steps that half their sum gives
    at ``rate``.
    """
    rate, pixels = 0.03, 50
    times = pixels / 2
    sgd = Expected(
        rate * times,
        {
            "is the same rate: the gradient is smaller, and so is the step of SGD": rate,
            "is the smaller one: a smaller gradient needs a larger rate": rate / times,
            "forgets the half: half the sum is pixels / 2 times the mean": rate * pixels,
            "turns the half round: half the sum is pixels / 2 times the mean": rate * 2 * pixels,
            "is the factor: multiply it with the rate": times,
            "takes the root: the step of SGD is the rate times the gradient": (
                rate * math.sqrt(times)
            ),
            "is squared: the step of SGD is the rate times the gradient": rate * times**2,
            "forgets the pixels: they were averaged over": rate / 2,
            "forgets the pixels, and has the half the wrong way round": rate * 2,
        },
    )
    adam = Expected(
        rate,
        {
            "is that of SGD: Adam divides the gradient by its own size": rate * times,
            "is smaller: Adam divides the gradient by its own size": rate / times,
            "takes the root: Adam divides by the root of the mean squared gradient, so that the "
            "size of the gradient drops out altogether": rate * math.sqrt(times),
            "is divided by a root: the size of the gradient drops out altogether": (
                rate / math.sqrt(times)
            ),
            "is 0": 0.0,
            "is a factor: the rate was asked for": 1.0,
        },
    )
    return grade("same_step", answer, (rate, pixels), Pair(SGD=sgd, Adam=adam).fault)


def entropy_and_marginal(answer: Callable[[Tensor], tuple[Tensor, Tensor]]) -> bool:
    """Check ``answer(y)``: mean entropy of the rows (), in nats, and their mean (classes,)."""
    logits = torch.randn(30, 4, generator=seeded_generator(8, 2)) + torch.tensor([2.0, 0, 0, 0])
    y = (2 * logits).softmax(-1)
    y[0] = torch.tensor([0.0, 1.0, 0.0, 0.0])
    pair = Pair(entropy=_entropy(y), marginal=_marginal(y))
    return grade("entropy_and_marginal", answer, (y,), pair.fault)


def _entropy(y: Tensor) -> Expected:
    right, of_mean = torch.special.entr(y).sum(-1).mean(), torch.special.entr(y.mean(0)).sum()
    mistakes = {
        "is nan where a probability is 0: 0 log 0 counts as 0, as torch.xlogy knows": math.nan,
        "has the wrong sign: an entropy is never negative": -right,
        "is in bits: leave the logarithm natural": right / math.log(2),
        "is a mean over the labels: sum over them, average over the images": right / y.shape[1],
        "sums over the images: average over them": right * len(y),
        "is the entropy of the mean row: take the mean of the rows' entropies": of_mean,
        "is the entropy of the mean row, in bits: take the mean of the rows' entropies, and in "
        "nats": of_mean / math.log(2),
    }
    return Expected(right, mistakes, {y.shape[:1]: "is that of each row: average over the images"})


def _marginal(y: Tensor) -> Expected:
    counts = y.argmax(-1).bincount(minlength=y.shape[1]).float()
    mistakes = {
        "sums the probabilities: average over the images": y.sum(0),
        "counts the likeliest labels: average the probabilities themselves": counts / len(y),
        "counts the likeliest labels: average the probabilities": counts,
    }
    return Expected(y.mean(0), mistakes)


def calibration_error(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(confidence, right)``: mean |accuracy − confidence| of ten bins, weighted."""
    generator = seeded_generator(8, 3)
    # No bin below 0.3, as with real guesses, and none near an inner border.
    place = torch.randint(3, 10, (200,), generator=generator)
    confidence = (place + 0.1 + 0.8 * torch.rand(200, generator=generator)) / 10
    right = (torch.rand(200, generator=generator) < 0.2 + 0.6 * confidence).float()
    # Confidences of exactly 1 belong to the last bin; here they pull its gap to the other side.
    last = (place == 9).nonzero().flatten()
    right[last], right[last[:4]], confidence[last[:4]] = 1.0, 0.0, 1.0
    expected = _calibration(confidence, right, place)
    return grade("calibration_error", answer, (confidence, right), expected.fault)


def _calibration(confidence: Tensor, right: Tensor, place: Tensor) -> Expected:
    """The calibration error of images whose bins are ``place``."""
    gaps = (right - confidence) / len(place)
    gap = torch.zeros(10).index_add(0, place, gaps)
    share = place.bincount(minlength=10) / len(place)
    per_bin = (gap / share)[share > 0].abs()
    total, sure = gap.abs().sum(), confidence == 1
    without_sure = torch.zeros(10).index_add(0, place[~sure], gaps[~sure]).abs().sum()
    last_alone = without_sure + gaps[sure].sum().abs()
    mistakes = {
        "gives nan where a bin has no image: leave such bins out": math.nan,
        "returns percent: a number from 0 to 1 was asked for": 100 * total,
        "leaves out the images with a confidence of 1: they belong to the last bin": without_sure,
        "has an eleventh bin for a confidence of 1: it belongs to the last of ten": last_alone,
        "lets bins count alike: weigh each by its share of the images": per_bin.mean(),
        "lets bins count alike, empty ones too: weigh each by its images": per_bin.sum() / 10,
        "sums over the bins: weigh each by its share of the images": per_bin.sum(),
        "sums over the images: average": total * len(place),
        "lets gaps of different sign cancel: take the size of the gap in each bin": gap.sum(),
        "takes the size of the whole gap: gaps of different sign must not cancel": gap.sum().abs(),
        "has the wrong sign: a size is never negative": -total,
        "compares image by image: take the means of a bin first": (right - confidence).abs().mean(),
        "takes the largest gap of a bin: the mean was asked for": per_bin.max(),
    }
    return Expected(total, mistakes)
