"""Checks of notebook 09: naming by the surest image, purity, and the best matching."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import as_number, compared, shape_is_wrong
from aae_course.randomness import seeded_generator


def name_clusters(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(y, labels)``: the label of each cluster's surest image, (clusters,)."""
    generator = seeded_generator(9, 1)
    y = torch.randn(60, 6, generator=generator).mul(2).softmax(-1)
    labels = 10 + torch.randint(4, (60,), generator=generator)  # no label is a cluster's number
    found = answer(y.clone(), labels.clone())
    return judge("name_clusters", found, lambda found: _names_are_wrong(found, y, labels))


def _names_are_wrong(found, y: Tensor, labels: Tensor) -> str | None:
    clusters = y.shape[1]
    if isinstance(found, Tensor) and found.shape == labels.shape:
        return "returns something for each image: one name for each cluster was asked for"
    if why := shape_is_wrong(found, (clusters,)):
        return why
    members = one_hot(y.argmax(1), clusters)
    votes = members.T @ one_hot(labels, 14)
    among_all = (y.T @ one_hot(labels, 14)).argmax(1)
    guesses = {
        "returns the surest images themselves: their labels were asked for": y.argmax(0),
        "returns probabilities: look up where they are largest, and take the label": (
            y.max(0).values
        ),
        "takes the least sure image of each cluster: the surest was asked for": labels[y.argmin(0)],
        "lets the images of a cluster vote: the paper asks the surest one alone": votes.argmax(1),
        "lets all images vote, weighed by y: the paper asks the surest one alone": among_all,
        "names the clusters 0, 1, 2 ...: a name is a label": torch.arange(clusters),
    }
    return compared(found, labels[y.argmax(0)], guesses)


def purity(answer: Callable[[Tensor], float]) -> bool:
    """Check ``answer(table)``: the share of images that show what most of their cluster show.

    ``table`` is (clusters, classes), counts of images; one cluster is empty.
    """
    table = torch.tensor([[40, 6, 1], [3, 30, 2], [0, 0, 0], [9, 25, 4], [5, 8, 12]])
    found = answer(table.clone())
    return judge("purity", found, lambda found: _purity_is_wrong(found, table.float()))


def _purity_is_wrong(found, table: Tensor) -> str | None:
    if isinstance(found, Tensor) and found.shape == table.shape[:1]:
        return "returns a number for each cluster: one share of all images was asked for"
    found, why = as_number(found)
    if why:
        return why
    if found.isnan():
        return "gives nan, for the empty cluster: divide once, by the number of all images"
    n, sizes = table.sum(), table.sum(1)
    most = table.max(1).values
    each = most[sizes > 0] / sizes[sizes > 0]
    guesses = {
        "returns the error: purity is what is right": 1 - most.sum() / n,
        "returns percent: a share from 0 to 1 was asked for": 100 * most.sum() / n,
        "returns the error in percent: purity is the share that is right": 100
        * (1 - most.sum() / n),
        "returns a count: divide by the number of all images": most.sum(),
        "takes the largest cluster of each label: the commonest label of each cluster was asked "
        "for": table.max(0).values.sum() / n,
        "lets clusters count alike: a cluster counts by its images": each.mean(),
        "lets clusters count alike, the empty one too: a cluster counts by its images": (
            each.sum() / len(table)
        ),
        "looks at the largest entry of all: every cluster has a commonest label": table.max() / n,
    }
    return compared(found, most.sum() / n, guesses)


def best_matching(answer: Callable[[Tensor], float]) -> bool:
    """Check ``answer(table)``: the most images that a one-to-one naming gets right.

    ``table`` is (k, k), how many images of a cluster (row) have a label (column).
    """
    # By greed 50 + 21 + 20 + 1, by the best naming 48 + 45 + 21 + 9.
    table = torch.tensor([[48, 50, 2, 1], [6, 45, 1, 0], [5, 33, 1, 21], [20, 3, 9, 12]])
    found = answer(table.clone())
    return judge("best_matching", found, lambda found: _matching_is_wrong(found, table))


def _matching_is_wrong(found, table: Tensor) -> str | None:
    found, why = as_number(found)
    if why:
        return why
    sums = _sums(table)
    right, n = max(sums), int(table.sum())
    guesses = {
        "lets several clusters have the same label: each label goes to one cluster": (
            table.max(1).values.sum()
        ),
        "gives each label its largest cluster, and some clusters several labels": (
            table.max(0).values.sum()
        ),
        "takes the best entry, then the best of what is left: that can miss the best sum, so try "
        "all permutations": _greedy(table),
        "goes from row to row and takes the best label that is left: the order decides then, so "
        "try all permutations": _in_turn(table),
        "names cluster k by label k: try all permutations": table.diag().sum(),
        "takes the worst permutation: the largest sum was asked for": min(sums),
        "averages over the permutations: the largest sum was asked for": sum(sums) / len(sums),
        "adds up all permutations: the largest sum was asked for": sum(sums),
        "returns a share: a count of images was asked for": right / n,
        "returns percent: a count of images was asked for": 100 * right / n,
        "returns the error in percent: a count of images was asked for": 100 * (1 - right / n),
        "counts the images that are named wrong": n - right,
        "returns how many permutations there are": math.factorial(len(table)),
    }
    as_floats = {why: torch.tensor(float(guess)) for why, guess in guesses.items()}
    return compared(found, torch.tensor(float(right)), as_floats)


def _sums(table: Tensor) -> list[int]:
    """What every one-to-one naming gets right."""
    rows = table.tolist()
    return [
        sum(row[label] for row, label in zip(rows, labels, strict=True))
        for labels in permutations(range(len(rows)))
    ]


def _greedy(table: Tensor) -> int:
    """The sum of the largest entry, the largest outside its row and column, and so on."""
    left, total = table.clone(), 0
    for _ in range(len(left)):
        row, column = divmod(int(left.argmax()), len(left))
        total += int(left[row, column])
        left[row], left[:, column] = -1, -1
    return total


def _in_turn(table: Tensor) -> int:
    """The sum when each row in turn takes the best column that is left."""
    left, total = table.clone(), 0
    for row in range(len(left)):
        column = int(left[row].argmax())
        total += int(left[row, column])
        left[:, column] = -1
    return total
