"""Checks of notebook 09: naming by the surest image, purity, and the best matching."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.lessons.checks.answers import Expected
from aae_course.lessons.checks.grade import grade
from aae_course.randomness import seeded_generator


def name_clusters(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(y, labels)``: the label of each cluster's surest image, (clusters,)."""
    generator = seeded_generator(9, 1)
    y = torch.randn(60, 6, generator=generator).mul(2).softmax(-1)
    labels = 10 + torch.randint(4, (60,), generator=generator)  # no label is a cluster's number
    # The members of cluster 5 are less sure of it than image 0, which belongs to cluster 0.
    unsure = y.argmax(1) == 5
    y[unsure] = 0.3 * y[unsure] + 0.7 / 6
    y[0], labels[0] = torch.tensor([0.55, 0, 0, 0, 0, 0.45]), 13
    return grade("name_clusters", answer, (y, labels), _names(y, labels).fault)


def _names(y: Tensor, labels: Tensor) -> Expected:
    """The labels of the surest images, (clusters,)."""
    clusters, shown = y.shape[1], one_hot(labels, 14)
    members = one_hot(y.argmax(1), clusters)
    mistakes = {
        "asks only a cluster's own images: ask all images": labels[(members * y).argmax(0)],
        "returns the surest images themselves: their labels were asked for": y.argmax(0),
        "returns probabilities: find where they are largest, and take the label": y.max(0).values,
        "takes the least sure image of each cluster: the surest was asked for": labels[y.argmin(0)],
        "lets the images of a cluster vote: only the surest names it": (
            (members.T @ shown).argmax(1)
        ),
        "lets all images vote, weighed by y: the paper asks only the surest": (
            (y.T @ shown).argmax(1)
        ),
        "names the clusters 0, 1, 2 ...: a name is a label": torch.arange(clusters),
    }
    of_each = "returns something for each image: one name for each cluster was asked for"
    return Expected(labels[y.argmax(0)], mistakes, {labels.shape: of_each})


def purity(answer: Callable[[Tensor], float]) -> bool:
    """Check ``answer(table)``: the share of images that show what most of their cluster show.

    ``table`` is (clusters, classes), counts of images; one cluster is empty.
    """
    table = torch.tensor([[40, 6, 1], [3, 30, 2], [0, 0, 0], [9, 25, 4], [5, 8, 12]])
    n, sizes, most = table.sum(), table.sum(1), table.max(1).values
    right, each = most.sum() / n, (most / sizes)[sizes > 0]
    mistakes = {
        "gives nan, for the empty cluster: divide once, by the number of all images": math.nan,
        "returns the error: purity is what is right": 1 - right,
        "returns percent: a share from 0 to 1 was asked for": 100 * right,
        "returns the error in percent: purity is the share that is right": 100 * (1 - right),
        "returns a count: divide by the number of all images": most.sum(),
        "takes the largest cluster of each label: the commonest label of each cluster was asked "
        "for": table.max(0).values.sum() / n,
        "lets clusters count alike: a cluster counts by its images": each.mean(),
        "lets clusters count alike, the empty one too: a cluster counts by its images": (
            each.sum() / len(table)
        ),
        "looks at the largest entry of all: every cluster has a commonest label": table.max() / n,
    }
    shapes = {sizes.shape: "returns a number for each cluster: one share of all was asked for"}
    return grade("purity", answer, (table,), Expected(right, mistakes, shapes).fault)


def best_matching(answer: Callable[[Tensor], float]) -> bool:
    """Check ``answer(table)``: the most images that a one-to-one naming gets right.

    ``table`` is (k, k), how many images of a cluster (row) have a label (column).
    """
    # By greed 50 + 21 + 20 + 1, by the best naming 48 + 45 + 21 + 9.
    table = torch.tensor([[48, 50, 2, 1], [6, 45, 1, 0], [5, 33, 1, 21], [20, 3, 9, 12]])
    sums = torch.stack([table[range(4), labels].sum() for labels in permutations(range(4))])
    right, n = sums.max(), table.sum()
    mistakes = {
        "lets several clusters have the same label: each goes to one": table.max(1).values.sum(),
        "gives each label its largest cluster: some clusters get several": (
            table.max(0).values.sum()
        ),
        "takes the best entry, then the best of what is left: that can miss the best sum, so try "
        "all permutations": 50 + 21 + 20 + 1,
        "goes from row to row and takes the best label that is left: the order decides then, so "
        "try all permutations": 50 + 6 + 21 + 9,
        "names cluster k by label k: try all permutations": table.trace(),
        "takes the worst permutation: the largest sum was asked for": sums.min(),
        "averages over the permutations: the largest sum was asked for": sums.float().mean(),
        "adds up all permutations: the largest sum was asked for": sums.sum(),
        "returns a share: a count of images was asked for": right / n,
        "returns percent: a count of images was asked for": 100 * right / n,
        "returns the error in percent: a count of images was asked for": 100 * (1 - right / n),
        "counts the images that are named wrong": n - right,
        "returns how many permutations there are": len(sums),
    }
    return grade("best_matching", answer, (table,), Expected(right, mistakes).fault)
