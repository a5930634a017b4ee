"""Settings, networks and priors as plain data: everything that tells two of them apart is in it."""

import json
from functools import partial

import numpy as np
import pytest
import small
import torch
from torch import nn

from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.as_data import as_data
from aae_course.training.optimisation import SGD, Adam, Annealed, Training


def test_settings_are_their_kind_and_every_field():
    training = Training({"a": SGD(0.1, momentum=0.9), "b": Adam(1e-3)}, 5, schedule=Annealed())
    data = as_data(training)
    assert data["optimisers"] == {
        "a": {"kind": "SGD", "lr": 0.1, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0},
        "b": {"kind": "Adam", "lr": 1e-3, "beta1": 0.9},
    }
    assert data["schedule"] == {"kind": "Annealed", "hold": 0.6, "final": 0.01, "warm_up": 0.0}
    assert (data["kind"], data["epochs"], data["labels"]) == ("Training", 5, None)
    assert as_data(Perceptrons((8, 4)))["hidden"] == [8, 4]


def test_a_prior_is_its_kind_and_its_numbers():
    data = as_data(GaussianMixture(distance=2.0))
    assert (data["kind"], data["dim"], data["classes"]) == ("GaussianMixture", 2, 10)
    assert data["settings"] == {"radial": 0.5, "tangential": 0.1, "distance": 2.0}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (small.build_vae(beta=1.0), small.build_vae(beta=2.0)),
        (small.build_aae(prior=Gaussian), small.build_aae(prior=lambda: Gaussian(std=5.0))),
        (small.build_aae(input_noise=0.1), small.build_aae(input_noise=0.2)),
        (small.build_aae("deterministic"), small.build_aae("universal")),
        (lambda: nn.Dropout(0.1), lambda: nn.Dropout(0.2)),
    ],
)
def test_models_of_other_settings_are_other_data(one, other):
    assert as_data(one()) == as_data(one()) != as_data(other())


def test_training_a_model_is_no_setting():
    model = small.BUILDERS["aae"]()
    assert as_data(model.eval()) == as_data(model.train())


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
def test_every_model_is_json(build):
    assert json.loads(json.dumps(as_data(build()))) == as_data(build())


def test_other_values():
    given = {"a": np.int64(3), 2: torch.arange(2), "c": (None, True), "d": np.float32(0.5)}
    assert as_data(given) == {"a": 3, "2": [0, 1], "c": [None, True], "d": 0.5}
    assert as_data(Gaussian) == "Gaussian" and as_data(partial(Gaussian)) == "partial"


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.strength, self.around = nn.Linear(2, 2), 3.0, [self]


def test_what_is_not_plain_is_left_out_of_a_module():
    data = as_data(Own())
    assert data["strength"] == 3.0 and "around" not in data
    assert data["layer"]["out_features"] == 2
