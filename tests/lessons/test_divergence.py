"""The piece of notebook 02: a discriminator that is trained tells two distributions apart."""

import math

import torch
from torch import nn

from aae_course.lessons.divergence import train_discriminator


def trained(distance):
    """The last loss of a linear discriminator between N(0, 1) and N(distance, 1)."""
    torch.manual_seed(0)
    D = nn.Linear(1, 1)
    real, fake = torch.randn(2, 500, 1)
    optimiser = torch.optim.SGD(D.parameters(), 0.3)
    losses = train_discriminator(D, optimiser, [(real, fake + distance)] * 300)
    assert len(losses) == 300
    return losses[-1]


def test_it_costs_two_log_two_not_to_know():
    assert abs(trained(0.0) - 2 * math.log(2)) < 0.02


def test_the_loss_falls_with_the_distance():
    assert trained(4.0) < trained(2.0) < trained(1.0) < 1.3
