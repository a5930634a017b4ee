"""Minibatches: every image once an epoch, labelled images in turn, replicas on their own."""

import pytest
import small
import torch

from aae_course.data.dataset import Split
from aae_course.data.minibatches import Minibatches


def test_minibatches_of_a_seed_do_not_depend_on_its_neighbours():
    together = Minibatches(small.split(), 10, [7, 8]).order(2)
    alone = Minibatches(small.split(), 10, [8]).order(2)
    assert together.shape == (6, 2, 10)
    assert torch.equal(together[:, 1], alone)


def test_an_epoch_shows_every_image_once_in_an_order_of_its_own():
    batches = Minibatches(small.split(60), 10, [0])
    first, second = batches.order(0), batches.order(1)
    assert torch.equal(first.flatten().sort().values, torch.arange(60))
    assert not torch.equal(first, second)
    batch = batches.gather(first[0])
    torch.testing.assert_close(batch.x, small.split().images[first[0]] / 255)
    assert torch.equal(batch.y, small.split().labels[first[0]])


def labelled(seeds=(0,), labels=20, size=5, images=60):
    return Minibatches(small.split(images), 10, seeds, labels, size)


def test_labels_outside_the_subset_are_hidden():
    batches = labelled()
    subset = batches.subsets[0]
    truth = batches.split.labels
    assert truth[subset].bincount().tolist() == [2] * 10
    everything = batches.gather(torch.cat([torch.arange(10), subset[:5]]))
    seen = torch.isin(torch.arange(10), subset)
    assert torch.equal(everything.y, torch.where(seen, truth[:10], -1))


def test_every_step_gets_labelled_images_in_turn():
    batches = labelled()
    rows = batches.order(0)
    assert rows.shape == (6, 15)
    assert torch.equal(rows[:, :10].flatten().sort().values, torch.arange(60))
    turns = rows[:, 10:].flatten()  # thirty from twenty images: each once, then ten again
    assert torch.equal(turns[:20].sort().values, batches.subsets[0].sort().values)
    batch = batches.gather(rows[0])
    assert torch.equal(batch.labelled.y, batches.split.labels[rows[0, 10:]])
    assert batch.labelled.x.shape == (5, small.PIXELS)


def test_a_replica_has_its_own_subset_whoever_stands_beside_it():
    together, alone = labelled((7, 8)), labelled((8,))
    assert not torch.equal(together.subsets[0].sort().values, together.subsets[1].sort().values)
    rows = together.order(3)
    assert torch.equal(rows[:, 1], alone.order(3))
    batch, single = together.gather(rows[2]), alone.gather(alone.order(3)[2])
    assert torch.equal(batch.y[1], single.y) and torch.equal(batch.x[1], single.x)
    assert torch.equal(batch.labelled.y[1], single.labelled.y)


def test_with_few_labels_every_step_sees_all_of_them():
    batches = labelled(labels=10, size=100)
    assert batches.labelled_size == 10
    for row in batches.order(0):
        assert torch.equal(row[10:].sort().values, batches.subsets[0].sort().values)


def test_images_keep_their_order_when_labels_are_asked_for():
    plain = Minibatches(small.split(), 10, [3]).order(1)
    assert torch.equal(labelled((3,)).order(1)[:, :10], plain)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (61, "there are only 60"),
        (70, "there are only 60"),
        (15, "cannot be spread evenly over 10 classes"),
        (0, "must be >= 1"),
    ],
)
def test_a_subset_that_does_not_exist_is_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        labelled(labels=labels)


def test_a_class_with_too_few_images_is_refused():
    split = small.split()
    fewer_nines = Split(split.images, split.labels.clone())
    fewer_nines.labels[9] = 0
    with pytest.raises(ValueError, match="class 9 has only 5"):
        Minibatches(fewer_nines, 10, labels=60)
