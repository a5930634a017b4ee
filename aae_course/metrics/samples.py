"""How good and how varied generated images are, in the features of a classifier of our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from aae_course.data.dataset import Dataset
from aae_course.metrics.prior_match import check_samples
from aae_course.models import Classifier, EncoderDecoder
from aae_course.networks.replicas import build_replicas
from aae_course.randomness import generators_restored, seed_noise
from aae_course.training.loop import fit
from aae_course.training.optimisation import Adam, Annealed, Training

PART = 5000  # images or rows of distances at a time


def train_classifier(data: Dataset, seed: int = 0, epochs: int = 3) -> Classifier:
    """A classifier of a data set's training images, in evaluation mode.

    Its features decide what the distances below mean, so compare numbers of one classifier only;
    train it with several seeds to see how much depends on it.
    """
    build = lambda replicas: Classifier(data.image_shape, data.classes)  # noqa: E731
    classifier = build_replicas(build, [seed]).to(data.train.images.device)
    training = Training({"classification": Adam(1e-3)}, epochs, 100, Annealed(hold=0.5))
    fit(classifier, data.train, training, [seed], name="classifier for features")
    return classifier


@torch.no_grad()
def features(classifier: Classifier, x: Tensor) -> Tensor:
    """Features of images: (n, pixels) in [0, 1] -> (n, 128)."""
    return torch.cat([classifier.features(part) for part in x.split(PART)])


def frechet_distance(real: Tensor, generated: Tensor) -> float:
    """‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½): between Gaussians of the features' moments.

    The formula of the "FID" (Heusel et al., 2017), in other features: compare its values here only.
    It is biased upwards for few images, so compare equal numbers of them.

    Args:
        real: (n, features).
        generated: (m, features).

    Raises:
        ValueError: fewer than two rows, another number of features, or values not finite.
    """
    check_samples(real, generated)
    (mean_1, covariance_1), (mean_2, covariance_2) = _moments(real), _moments(generated)
    root = _square_root(covariance_1)
    # Σ₁ Σ₂ has the eigenvalues of Σ₁^½ Σ₂ Σ₁^½, which is symmetric.
    cross = torch.linalg.eigvalsh(root @ covariance_2 @ root).clamp_min(0).sqrt().sum()
    traces = covariance_1.trace() + covariance_2.trace()
    return ((mean_1 - mean_2).square().sum() + traces - 2 * cross).item()


def _moments(rows: Tensor) -> tuple[Tensor, Tensor]:
    return rows.double().mean(0), rows.double().T.cov()


def _square_root(covariance: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(covariance)
    return vectors * values.clamp_min(0).sqrt() @ vectors.T


@dataclass(frozen=True)
class PrecisionRecall:
    """Share of generated images that look real, and of real ones that could be generated."""

    precision: float
    recall: float


def precision_recall(real: Tensor, generated: Tensor, neighbours: int = 3) -> PrecisionRecall:
    """Improved precision and recall (Kynkäänniemi et al., 2019).

    A set's manifold is the union of balls around its features, each reaching to its k-th nearest
    neighbour. Precision is the share of generated features on the real manifold, recall the share
    of real ones on the generated manifold.

    Args:
        real: (n, features).
        generated: (m, features).
        neighbours: k.

    Raises:
        ValueError: not more rows than neighbours, another number of features, or values that are
            not finite.
    """
    check_samples(real, generated, least=neighbours + 1)
    return PrecisionRecall(
        _share_inside(generated, real, neighbours), _share_inside(real, generated, neighbours)
    )


def _share_inside(points: Tensor, manifold: Tensor, neighbours: int) -> float:
    radii = torch.cat(
        [
            torch.cdist(part, manifold).kthvalue(neighbours + 1).values  # the first is itself
            for part in manifold.split(PART)
        ]
    )
    inside = [(torch.cdist(part, manifold) <= radii).any(1) for part in points.split(PART)]
    return torch.cat(inside).float().mean().item()


CHUNK = 10_000  # samples that are drawn at a time


@dataclass(frozen=True)
class Draws:
    """Images decoded from the prior, (CHUNK, pixels) at a time, the same whenever gone through.

    The caller's random generator is kept.

    Args:
        model: decodes.
        total: how many images.
        seed: each chunk has noise of its own from it.
    """

    model: EncoderDecoder
    total: int
    seed: int

    def __iter__(self) -> Iterator[Tensor]:
        return self.after(0)

    def after(self, count: int) -> Iterator[Tensor]:
        """The chunks without the first ``count`` images, which are whole chunks."""
        device = self.model.prior.origin.device
        for start in range(count, self.total, CHUNK):
            with generators_restored(device), torch.no_grad():
                seed_noise([self.seed, start // CHUNK])
                codes = self.model.prior.sample(min(CHUNK, self.total - start))
                images = self.model.decode(codes)
            yield images
