"""The networks and priors that a model is made of: what does not fit is told when it is made."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from aae_course.models import AdversarialAutoencoder, GenerativeAdversarialNetwork
from aae_course.models.parts import check_prior, last_layer
from aae_course.models.priors import Gaussian, GaussianMixture, Prior, SwissRoll, Uniform


class Drawn(Prior):
    """Its draws are what the test says."""

    def __init__(self, draw):
        super().__init__(2)
        self.draw = draw


class Dense(Drawn):
    """Draws of a Gaussian, with the density that the test says."""

    def __init__(self, log_prob):
        super().__init__(lambda shape, labels: torch.randn(*shape, 2))
        self.log_prob = log_prob


class WithoutBase(Prior):
    def __init__(self):
        nn.Module.__init__(self)
        self.dim = 2


def drawn_by_numpy(shape, labels, source=np.random.default_rng(0)):  # noqa: B008
    return torch.from_numpy(source.normal(size=(*shape, 2)).astype("float32"))


def drawn_after_seeding(shape, labels):
    torch.manual_seed(0)
    return torch.randn(*shape, 2)


def sigmoid_discriminator():
    return nn.Sequential(nn.Linear(2, 8), nn.Sequential(nn.Linear(8, 1), nn.Sigmoid()))


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: check_prior(torch.distributions.Normal(0, 1)), TypeError, "not Normal: write a"),
        (
            lambda: check_prior(Drawn(lambda shape, labels: torch.randn(*shape, 3))),
            ValueError,
            r"7 draws of Drawn are float32 of shape \(7, 2\).*, not .*shape \(7, 3\)",
        ),
        (
            lambda: check_prior(Drawn(lambda shape, labels: torch.randn(*shape, 2).double())),
            ValueError,
            "not float64",
        ),
        (lambda: check_prior(Drawn(lambda *_: torch.zeros(2, 2))), ValueError, r"not .*\(2, 2\)"),
        (lambda: check_prior(Drawn(lambda *_: np.zeros((7, 2)))), TypeError, "not ndarray"),
        (
            lambda: check_prior(Drawn(lambda shape, _: torch.full((*shape, 2), torch.nan))),
            ValueError,
            "7 draws of Drawn hold values that are not finite",
        ),
        (lambda: check_prior(Drawn(lambda shape: 0)), ValueError, "Drawn cannot draw: TypeError: "),
        (lambda: check_prior(Prior(2)), ValueError, r"a method draw\(shape, labels\)"),
        (lambda: check_prior(WithoutBase()), TypeError, "WithoutBase does not call super"),
        (
            lambda: check_prior(Drawn(drawn_by_numpy)),
            ValueError,
            "others with the same seed: take them from torch's own generator",
        ),
        (lambda: check_prior(Drawn(drawn_after_seeding)), ValueError, "seeds torch's generator"),
        (lambda: check_prior(Dense(lambda z: -z.square())), ValueError, r"log_prob .* \(7,\) on"),
        (lambda: check_prior(Dense(lambda z: -z.square().sum())), ValueError, r"not .* \(\) on"),
        (lambda: check_prior(Gaussian(2, math.inf)), ValueError, "not finite"),
        (lambda: Gaussian(2.0), TypeError, "'float' object cannot be interpreted as an integer"),
        (
            lambda: AdversarialAutoencoder(abs, nn.Linear(2, 9), nn.Linear(2, 1), Gaussian(2)),
            TypeError,
            "the encoder is a torch.nn.Module, not builtin_function_or_method",
        ),
        (
            lambda: AdversarialAutoencoder(
                nn.Linear(9, 2), nn.Linear(2, 9), sigmoid_discriminator(), Gaussian(2)
            ),
            ValueError,
            "the discriminator ends in a Sigmoid",
        ),
        (
            lambda: GenerativeAdversarialNetwork(
                nn.Linear(2, 9), nn.Sequential(nn.Linear(9, 2), nn.Softmax(-1)), Gaussian(2)
            ),
            ValueError,
            "the discriminator ends in a Softmax",
        ),
    ],
)
def test_a_part_that_cannot_serve_is_told(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


@pytest.mark.parametrize("prior", [Gaussian(3), Uniform(), GaussianMixture(), SwissRoll()])
def test_a_look_at_a_prior_leaves_the_generator_alone(prior):
    state = torch.get_rng_state()
    check_prior(prior)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_last_layer_is_found_within_layers():
    assert isinstance(last_layer(sigmoid_discriminator()), nn.Sigmoid)
    assert isinstance(last_layer(nn.Linear(2, 3)), nn.Linear)


def test_a_dimension_may_be_an_integer_of_numpy():
    check_prior(Gaussian(np.int64(3)))
