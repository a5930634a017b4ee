"""What a run is asked to do: phases, replicas, minibatches and labels that do not fit."""

import math

import pytest
import small
import torch
from torch import nn

from aae_course.data.dataset import Split
from aae_course.models import (
    AdversarialAutoencoder,
    LabelInformedAutoencoder,
    SemiSupervisedAutoencoder,
)
from aae_course.models.priors import Gaussian, GaussianMixture
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


def aae(encoder=None, decoder=None, discriminator=None, prior=None, kind=AdversarialAutoencoder):
    """An AAE of plain layers, as a reader brings them."""
    dim = prior.dim if prior else 2
    return kind(
        encoder or nn.Linear(small.PIXELS, dim),
        decoder or nn.Linear(dim, small.PIXELS),
        discriminator or nn.Linear(dim, 1),
        prior or Gaussian(dim),
    )


class Detached(nn.Linear):
    def forward(self, x):
        return super().forward(x).detach()


def frozen(network):
    return network.requires_grad_(False)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"encoder": nn.Linear(10, 2)},
            r"reconstruction phase .* \(10, 12\): .*mat1 and mat2",
        ),
        ({"encoder": nn.Linear(small.PIXELS, 3)}, "reconstruction phase .* cannot be multiplied"),
        ({"discriminator": nn.Linear(5, 1)}, "the discriminator phase .* cannot be multiplied"),
        ({"decoder": nn.Linear(2, 1)}, "makes \\(10, 1\\) of images \\(10, 12\\)"),
        ({"encoder": Detached(small.PIXELS, 2)}, "generator loss .* no weight of encoder"),
        (
            {"encoder": frozen(nn.Linear(small.PIXELS, 2))},
            "the generator phase .* nothing to learn",
        ),
        ({"encoder": nn.LazyLinear(2)}, "a layer of the encoder has no weights yet"),
        ({"encoder": nn.Linear(small.PIXELS, 2).double()}, "encoder has weights of .*float64"),
        (
            {"discriminator": nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())},
            "the discriminator ends in a Sigmoid, but the losses take log-odds",
        ),
    ],
)
def test_a_network_that_does_not_fit_is_told_before_the_first_step(parts, message):
    with pytest.raises(ValueError, match=message):
        model = aae(**parts)
        Run(model, small.split(), training_of(model), [0], {})


class TwoSums(AdversarialAutoencoder):
    """Its losses are what the test says."""

    phases = {"reconstruction": ("encoder",), "generator": ("encoder",)}

    def training_step(self, batch):
        x_hat = self.decoder(self.encoder(batch.x))
        for phase, shape in self.said:
            yield phase, x_hat.flatten()[: math.prod(shape)].view(shape)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([("reconstruction", (10,))], r"reconstruction loss .* shape \(10,\), not \(\)"),
        ([("generator", ())], "yields 'generator' where its phases have 'reconstruction'"),
        ([("reconstruction", ())], "yields None where its phases have 'generator'"),
        (
            [("reconstruction", ()), ("generator", ()), ("more", ())],
            "yields 'more', which its phases do not have",
        ),
    ],
)
def test_a_step_that_does_not_keep_to_its_phases_is_told(said, message):
    model = TwoSums(
        nn.Linear(small.PIXELS, 2), nn.Linear(2, small.PIXELS), nn.Linear(2, 1), Gaussian(2)
    )
    model.said = said
    with pytest.raises(ValueError, match=message):
        Run(model, small.split(), training_of(model), [0], {})


def test_the_look_at_a_step_changes_nothing():
    torch.manual_seed(3)
    model = small.BUILDERS["aae batch norm in every layer"]()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    run = Run(model, small.split(), small.training(model), [0], {})
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(model.state_dict()[name], value) for name, value in before.items())
    assert all(p.grad is None for p in model.parameters())
    assert model.training and run.step == 0


@pytest.mark.parametrize("settings", [{"batch_size": 1}, {"batch_size": 10, "labelled_batch": 1}])
def test_batch_norm_needs_minibatches_of_two(settings):
    model = small.build_semi_supervised(batch_norm="encoder")()
    optimisers = {phase: Adam(1e-3) for phase in model.phases}
    with pytest.raises(ValueError, match="one image has no spread"):
        Run(
            model,
            small.split(),
            Training(optimisers, 1, **{"labelled_batch": 5} | settings),
            [0],
            {},
        )


def test_a_default_type_of_double_is_told():
    model = aae()
    torch.set_default_dtype(torch.float64)
    try:
        with pytest.raises(ValueError, match=r"default type is .*float64"):
            Run(model, small.split(), training_of(model), [0], {})
        with pytest.raises(ValueError, match=r"default type is .*float64"):
            aae()
    finally:
        torch.set_default_dtype(torch.float32)


def table():
    rows = torch.randn(60, small.PIXELS, generator=torch.Generator().manual_seed(1))
    return Split(3 * rows + 10, measurements=True)


@pytest.mark.parametrize(
    "build", [small.build_aae(), small.build_vae(likelihood="bernoulli"), small.build_autoencoder()]
)
def test_measurements_need_an_output_that_can_reach_them(build):
    model = build()
    with pytest.raises(ValueError, match=r"gives numbers in \[0, 1\] only.*output='linear'"):
        Run(model, table(), training_of(model), [0], {})


def test_measurements_are_learnt_with_a_linear_output():
    torch.manual_seed(0)
    model = small.build_aae(output="linear")()
    settings = Training({phase: Adam(0.01) for phase in model.phases}, 60, 10)
    fit(model, table(), settings, progress=NoProgress())
    with torch.no_grad():
        assert abs(model.reconstruct(table().images).mean() - 10) < 1


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ((nn.Linear(2, 2), small.split(), None), "trains a Model of this course, not Linear"),
        ((aae(), (1, 2), None), "on a Split, not on tuple"),
        ((aae(), small.split(), {"epochs": 3}), "settings are a Training, not dict"),
    ],
)
def test_what_is_no_model_split_or_training_is_told(what, message):
    model, split, training = what
    with pytest.raises(TypeError, match=message):
        fit(model, split, training or training_of(aae()))


def test_a_layer_that_is_frozen_stays_and_the_others_learn():
    torch.manual_seed(0)
    encoder = nn.Sequential(frozen(nn.Linear(small.PIXELS, 6)), nn.ReLU(), nn.Linear(6, 2))
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    model = aae(encoder)
    fit(model, small.split(), training_of(model), progress=NoProgress())
    changed = {n for n, v in encoder.state_dict().items() if not torch.equal(v, before[n])}
    assert changed == {"2.weight", "2.bias"}
