"""How samples look to a judge: a classifier of our own, trained once for each data set."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from aae_course.data.dataset import Dataset
from aae_course.data.minibatches import as_pixels
from aae_course.metrics.samples import (
    features,
    frechet_distance,
    precision_recall,
    train_classifier,
)
from aae_course.models import Classifier, EncoderDecoder
from aae_course.models.priors import Prior

SAMPLES = 5000  # images for the distances in feature space


@dataclass(frozen=True)
class Judge:
    """A classifier of the project's own, and the features of real images to compare with."""

    classifier: Classifier
    test: Tensor
    validation: Tensor

    def features(self, x: Tensor) -> Tensor:
        """Of images (n, pixels) in [0, 1]: (n, 128)."""
        return features(self.classifier, x)


_JUDGES: dict[tuple, Judge] = {}


def judge_of(data: Dataset) -> Judge:
    """The judge of a data set: one for all rows, or their numbers could not be compared."""
    key = data.sha256, data.test.images.device
    if key not in _JUDGES:
        _JUDGES[key] = _train_judge(data)
    return _JUDGES[key]


def _train_judge(data: Dataset) -> Judge:
    if data.validation is None:
        raise ValueError(
            f"samples are judged beside test and validation images, and {data.name!r} has no "
            "validation split: give Dataset one"
        )
    classifier = train_classifier(data)
    real = (as_pixels(split.images[:SAMPLES]) for split in (data.test, data.validation))
    return Judge(classifier, *(features(classifier, x) for x in real))


def sample_scores(
    model: EncoderDecoder, prior: Prior, codes: Tensor, judge: Judge
) -> dict[str, float]:
    """What samples look like, and what lies between codes, in the features of the judge."""
    samples = judge.features(model.decode(prior.sample(len(judge.test))))
    looks = precision_recall(judge.test, samples)
    return {
        "frechet_distance": frechet_distance(judge.test, samples),
        "precision": looks.precision,
        "recall": looks.recall,
        "midpoint_precision": between_codes(model, codes, judge),
        "validation_frechet_distance": frechet_distance(judge.validation, samples),
    }


def between_codes(model: EncoderDecoder, codes: Tensor, judge: Judge) -> float:
    """The share of what is decoded at `midpoints` that lies among real images: its precision."""
    between = judge.features(model.decode(midpoints(codes)[: len(judge.test)]))
    return precision_recall(judge.test, between).precision


def midpoints(codes: Tensor) -> Tensor:
    """Halfway between the codes of unlike images, the first with the second and so on.

    Where the code space has holes, what is decoded there looks like no image.
    """
    return (codes[0::2][: len(codes) // 2] + codes[1::2]) / 2


def asked_accuracy(model: EncoderDecoder, z: Tensor, classifier: Classifier) -> float:
    """Share of styles (n, dim), decoded as every label, that are read as the label asked for."""
    asked = torch.arange(model.classes, device=z.device).repeat(len(z))
    x = model.decode(z.repeat_interleave(model.classes, 0), asked)
    return accuracy(classifier, x, asked)


def accuracy(classifier: Classifier, x: Tensor, labels: Tensor) -> float:
    """Share of images (n, pixels) that are read as their labels (n,)."""
    read = torch.cat([classifier(part).argmax(-1) for part in x.split(5000)])
    return (read == labels).float().mean().item()
