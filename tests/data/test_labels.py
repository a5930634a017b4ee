"""Labels: one-hot, which are seen, the labelled minibatch, and what is refused."""

import pytest
import small
import torch

from aae_course.data.dataset import Split
from aae_course.data.labels import one_hot, one_hot_or_unlabelled
from aae_course.data.minibatches import Minibatches
from aae_course.models import LabelInformedAutoencoder, SemiSupervisedAutoencoder
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.training.loop import Run
from aae_course.training.optimisation import Adam, Training


def test_one_hot_agrees_with_torch_and_leaves_out_what_is_not_labelled():
    y = torch.tensor([[0, 3], [2, 1]])
    assert torch.equal(one_hot(y, 4), torch.nn.functional.one_hot(y, 4).float())
    assert torch.equal(one_hot(torch.tensor([-1]), 3), torch.zeros(1, 3))


def test_the_extra_place_stands_for_not_labelled():
    found = one_hot_or_unlabelled(torch.tensor([2, -1]), 3)
    assert found.tolist() == [[0, 0, 1, 0], [0, 0, 0, 1]]


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
        (61, "cannot be spread evenly over 10 classes"),
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


def semi_supervised(classes=10):
    return SemiSupervisedAutoencoder.build(
        small.networks(), small.PIXELS, Gaussian(3), categories=classes
    )


def training_of(model, **settings):
    return Training({phase: Adam(1e-3) for phase in model.phases}, 1, 10, **settings)


@pytest.mark.parametrize(
    ("model", "settings", "message"),
    [
        (semi_supervised(7), {"labelled_batch": 5}, "has 7 classes, 0 to 6.*range from 0 to 9"),
        (semi_supervised(), {}, "give Training a labelled_batch"),
        (
            LabelInformedAutoencoder.build(small.networks(), small.PIXELS, GaussianMixture(12)),
            {},
            "has 12 classes, 0 to 11.*range from 0 to 9",
        ),
    ],
)
def test_labels_that_do_not_fit_the_model_are_refused(model, settings, message):
    with pytest.raises(ValueError, match=message):
        Run(model, small.split(), training_of(model, **settings), [0], {})


def test_a_label_below_zero_is_refused():
    split = small.split()
    split.labels[3] = -1
    model = semi_supervised()
    with pytest.raises(ValueError, match="range from -1 to 9"):
        Run(model, split, training_of(model, labelled_batch=5), [0], {})


def test_a_prior_without_classes_cannot_be_informed_by_labels():
    with pytest.raises(ValueError, match="Gaussian has no classes"):
        LabelInformedAutoencoder.build(small.networks(), small.PIXELS, Gaussian(2))
