"""What a run is asked to do: phases, replicas, minibatches and labels that do not fit."""

import numpy as np
import pytest
import small
import torch
from torch import nn

from aae_course.models import (
    LabelInformedAutoencoder,
    SemiSupervisedAutoencoder,
)
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.training.checks import whole_seeds
from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import Adam, Training
from aae_course.training.progress import NoProgress


def test_settings_that_do_not_fit_are_named():
    model = small.BUILDERS["aae"]()
    with pytest.raises(ValueError, match="phases reconstruction, discriminator, generator"):
        fit(model, small.split(), Training({"reconstruction": Adam(1e-3)}, 1, 10))
    with pytest.raises(ValueError, match="2 seeds need a model with 2 replicas"):
        fit(model, small.split(), small.training(model), (0, 1))
    with pytest.raises(ValueError, match="a minibatch of 100 from a split of 60 images"):
        fit(model, small.split(), small.training(model, batch_size=100))
    with pytest.raises(ValueError, match="at least 1 epoch"):
        small.training(model, epochs=0)


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
            LabelInformedAutoencoder.build(small.networks(), small.PIXELS, GaussianMixture(4)),
            {},
            "has 4 classes, 0 to 3.*range from 0 to 9",
        ),
        (small.build_supervised(), {"labels": 20}, "needs the label of every image, and 20 of 60"),
    ],
)
def test_labels_that_do_not_fit_the_model_are_refused(model, settings, message):
    with pytest.raises(ValueError, match=message):
        Run(model, small.split(), training_of(model, **settings), [0], {})


def few_labels(labelled):
    return small.split().labelled_only_at(torch.arange(labelled))


def test_images_without_a_label_are_trained_on_where_few_labels_are_enough():
    for build in (semi_supervised, small.build_label_informed(), small.build_aae()):
        model = build()
        wants = model.wants_labelled_batch
        history = fit(
            model, few_labels(20), training_of(model, labelled_batch=5 * wants),
            progress=NoProgress(),
        )  # fmt: skip
        assert all(len(points) for points in history.losses.values())


def test_no_image_without_a_label_is_in_a_labelled_minibatch():
    model = semi_supervised()
    for labels in (None, 10):
        settings = training_of(model, labels=labels, labelled_batch=7)
        run = Run(model, few_labels(20), settings, [0], {})
        for step in run.minibatches.order(0):
            assert (run.minibatches.gather(step).labelled.y >= 0).all()


@pytest.mark.parametrize(
    ("build", "labelled", "message"),
    [
        (small.build_supervised, 59, "needs the label of every image, and 59 of 60 have one"),
        (semi_supervised, 0, "learns from labels, and none of these images has one"),
    ],
)
def test_too_few_labels_are_refused(build, labelled, message):
    model = build()
    settings = training_of(model, labelled_batch=5 * model.wants_labelled_batch)
    with pytest.raises(ValueError, match=message):
        Run(model, few_labels(labelled), settings, [0], {})


def test_a_class_that_no_image_shows_is_no_obstacle():
    images = small.split()
    some = images.part(images.labels != 4)
    model = semi_supervised()
    run = Run(model, some, training_of(model, labels=18, labelled_batch=9), [0], {})
    shown = some.labels[run.minibatches.subsets[0]]
    assert shown.bincount(minlength=10).tolist() == [2, 2, 2, 2, 0, 2, 2, 2, 2, 2]


def test_a_default_type_of_double_is_told():
    model = small.plain_aae()
    torch.set_default_dtype(torch.float64)
    try:
        with pytest.raises(ValueError, match=r"default type is .*float64"):
            Run(model, small.split(), training_of(model), [0], {})
        with pytest.raises(ValueError, match=r"default type is .*float64"):
            small.plain_aae()
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ((nn.Linear(2, 2), small.split(), None), "trains a Model of this course, not Linear"),
        ((small.plain_aae(), (1, 2), None), "on a Split, not on tuple"),
        ((small.plain_aae(), small.split(), {"epochs": 3}), "settings are a Training, not dict"),
    ],
)
def test_what_is_no_model_split_or_training_is_told(what, message):
    model, split, training = what
    with pytest.raises(TypeError, match=message):
        fit(model, split, training or training_of(small.plain_aae()))


def test_a_layer_that_is_frozen_stays_and_the_others_learn():
    torch.manual_seed(0)
    encoder = nn.Sequential(
        nn.Linear(small.PIXELS, 6).requires_grad_(False), nn.ReLU(), nn.Linear(6, 2)
    )
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    model = small.plain_aae(encoder)
    fit(model, small.split(), training_of(model), progress=NoProgress())
    changed = {n for n, v in encoder.state_dict().items() if not torch.equal(v, before[n])}
    assert changed == {"2.weight", "2.bias"}


@pytest.mark.parametrize(
    ("seeds", "kind", "message"),
    [
        ([], ValueError, "at least one seed"),
        ([-1], ValueError, "integers from 0 on, not -1"),
        ([1.0], TypeError, "seeds are a list of integers"),
        (7, TypeError, "seeds are a list of integers"),
        (["a"], TypeError, "seeds are a list of integers"),
    ],
)
def test_what_is_no_list_of_seeds_is_told(seeds, kind, message):
    with pytest.raises(kind, match=message):
        whole_seeds(seeds)


@pytest.mark.parametrize("seeds", [range(2), np.arange(2), torch.arange(2), (np.int64(0), 1)])
def test_seeds_of_any_make_become_python_s(seeds):
    found = whole_seeds(seeds)
    assert found == (0, 1) and {type(seed) for seed in found} == {int}


def test_a_training_is_refused_where_torch_records_no_gradients_or_makes_tensors_elsewhere():
    model = small.plain_aae()
    with torch.inference_mode(), pytest.raises(ValueError, match="call fit outside of"):
        Run(model, small.split(), training_of(model), [0], {})
    with torch.device("meta"), pytest.raises(ValueError, match="default device is meta"):
        Run(model, small.split(), training_of(model), [0], {})


def test_a_model_without_phases_is_told():
    model = small.plain_aae(kind=type("Idle", (small.AdversarialAutoencoder,), {"phases": {}}))
    with pytest.raises(ValueError, match="Idle has no phases"):
        Run(model, small.split(), training_of(model), [0], {})
