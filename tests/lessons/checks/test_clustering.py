"""The checks of notebook 09 tell typical mistakes apart."""

from itertools import permutations

import pytest
import torch

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import clustering as checks


def votes(y, labels):
    return one_hot(y.argmax(1), y.shape[1]).T @ one_hot(labels, 14)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda y, labels: labels[(one_hot(y.argmax(1), 6) * y).argmax(0)], "ask all images"),
        (lambda y, labels: y.max(0), "take one of the two"),
        (lambda y, labels: y.argmax(0), "surest images themselves"),
        (lambda y, labels: y.max(0).values, "returns probabilities"),
        (lambda y, labels: labels[y.argmin(0)], "least sure"),
        (lambda y, labels: votes(y, labels).argmax(1), "lets the images of a cluster vote"),
        (lambda y, labels: (y.T @ one_hot(labels, 14)).argmax(1), "lets all images vote"),
        (lambda y, labels: torch.arange(6), "names the clusters 0, 1, 2"),
        (lambda y, labels: labels[y.argmax(1)], "one name for each cluster"),
        (lambda y, labels: labels[:5], "where (6,) is right"),
        (lambda y, labels: labels[:6] * 0, "gives 0 in place [0]"),
        (lambda y, labels: [1] * 6, "returns a list"),
    ],
)
def test_wrong_names_are_told_why(answer, why, capsys):
    assert not checks.name_clusters(answer)
    assert why in capsys.readouterr().out


def right_purity(table):
    return table.max(1).values.sum() / table.sum()


@pytest.mark.parametrize("answer", [right_purity, lambda table: right_purity(table).item()])
def test_the_right_purity_passes(answer, capsys):
    assert checks.purity(answer)
    assert capsys.readouterr().out == "passed: purity\n"


def of_each(table):
    return table.max(1).values / table.sum(1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (of_each, "a number for each cluster"),
        (lambda t: of_each(t).mean(), "gives nan"),
        (lambda t: of_each(t).nanmean(), "lets clusters count alike: "),
        (lambda t: of_each(t).nansum() / len(t), "the empty one too"),
        (lambda t: 1 - right_purity(t), "returns the error: "),
        (lambda t: 100 * right_purity(t), "returns percent"),
        (lambda t: 100 - 100 * right_purity(t), "the error in percent"),
        (lambda t: t.max(1).values.sum(), "returns a count"),
        (lambda t: t.max(0).values.sum() / t.sum(), "largest cluster of each label"),
        (lambda t: t.max() / t.sum(), "the largest entry of all"),
        (lambda t: 0.5, "gives 0.5 where 0.7379 is right"),
        (lambda t: t[0], "one number was asked for"),
        (lambda t: "pure", "a number was asked for"),
    ],
)
def test_wrong_purities_are_told_why(answer, why, capsys):
    assert not checks.purity(answer)
    assert why in capsys.readouterr().out


def sums(table):
    k = len(table)
    return torch.tensor([float(table[range(k), p].sum()) for p in permutations(range(k))])


@pytest.mark.parametrize("answer", [lambda t: sums(t).max(), lambda t: int(sums(t).max())])
def test_the_right_matching_passes(answer, capsys):
    assert checks.best_matching(answer)
    assert capsys.readouterr().out == "passed: best_matching\n"


def by_greed(table):
    left, total = table.clone(), 0
    while left.max() > 0:
        place = (left == left.max()).nonzero()[0]
        total += left[*place]
        left[place[0]], left[:, place[1]] = 0, 0
    return total


def row_by_row(table):
    left, total = table.clone(), 0
    for row in left:
        total += row.max()
        left[:, row.argmax()] = -1
    return total


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda t: t.max(1).values.sum(), "several clusters have the same label"),
        (lambda t: t.max(0).values.sum(), "each label its largest cluster"),
        (by_greed, "then the best of what is left"),
        (row_by_row, "goes from row to row"),
        (lambda t: t.trace(), "names cluster k by label k"),
        (lambda t: sums(t).min(), "the worst permutation"),
        (lambda t: sums(t).mean(), "averages over the permutations"),
        (lambda t: sums(t).sum(), "adds up all permutations"),
        (lambda t: sums(t).max() / t.sum(), "returns a share"),
        (lambda t: 100 * sums(t).max() / t.sum(), "returns percent"),
        (lambda t: 100 - 100 * sums(t).max() / t.sum(), "the error in percent"),
        (lambda t: t.sum() - sums(t).max(), "named wrong"),
        (lambda t: len(sums(t)), "how many permutations"),
        (lambda t: 1.0, "gives 1 where 123 is right"),
        (lambda t: t, "one number was asked for"),
    ],
)
def test_wrong_matchings_are_told_why(answer, why, capsys):
    assert not checks.best_matching(answer)
    assert why in capsys.readouterr().out
