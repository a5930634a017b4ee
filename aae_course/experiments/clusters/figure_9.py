"""Figure 9: clusters of images that were made without labels, a row each.

The command is ``aae-course reproduce fig9``.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data.dataset import Dataset, Split
from aae_course.data.labels import one_hot
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.measures import measure_clusters
from aae_course.experiments.trained import Trained
from aae_course.metrics.clustering import clustered
from aae_course.models import LabelAndStyle
from aae_course.pictures.plots import image_grid
from aae_course.pictures.style import WIDE
from aae_course.randomness import seeded_generator

SHOWN = 14  # test images in a row of Figure 9


def draw_figure_9(trained: Mapping[str, Trained], scale: str) -> Figure:
    """A row for each cluster: its head, then test images that belong to it; first seed."""
    run = next(iter(trained.values()))
    return draw_clusters(run.models[0], run.data)


@torch.no_grad()
def draw_clusters(model: LabelAndStyle, data: Dataset, seed: int = 0) -> Figure:
    """The head of each cluster, decoded with z = 0, and random test images of it beside it.

    Half of the clusters are on the left, half on the right. A row ends where a cluster has no more
    images; a dead one has a head and nothing else.
    """
    test = clustered(model, data.test)
    heads = heads_of(model)
    shares = test.assigned.bincount(minlength=test.clusters) / len(test.labels)
    half = -(-test.clusters // 2)
    figure, axes = plt.subplots(1, 2, figsize=(WIDE, 0.3 * half + 0.6), layout="constrained")
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


def heads_of(model: LabelAndStyle) -> Tensor:
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


ARTEFACT = Artefact(
    "Figure 9: clusters, a row each",
    {"clusters_16": "clusters_16"},
    draw_figure_9,
    measure_clusters,
    paper={("clusters_16", "test_error_percent"): 9.55},
)
