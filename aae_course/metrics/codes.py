"""What codes keep of the images: how well these come back, and how well labels can be read off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from aae_course.data.dataset import Dataset, Split
from aae_course.data.labels import NOT_LABELLED, with_labels
from aae_course.data.minibatches import as_pixels
from aae_course.metrics.prior_match import check_samples
from aae_course.models import EncoderDecoder

PART = 5000  # images that go through a model at a time


@dataclass(frozen=True, eq=False)
class Labelled:
    """Points with labels, from which a probe or a clustering can learn.

    Args:
        x: (n, dim): codes, or the pixels of images in [0, 1].
        y: (n,) labels, -1 for "not labelled"; the measures leave such points out.
    """

    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        """How many points there are, n."""
        return len(self.y)


class GivesLogits(Protocol):
    """A model that says how sure it is of each label; what the errors below need."""

    def logits(self, x: Tensor) -> Tensor:
        """Of the labels: (batch, pixels) in [0, 1] -> (batch, classes)."""


@torch.no_grad()
def reconstruction_error(model: EncoderDecoder, x: Tensor, y: Tensor | None = None) -> float:
    """Mean of ½‖x̂ − x‖² over images: the paper's cost, in squared pixel units summed over pixels.

    Args:
        model: in evaluation mode.
        x: (n, pixels) in [0, 1].
        y: (n,) labels, for a model that needs them.

    Raises:
        ValueError: what comes back is not finite, or labels are missing.
    """
    total = sum(
        0.5 * (model.reconstruct(part, labels) - part).square().sum().item()
        for part, labels in _parts(x, y)
    )
    if not math.isfinite(total):
        raise ValueError("the reconstructions hold values that are not finite (nan, inf)")
    return total / len(x)


def _parts(x: Tensor, y: Tensor | None) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Images and their labels, if any, `PART` at a time.

    Raises:
        ValueError: no images, or no pixels in floats of single precision.
    """
    if x.dim() != 2 or not len(x) or x.dtype != torch.float32:
        kind = f"{x.dtype}".removeprefix("torch.")
        raise ValueError(
            f"images are pixels (n, pixels) in float32, not {kind} of shape {(*x.shape,)}: "
            "as_pixels(split.images) makes them"
        )
    for start in range(0, len(x), PART):
        part = slice(start, start + PART)
        yield x[part], None if y is None else y[part]


def nearest_neighbour_error(train: Labelled, test: Labelled, neighbours: int = 5) -> float:
    """Percent of test codes whose label the nearest training codes vote against.

    Args:
        train: codes with their labels.
        test: the same.
        neighbours: how many vote.

    Raises:
        ValueError: codes of one label only, fewer than vote, of another dimension, or not finite.
    """
    labelled = int((torch.as_tensor(train.y) != NOT_LABELLED).sum())
    if labelled < neighbours:
        raise ValueError(f"{neighbours} neighbours among {labelled} training codes with labels")
    return _error_percent(KNeighborsClassifier(neighbours), train, test)


def linear_probe_error(train: Labelled, test: Labelled) -> float:
    """Percent of test codes whose label a logistic regression on the training codes gets wrong.

    Args:
        train: codes with their labels.
        test: the same.

    Raises:
        ValueError: codes of one label only, of another dimension, or not finite.
    """
    return _error_percent(LogisticRegression(max_iter=2000), train, test)


def mlp_probe_error(train: Labelled, test: Labelled, seed: int = 0) -> float:
    """The same of a small neural network, which also reads what no straight line separates.

    Two hidden layers of 64 units, stopped when a tenth of the codes that is held back says so.

    Args:
        train: codes with their labels.
        test: the same.
        seed: of the network.

    Raises:
        ValueError: codes of one label only, of another dimension, or not finite.
    """
    classifier = MLPClassifier((64, 64), early_stopping=True, random_state=seed)
    return _error_percent(make_pipeline(StandardScaler(), classifier), train, test)


def quadratic_probe_error(train: Labelled, test: Labelled) -> float:
    """The same of a Gaussian fitted to each label's codes: the likeliest names the label.

    Args:
        train: codes with their labels.
        test: the same.

    Raises:
        ValueError: codes of one label only, of another dimension, or not finite.
    """
    return _error_percent(QuadraticDiscriminantAnalysis(reg_param=1e-3), train, test)


def _error_percent(classifier, train: Labelled, test: Labelled) -> float:
    check_samples(train.x, test.x, least=1)
    (train_y, train_x), (test_y, test_x) = (
        (part.detach().cpu().numpy() for part in with_labels(points.y, points.x))
        for points in (train, test)
    )
    if len(np.unique(train_y)) < 2:
        raise ValueError("a probe needs training codes of at least two labels")
    return 100 * (1 - classifier.fit(train_x, train_y).score(test_x, test_y))


@torch.no_grad()
def coded(model: EncoderDecoder, x: Tensor, labels: Tensor) -> Labelled:
    """Codes of images (n, pixels) in [0, 1], with the images' labels (n,)."""
    return Labelled(torch.cat([model.encode(*part) for part in _parts(x, labels)]), labels)


@torch.no_grad()
def predictions(model: GivesLogits, images: Tensor) -> Tensor:
    """q(y|x) of images (n, pixels), bytes, under a model that gives logits: (n, classes).

    Raises:
        ValueError: logits that are not finite.
    """
    x = as_pixels(images)
    return torch.cat([_finite_logits(model, part).softmax(-1) for part in x.split(PART)])


def _finite_logits(model: GivesLogits, x: Tensor) -> Tensor:
    if not hasattr(model, "logits"):
        raise TypeError(f"{type(model).__name__} says nothing of labels: it has no method logits")
    logits = model.logits(x)
    if not logits.isfinite().all():
        raise ValueError(f"{type(model).__name__} gives logits that are not finite (nan, inf)")
    return logits


PROBED = 10_000  # training codes that a probe learns from


def train_codes(model: EncoderDecoder, data: Dataset) -> Labelled:
    """Codes of the first training images, for a probe or a fitted prior."""
    images, labels = data.train.images[:PROBED], data.train.labels[:PROBED]
    return coded(model, as_pixels(images), labels)


@torch.no_grad()
def error_percent(model: GivesLogits, split: Split) -> float:
    """Percent of the labelled images whose likeliest label is not theirs.

    Raises:
        ValueError: no image has a label, or the logits are not finite.
    """
    labels, images = with_labels(split.labels, split.images)
    parts = as_pixels(images).split(PART)
    read = torch.cat([_finite_logits(model, part).argmax(-1) for part in parts])
    return 100 * (read != labels).float().mean().item()
