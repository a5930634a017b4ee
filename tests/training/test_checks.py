"""What a run is asked to do: phases, replicas, minibatches and labels that do not fit."""

import pytest
import small

from aae_course.models import LabelInformedAutoencoder, SemiSupervisedAutoencoder
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import Adam, Training


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
