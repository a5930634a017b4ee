"""What codes keep of the images: how well these come back, and how well labels can be read off."""

from __future__ import annotations

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from aae_course.data.dataset import Dataset, Split
from aae_course.data.minibatches import as_pixels
from aae_course.metrics.prior_match import check_samples
from aae_course.models import Model


@torch.no_grad()
def reconstruction_error(model: Model, x: Tensor) -> float:
    """Mean of ½‖x̂ − x‖² over images: the paper's cost, in squared pixel units summed over pixels.

    Args:
        model: in evaluation mode.
        x: (n, pixels) in [0, 1].
    """
    total = sum(
        0.5 * (model.reconstruct(part) - part).square().sum().item() for part in x.split(5000)
    )
    return total / len(x)


def nearest_neighbour_error(train: Split, test: Split, neighbours: int = 5) -> float:
    """Percent of test codes whose label the nearest training codes vote against.

    Args:
        train: codes (n, dim) in place of images, with their labels.
        test: the same.
        neighbours: how many vote.

    Raises:
        ValueError: codes of one label only, fewer than vote, of another dimension, or not finite.
    """
    if len(train) < neighbours:
        raise ValueError(f"{neighbours} neighbours among {len(train)} training codes")
    return _error_percent(KNeighborsClassifier(neighbours), train, test)


def linear_probe_error(train: Split, test: Split) -> float:
    """Percent of test codes whose label a logistic regression on the training codes gets wrong.

    Args:
        train: codes (n, dim) in place of images, with their labels.
        test: the same.

    Raises:
        ValueError: codes of one label only, of another dimension, or not finite.
    """
    return _error_percent(LogisticRegression(max_iter=2000), train, test)


def mlp_probe_error(train: Split, test: Split, seed: int = 0) -> float:
    """The same of a small neural network, which also reads what no straight line separates.

    Two hidden layers of 64 units, stopped when a tenth of the codes that is held back says so.

    Args:
        train: codes (n, dim) in place of images, with their labels.
        test: the same.
        seed: of the network.

    Raises:
        ValueError: codes of one label only, of another dimension, or not finite.
    """
    classifier = MLPClassifier((64, 64), early_stopping=True, random_state=seed)
    return _error_percent(make_pipeline(StandardScaler(), classifier), train, test)


def _error_percent(classifier, train: Split, test: Split) -> float:
    check_samples(train.images, test.images, least=1)
    if len(train.labels.unique()) < 2:
        raise ValueError("a probe needs training codes of at least two labels")
    classifier.fit(train.images.cpu().numpy(), train.labels.cpu().numpy())
    right = classifier.score(test.images.cpu().numpy(), test.labels.cpu().numpy())
    return 100 * (1 - right)


@torch.no_grad()
def coded(model: Model, x: Tensor, labels: Tensor) -> Split:
    """Codes of images (n, pixels) in [0, 1], with the images' labels, for a probe."""
    return Split(torch.cat([model.encode(part) for part in x.split(5000)]), labels)


@torch.no_grad()
def predictions(model: Model, images: Tensor) -> Tensor:
    """q(y|x) of images (n, pixels), bytes, under a model that gives logits: (n, classes)."""
    x = as_pixels(images)
    return torch.cat([model.logits(part).softmax(-1) for part in x.split(5000)])


PROBED = 10_000  # training codes that a probe learns from


def train_codes(model: Model, data: Dataset) -> Split:
    """Codes of the first training images, for a probe or a fitted prior."""
    images, labels = data.train.images[:PROBED], data.train.labels[:PROBED]
    return coded(model, as_pixels(images), labels)


@torch.no_grad()
def error_percent(model: Model, split: Split) -> float:
    """Percent of the images whose likeliest label is not theirs."""
    x = as_pixels(split.images)
    read = torch.cat([model.logits(part).argmax(-1) for part in x.split(5000)])
    return 100 * (read != split.labels).float().mean().item()
