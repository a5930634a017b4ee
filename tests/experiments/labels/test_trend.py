"""What the recipes of Figures 4 and 7 measure after every epoch."""

from dataclasses import replace

import pytest
import small
import torch
from made_untrained import untrained

from aae_course.data.dataset import Dataset, Split
from aae_course.data.datasets import load
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.labels import trend
from aae_course.metrics import Labelled
from aae_course.metrics.codes import quadratic_probe_error
from aae_course.metrics.judge import judge_of
from aae_course.models import SupervisedAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.training.loop import fit


@pytest.fixture(scope="module")
def data():
    return load("digits")


@pytest.fixture(scope="module")
def model(data):
    return untrained("supervised", data).models[0]


def test_codes_in_their_own_part_are_counted_on_validation_images(data):
    model = untrained("label_informed_mixture", data).models[0]
    x, y = as_pixels(data.validation.images), data.validation.labels
    with torch.no_grad():
        own = (model.prior.nearest_class(model.encode(x)) == y).float().mean().item()
        assert trend.validation_own_part(model, data) == {
            "validation_own_component_fraction": pytest.approx(own)
        }


def test_it_is_the_same_each_time_and_draws_nothing(model, data):
    judge_of(data)
    before = torch.get_rng_state()
    assert trend.validation_trend(model, data) == trend.validation_trend(model, data)
    assert torch.equal(before, torch.get_rng_state())


def test_it_looks_at_validation_images(model, data):
    judge_of(data)
    black = replace(data, test=Split(0 * data.test.images, data.test.labels))
    found = trend.validation_trend(model, data)
    assert trend.validation_trend(model, black) == found
    x, y = as_pixels(data.validation.images), data.validation.labels
    with torch.no_grad():
        train = Labelled(model.encode(as_pixels(data.train.images)), data.train.labels)
        read = 1 - quadratic_probe_error(train, Labelled(model.encode(x), y)) / 100
    assert found[trend.READ] == pytest.approx(read)


def test_a_judge_can_be_trained_within_a_training():
    torch.manual_seed(0)
    images = torch.randint(256, (200, 64), dtype=torch.uint8)
    part = Split(images, torch.arange(200) % 10)
    data = Dataset("made for a trend", part, part, part, (1, 8, 8))

    def trained(evaluate):
        torch.manual_seed(0)
        model = SupervisedAutoencoder.build(small.networks(), 64, Gaussian(3))
        return fit(model, part, small.training(model, epochs=2), evaluate=evaluate)

    watched = trained(lambda model: trend.validation_trend(model, data))
    assert [each["epoch"] for each in watched.evaluations] == [1, 2]
    assert watched.losses == trained(None).losses
