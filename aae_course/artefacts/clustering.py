"""Figure 9 and Table 3: clusters of images without labels, and how they are scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data import Dataset, Split
from aae_course.jobs import Trained
from aae_course.labels import one_hot
from aae_course.metrics import (
    adjusted_rand_index,
    clusters_alive,
    majority_names,
    matching_error,
    most_confident_names,
    naming_error,
    normalised_mutual_information,
    predictions,
)
from aae_course.minibatches import as_pixels
from aae_course.models import ClusteringAutoencoder
from aae_course.plots import image_grid
from aae_course.randomness import seeded_generator
from aae_course.record import by_name

SHOWN = 14  # test images in a row of Figure 9

PAPER = {
    "clusters_16.test_error_percent": 9.55,
    "clusters_30.test_error_percent": 4.10,
}


@dataclass(frozen=True)
class Clustered:
    """Images that were put into clusters: how sure each is of each, and what they show.

    Args:
        scores: (n, clusters), the larger the surer; the cluster is that of the largest.
        labels: (n,), which the clustering did not see.
    """

    scores: Tensor
    labels: Tensor

    @property
    def assigned(self) -> Tensor:
        """The cluster of each image: (n,)."""
        return self.scores.argmax(1)

    @property
    def clusters(self) -> int:
        """How many clusters there could be."""
        return self.scores.shape[1]


def clustered(model: ClusteringAutoencoder, split: Split) -> Clustered:
    """The images of a split in the clusters of q(y|x), its probabilities as scores."""
    return Clustered(predictions(model, split.images), split.labels)


def score(validation: Clustered, test: Clustered) -> dict[str, float]:
    """Every measure of Table 3; names come from validation images, errors from test images."""
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


def measure_clusters(trained: Trained) -> dict[str, list[float]]:
    """Every measure of every seed's model."""
    rows = [
        score(clustered(model, trained.data.validation), clustered(model, trained.data.test))
        for model in trained.models
    ]
    return by_name(rows)


def validation_errors(model: ClusteringAutoencoder, data: Dataset) -> dict[str, float]:
    """After an epoch: both errors by names, on the two halves of the validation images."""
    everything = clustered(model, data.validation)
    half = len(everything.labels) // 2
    parts = (slice(None, half), slice(half, None))
    named, asked = (Clustered(everything.scores[p], everything.labels[p]) for p in parts)
    found = score(named, asked)
    return {
        "paper's naming": found["test_error_percent"],
        "majority naming": found["majority_error_percent"],
    }


def draw_figure_9(trained: Mapping[str, Trained], scale: str) -> Figure:
    """A row for each cluster: its head, then test images that belong to it; first seed."""
    run = next(iter(trained.values()))
    return draw_clusters(run.models[0], run.data)


@torch.no_grad()
def draw_clusters(model: ClusteringAutoencoder, data: Dataset, seed: int = 0) -> Figure:
    """The head of each cluster, decoded with z = 0, and random test images of it beside it.

    Half of the clusters are on the left, half on the right. A row ends where a cluster has no more
    images; a dead one has a head and nothing else.
    """
    test = clustered(model, data.test)
    heads = heads_of(model)
    shares = test.assigned.bincount(minlength=test.clusters) / len(test.labels)
    half = -(-test.clusters // 2)
    figure, axes = plt.subplots(1, 2, figsize=(13, 0.42 * half + 0.7), layout="constrained")
    for ax, clusters in zip(axes, torch.arange(test.clusters).split(half), strict=False):
        rows = [_row(data.test, test.assigned, heads, int(k), seed) for k in clusters]
        image_grid(ax, torch.cat(rows), SHOWN + 1, data.image_shape)
        _, height, width = data.image_shape
        ax.axvline(width, color="black", linewidth=1.5)
        for place, k in enumerate(clusters):
            words = f"{int(k) + 1}: {100 * shares[k]:.1f} %"
            ax.text(-4, (place + 0.5) * (height + 1), words, ha="right", va="center", fontsize=9)
    figure.suptitle("a row for each cluster: head (z = 0), then random test images; share of them")
    return figure


def heads_of(model: ClusteringAutoencoder) -> Tensor:
    """Images of all categories in the style z = 0: (categories, pixels)."""
    y = one_hot(torch.arange(model.categories, device=model.prior.origin.device), model.categories)
    return model.decode_parts(y, y.new_zeros(len(y), model.prior.dim))


def _row(split: Split, assigned: Tensor, heads: Tensor, k: int, seed: int) -> Tensor:
    """A head and random members of its cluster, filled up with white: (SHOWN + 1, pixels)."""
    members = (assigned == k).nonzero().flatten().cpu()
    order = torch.randperm(len(members), generator=seeded_generator(seed, k))
    chosen = members[order[:SHOWN]].to(split.images.device)
    row = heads.new_zeros(SHOWN + 1, heads.shape[1])
    row[0] = heads[k]
    row[1 : len(chosen) + 1] = as_pixels(split.images[chosen])
    return row
