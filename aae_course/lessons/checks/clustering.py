"""Checks of notebook 09: four phases, names, a prediction, and a loss that warns."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.clustering_training import training_step
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.semi_supervised import best_label_loss
from aae_course.randomness import seeded_generator

__all__ = ["collapsed_loss", "every_image_alone", "name_clusters", "training_step"]


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


def every_image_alone(answer: Callable[[int, int], tuple]) -> bool:
    """Check ``answer(images, labels)``: both errors, in percent, with a cluster for each image."""
    images, labels = 240, 8
    matching = 100 * (1 - labels / images)
    majority = Expected(
        0.0,
        {
            "is 100: the only image of a cluster names it, and so it is right": 100.0,
            "is that of chance: the only image of a cluster names it": 100 * (1 - 1 / labels),
            "is that of the matching: by majority several clusters may have one label": matching,
        },
    )
    one_to_one = Expected(
        matching,
        {
            "is 0: only as many clusters get a label as there are labels, and the other images "
            "count as wrong": 0.0,
            "is 100: the clusters that get a label are right": 100.0,
            "is the share that is right": 100 * labels / images,
            "is a share: percent were asked for": matching / 100,
            "is a count: percent were asked for": float(images - labels),
            "is that of chance: one image of each label is right, and no other": (
                100 * (1 - 1 / labels)
            ),
        },
    )
    pair = Pair(majority=majority, matching=one_to_one)
    return grade("every_image_alone", answer, (images, labels), pair.fault)


def collapsed_loss(answer: Callable[[int], float]) -> bool:
    """Check ``answer(clusters)``: the least that D_y can pay when all images are in one cluster."""
    K = 7
    right = best_label_loss(1, K)
    mistakes = {
        "is 0: a draw of that cluster looks like an image, so D_y cannot be sure there": 0.0,
        "is 2 log 2: that is what D_y pays if it cannot tell at all": 2 * math.log(2),
        "is log K": math.log(K),
        "has the wrong sign: a loss of −log D is never negative": -right,
        "is in bits: use the natural logarithm": right / math.log(2),
        "forgets the images: add −log(1 − D_y) at their cluster": math.log(K + 1) / K,
        "forgets the draws: add −log D_y at that cluster, for 1/K of them": math.log((K + 1) / K),
        "lets all draws fall into that cluster: only 1/K of them do": (
            math.log(K + 1) + math.log((K + 1) / K)
        ),
        "has D_y = 1/K in that cluster: the best D_y is p/(p + q), with p = 1/K and q = 1": (
            math.log(K) / K - math.log(1 - 1 / K)
        ),
        "has D_y = 1/2 in that cluster: the best D_y is p/(p + q), with p = 1/K and q = 1": (
            math.log(2) / K + math.log(2)
        ),
        "takes D_y for the probability of an image: it is that of a draw": (
            math.log((K + 1) / K) / K + math.log(K + 1)
        ),
        "has K − 1 clusters in it: p = 1/K and q = 1": best_label_loss(1, K - 1),
        "has the average of both halves: add them": right / 2,
    }
    return grade("collapsed_loss", answer, (K,), Expected(right, mistakes).fault)
