"""Labels: one-hot, not labelled, and labelled subsets."""

import numpy as np
import pytest
import torch

from aae_course.data.labels import (
    labelled_subset,
    one_hot,
    one_hot_or_unlabelled,
    proportional_subset,
    with_labels,
)

CPU_LABELS = torch.tensor([0, 1, 2, 1, 0, 2, 2, 1, 0, 2, 1, 1])


def test_one_hot_agrees_with_torch_and_leaves_out_what_is_not_labelled():
    y = torch.tensor([[0, 3], [2, 1]])
    assert torch.equal(one_hot(y, 4), torch.nn.functional.one_hot(y, 4).float())
    assert torch.equal(one_hot(torch.tensor([-1]), 3), torch.zeros(1, 3))


def test_the_extra_place_stands_for_not_labelled():
    found = one_hot_or_unlabelled(torch.tensor([2, -1]), 3)
    assert found.tolist() == [[0, 0, 1, 0], [0, 0, 0, 1]]


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_a_subset_has_each_class_equally_often(digits, count):
    chosen = labelled_subset(digits.train.labels, count, 10, seed=0)
    assert chosen.dtype == torch.int64
    assert chosen.shape == (count,)
    assert len(chosen.unique()) == count
    assert digits.train.labels[chosen].bincount().tolist() == [count // 10] * 10


def test_a_subset_depends_on_its_seed_alone(digits):
    labels = digits.train.labels
    torch.manual_seed(1)
    first = labelled_subset(labels, 100, 10, seed=3)
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert torch.equal(labelled_subset(labels, 100, 10, seed=3), first)
    assert torch.equal(torch.get_rng_state(), state)
    assert set(labelled_subset(labels, 100, 10, seed=4).tolist()) != set(first.tolist())


def test_subsets_reach_every_example_and_mix_the_classes():
    drawn = [labelled_subset(CPU_LABELS, 3, 3, seed) for seed in range(100)]
    assert set(torch.cat(drawn).tolist()) == set(range(12))
    assert len({tuple(CPU_LABELS[chosen].tolist()) for chosen in drawn}) == 6


def test_a_subset_may_be_everything():
    labels = torch.tensor([1, 0, 1, 0])
    assert sorted(labelled_subset(labels, 4, 2, seed=0).tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("labels", "count", "classes", "message"),
    [
        (CPU_LABELS, 0, 3, "must be >= 1"),
        (CPU_LABELS, -3, 3, "must be >= 1"),
        (CPU_LABELS, 3, 0, "must be >= 1"),
        (CPU_LABELS, 4, 3, "4 labels cannot be spread evenly over 3 classes"),
        (CPU_LABELS, 15, 3, "15 labels were asked for, but there are only 12"),
        (CPU_LABELS[:0], 3, 3, "there are only 0"),
        (CPU_LABELS, 12, 3, "4 labels of each class were asked for, but class 0 has only 3"),
        (CPU_LABELS, 4, 4, "4 labels cannot be spread evenly over 3 classes"),
        (CPU_LABELS, 2, 2, r"must lie in 0\.\.1 for 2 classes, but they range over 0\.\.2"),
        (CPU_LABELS - 2, 3, 3, r"range over -2\.\.0"),
        (torch.full((5,), -1), 3, 3, "there are only 0"),
    ],
)
def test_a_subset_that_cannot_be_is_an_error(labels, count, classes, message):
    with pytest.raises(ValueError, match=message):
        labelled_subset(labels, count, classes, seed=0)


def test_examples_without_a_label_and_classes_without_examples_are_passed_over():
    labels = torch.tensor([-1, 3, 1, -1, 3, 1, 1, -1])
    for seed in range(20):
        chosen = labelled_subset(labels, 4, 10, seed)
        assert sorted(labels[chosen].tolist()) == [1, 1, 3, 3]


def test_a_proportional_subset_keeps_the_shares_of_the_classes():
    labels = torch.tensor([0] * 600 + [-1] * 500 + [1] * 300 + [4] * 100)
    chosen = proportional_subset(labels, 50, seed=3)
    assert labels[chosen].bincount().tolist() == [30, 15, 0, 0, 5]
    assert len(chosen.unique()) == 50
    assert torch.equal(chosen, proportional_subset(labels, 50, seed=3))
    assert set(chosen.tolist()) != set(proportional_subset(labels, 50, seed=4).tolist())


def test_a_proportional_subset_that_cannot_be_is_an_error():
    with pytest.raises(ValueError, match="least populated class"):
        proportional_subset(torch.tensor([0, 0, 0, 1]), 2, seed=0)


@pytest.mark.parametrize("labels", [np.arange(20) % 2, torch.arange(20) % 2])
def test_subsets_are_drawn_of_arrays_and_tensors_alike(labels):
    assert len(labelled_subset(labels, 4, classes=2, seed=0)) == 4
    assert len(proportional_subset(labels, 4, seed=0)) == 4


@pytest.mark.parametrize(
    ("labels", "message"),
    [([0.0, 1.0], "labels are integers, not float"), ([-2, 1], "these range over -2 to 1")],
)
def test_rows_go_with_labels_and_with_nothing_else(labels, message):
    with pytest.raises(ValueError, match=message):
        with_labels(torch.tensor(labels), torch.zeros(2, 3))


def test_labels_that_stand_beside_rows_become_int64():
    labels, rows = with_labels(np.array([255, 1], dtype="uint8"), np.zeros((2, 3)))
    assert labels.tolist() == [255, 1] and labels.dtype == torch.int64 and rows.shape == (2, 3)
