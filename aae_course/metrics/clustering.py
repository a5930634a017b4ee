"""How well clusters agree with labels that nobody trained on.

``assigned`` holds the cluster of each image, 0 to clusters - 1, and ``labels`` the label, 0 to
classes - 1. A cluster may be empty, and there may be a single one. Images whose label is -1, "not
labelled", are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from torch import Tensor

from aae_course.data.dataset import Split
from aae_course.data.labels import MOST_CLASSES, with_labels
from aae_course.metrics.codes import GivesLogits, predictions


def most_confident_names(scores: Tensor, labels: Tensor) -> Tensor:
    """The paper's protocol (section 6): a cluster is called what its most confident image shows.

    Args:
        scores: (n, clusters), how sure an image is of each cluster, such as q(y|x). An image names
            several clusters where it is the surest of all of them.
        labels: (n,).

    Returns:
        (clusters,) labels.

    Raises:
        ValueError: no images, not as many labels, or scores that are not finite.
    """
    check_scores(scores, labels)
    labels, scores = with_labels(labels, scores)
    return labels[scores.argmax(0)]


def check_scores(scores: Tensor, labels: Tensor) -> None:
    """Raise ValueError unless scores are finite numbers (n, clusters), one row for each label."""
    if scores.dim() != 2 or len(scores) == 0 or len(scores) != len(labels):
        raise ValueError(
            f"scores of shape {tuple(scores.shape)} and {len(labels)} labels: scores must be "
            "(n, clusters), with a label for each of at least one image"
        )
    if not scores.isfinite().all():
        raise ValueError("scores hold values that are not finite")


def majority_names(assigned: Tensor, labels: Tensor, clusters: int) -> Tensor:
    """A cluster is called what most of its images show, an empty one what most of all do.

    Args:
        assigned: (n,).
        labels: (n,).
        clusters: how many there are.

    Returns:
        (clusters,) labels.

    Raises:
        ValueError: no images, not as many labels, or a cluster out of range.
    """
    table = contingency(assigned, labels, clusters)
    table[table.sum(1) == 0] = table.sum(0)
    return table.argmax(1)


def naming_error(assigned: Tensor, labels: Tensor, names: Tensor) -> float:
    """Percent of the images whose cluster is not called by their label.

    Args:
        assigned: (n,).
        labels: (n,).
        names: (clusters,) labels, found on other images.
    """
    assigned, labels = partition(assigned, labels, len(names))
    return 100 * (names[assigned] != labels).float().mean().item()


def matching_error(assigned: Tensor, labels: Tensor, clusters: int) -> float:
    """Percent wrong when each label takes one cluster, by the best matching (Kuhn, 1955).

    No validation images are needed. With more clusters than labels some clusters stay without a
    name, and all their images count as wrong: compare only where there are as many of both.

    Args:
        assigned: (n,).
        labels: (n,).
        clusters: how many there are.

    Raises:
        ValueError: no images, not as many labels, or a cluster out of range.
    """
    table = contingency(assigned, labels, clusters).cpu().numpy()
    return 100 * (1 - table[linear_sum_assignment(table, maximize=True)].sum() / table.sum())


def normalised_mutual_information(assigned: Tensor, labels: Tensor) -> float:
    """I(cluster; label) over the mean of their entropies, 0 to 1; needs no names."""
    assigned, labels = partition(assigned, labels)
    return float(normalized_mutual_info_score(labels.cpu().numpy(), assigned.cpu().numpy()))


def adjusted_rand_index(assigned: Tensor, labels: Tensor) -> float:
    """How often pairs of images are together or apart in both, 0 for chance, 1 for agreement."""
    assigned, labels = partition(assigned, labels)
    return float(adjusted_rand_score(labels.cpu().numpy(), assigned.cpu().numpy()))


def clusters_alive(assigned: Tensor, clusters: int) -> int:
    """Number of clusters that have at least a tenth of their fair share of the images (n,).

    Raises:
        ValueError: a cluster out of range.
    """
    assigned = check_clusters(assigned, clusters)
    return int((assigned.bincount(minlength=clusters) >= 0.1 * len(assigned) / clusters).sum())


def contingency(assigned: Tensor, labels: Tensor, clusters: int) -> Tensor:
    """How many images of a cluster have a label: (n,), (n,) -> (clusters, classes).

    Raises:
        ValueError: no images, not as many labels, or a cluster out of range.
    """
    assigned, labels = partition(assigned, labels, clusters)
    classes = int(labels.max()) + 1
    return (assigned * classes + labels).bincount(minlength=clusters * classes).view(-1, classes)


def partition(
    assigned: Tensor, labels: Tensor, clusters: int | None = None
) -> tuple[Tensor, Tensor]:
    """The clusters and labels of the images that have a label, once it is clear that they fit.

    Args:
        assigned: (n,).
        labels: (n,), -1 for "not labelled".
        clusters: how many there are, None for any number.

    Raises:
        ValueError: no images, none with a label, not as many labels, or a cluster out of range.
    """
    assigned, labels = torch.as_tensor(assigned), torch.as_tensor(labels)
    if assigned.shape != labels.shape or assigned.dim() != 1 or len(assigned) == 0:
        raise ValueError(
            f"clusters of shape {tuple(assigned.shape)} and labels of shape {tuple(labels.shape)}: "
            "one of each is needed for at least one image"
        )
    labels, assigned = with_labels(labels, check_clusters(assigned, clusters))
    return assigned, labels


def check_clusters(assigned: Tensor, clusters: int | None = None) -> Tensor:
    """Return ``assigned`` (n,) as int64; a narrower type has no room for a table's places.

    Raises:
        ValueError: no images, or what is no number of one of the clusters.
    """
    if assigned.is_floating_point():
        raise ValueError(f"clusters are integers from 0 on, not {assigned.dtype}")
    if not len(assigned):
        raise ValueError("the clusters of at least one image are needed")
    if clusters is not None and not 1 <= clusters <= MOST_CLASSES:
        raise ValueError(f"there are 1 to {MOST_CLASSES} clusters, not {clusters}")
    low, high = int(assigned.min()), int(assigned.max())
    if low < 0 or (clusters is not None and high >= clusters):
        last = "" if clusters is None else f" to {clusters - 1}"
        raise ValueError(f"clusters are 0{last or ', 1, ...'}, not {low} to {high}")
    return assigned.long()


@dataclass(frozen=True)
class Clustered:
    """Images that were put into clusters: how sure each is of each, and what they show.

    Args:
        scores: (n, clusters), the larger the surer; the cluster is that of the largest.
        labels: (n,), which the clustering did not see.
    """

    scores: Tensor
    labels: Tensor

    def __post_init__(self):
        check_scores(self.scores, self.labels)

    @property
    def assigned(self) -> Tensor:
        """The cluster of each image, (n,)."""
        return self.scores.argmax(1)

    @property
    def clusters(self) -> int:
        """How many clusters there could be."""
        return self.scores.shape[1]


def clustered(model: GivesLogits, split: Split) -> Clustered:
    """The images of a split in the clusters of q(y|x), its probabilities as scores."""
    return Clustered(predictions(model, split.images), split.labels)


def score(validation: Clustered, test: Clustered) -> dict[str, float]:
    """Every measure of Table 3; names come from validation images, errors from test images.

    Raises:
        ValueError: other numbers of clusters in both, or no image of one has a label.
    """
    if validation.clusters != test.clusters:
        raise ValueError(
            f"{validation.clusters} clusters of validation images, {test.clusters} of test images"
        )
    by_the_surest = most_confident_names(validation.scores, validation.labels)
    by_most = majority_names(validation.assigned, validation.labels, validation.clusters)
    return {
        "test_error_percent": naming_error(test.assigned, test.labels, by_the_surest),
        "majority_error_percent": naming_error(test.assigned, test.labels, by_most),
        "matching_error_percent": matching_error(test.assigned, test.labels, test.clusters),
        "normalised_mutual_information": normalised_mutual_information(test.assigned, test.labels),
        "adjusted_rand_index": adjusted_rand_index(test.assigned, test.labels),
        "clusters_alive": clusters_alive(test.assigned, test.clusters),
    }
