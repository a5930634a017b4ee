"""The pieces of notebook 01: the divergence between coins, and a training that is sparse by KL."""

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, kl_divergence

from aae_course.lessons import autoencoder as lesson

PIXELS, DIM = 6, 3


def networks():
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(PIXELS, DIM), nn.Sigmoid())
    decoder = nn.Linear(DIM, PIXELS)
    optimiser = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], 0.05)
    return encoder, decoder, optimiser


@pytest.mark.parametrize("rho", [0.05, 0.5])
def test_the_divergence_of_coins_is_that_of_bernoulli_distributions(rho):
    mean = torch.tensor([0.02, 0.3, 0.9])
    expected = kl_divergence(Bernoulli(torch.tensor(rho)), Bernoulli(mean))
    torch.testing.assert_close(lesson.kl_of_coins(rho, mean), expected)
    assert lesson.kl_of_coins(rho, torch.tensor(rho)) == pytest.approx(0, abs=1e-6)


def test_without_weight_the_loss_is_that_of_a_plain_autoencoder():
    encoder, decoder, _ = networks()
    x = torch.rand(5, PIXELS)
    plain = 0.5 * (decoder(encoder(x)) - x).square().sum(1).mean()
    torch.testing.assert_close(lesson.sparse_loss(encoder, decoder, x, 0.1, 0.0), plain)


def test_training_lowers_the_loss_and_brings_the_units_near_rho():
    encoder, decoder, optimiser = networks()
    x = torch.rand(50, PIXELS)
    before = (encoder(x).mean(0) - 0.1).abs().max()
    losses = lesson.train_sparse(encoder, decoder, optimiser, [x] * 200, 0.1, 5.0)
    assert len(losses) == 200
    assert losses[-1] < losses[0]
    assert (encoder(x).mean(0) - 0.1).abs().max() < 0.3 * before
