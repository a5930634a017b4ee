"""The networks and priors that a model is made of: what does not fit is told when it is made."""

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


def sigmoid_discriminator():
    return nn.Sequential(nn.Linear(2, 8), nn.Sequential(nn.Linear(8, 1), nn.Sigmoid()))


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: check_prior(torch.distributions.Normal(0, 1)), TypeError, "not Normal: write a"),
        (
            lambda: check_prior(Drawn(lambda shape, labels: torch.randn(*shape, 3))),
            ValueError,
            r"two draws of Drawn are float32 of shape \(2, 2\).*, not .*shape \(2, 3\)",
        ),
        (
            lambda: check_prior(Drawn(lambda shape, labels: torch.randn(*shape, 2).double())),
            ValueError,
            "not float64",
        ),
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
