"""Perceptrons as a recipe asks for them: widths, batch norm, noise, what the decoder gives."""

import pytest
import torch
from torch import nn

from aae_course.networks.encoders import GaussianEncoder, UniversalApproximatorEncoder
from aae_course.networks.layers import BatchNorm, GaussianNoise, Linear
from aae_course.networks.perceptrons import Perceptrons

PIXELS, DIM, HIDDEN = 12, 2, (8, 6)


def networks(**settings):
    """Encoder, decoder and discriminator."""
    made = Perceptrons(HIDDEN, **settings)
    return (
        made.make_encoder(PIXELS, DIM),
        made.make_decoder(DIM, PIXELS),
        made.make_discriminator(DIM),
    )


def count(network, kind):
    return sum(isinstance(module, kind) for module in network.modules())


def test_the_decoder_mirrors_the_encoder_and_the_discriminator_gives_one_number():
    assert [network.widths for network in networks()] == [
        (12, 8, 6, 2),
        (2, 6, 8, 12),
        (2, 8, 6, 1),
    ]


@pytest.mark.parametrize(
    ("place", "expected"),
    [("none", [0, 0, 0]), ("hidden", [2, 2, 0]), ("encoder", [3, 0, 0]), ("all", [3, 3, 0])],
)
def test_batch_norm_goes_where_it_is_asked_for(place, expected):
    assert [count(network, BatchNorm) for network in networks(batch_norm=place)] == expected


def test_noise_and_dropout_are_the_encoder_s():
    encoder, *others = networks(input_noise=0.3, input_dropout=0.2, hidden_dropout=0.5)
    shares = [module.p for module in encoder.modules() if isinstance(module, nn.Dropout)]
    assert shares == [0.2, 0.5, 0.5]
    assert count(encoder, GaussianNoise) == 1
    assert not any(count(network, (GaussianNoise, nn.Dropout)) for network in others)


def test_the_decoder_gives_pixels_or_log_odds_or_any_number():
    made = Perceptrons(HIDDEN)
    last = [
        made.make_decoder(DIM, PIXELS)[-1],
        made.make_decoder(DIM, PIXELS, logits=True)[-1],
        Perceptrons(HIDDEN, output="linear").make_decoder(DIM, PIXELS)[-1],
    ]
    assert [type(layer) for layer in last] == [nn.Sigmoid, Linear, Linear]


@pytest.mark.parametrize(
    ("name", "kind"), [("gaussian", GaussianEncoder), ("universal", UniversalApproximatorEncoder)]
)
def test_the_encoder_is_the_one_asked_for(name, kind):
    encoder = networks(encoder=name)[0]
    assert isinstance(encoder, kind)
    assert encoder(torch.rand(5, PIXELS)).shape == (5, DIM)


def test_an_unknown_place_for_batch_norm_is_named():
    with pytest.raises(ValueError, match="unknown place for batch norm 'decoder'"):
        Perceptrons(batch_norm="decoder")


@pytest.mark.parametrize("wrong", [{"encoder": "gausian"}, {"output": "tanh"}])
def test_a_word_that_means_nothing_is_told(wrong):
    with pytest.raises(ValueError, match="unknown"):
        Perceptrons(**wrong)
