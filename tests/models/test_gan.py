"""The GAN: who learns from whom, what it costs not to know, refusals."""

import math

import pytest
import small
import torch
from torch import nn

from aae_course.data.dataset import Split
from aae_course.data.minibatches import Batch
from aae_course.models import GenerativeAdversarialNetwork
from aae_course.models.priors import Gaussian
from aae_course.networks.layers import MLP
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.loop import fit
from aae_course.training.optimisation import Adam, Training
from aae_course.training.progress import NoProgress


def build(architecture=None, pixels=small.PIXELS, dim=3):
    architecture = architecture or Perceptrons((8, 8))
    return GenerativeAdversarialNetwork.build(architecture, pixels, Gaussian(dim))


def batch(size, pixels=small.PIXELS):
    return Batch(torch.rand(size, pixels), torch.zeros(size).long())


def test_the_discriminator_s_loss_does_not_reach_the_generator():
    model = build()
    for phase, loss in model.training_step(batch(10)):
        reached = {
            name.split(".")[0]
            for name, p in model.named_parameters()
            if torch.autograd.grad(loss, p, retain_graph=True, allow_unused=True)[0] is not None
        }
        assert reached == ({"discriminator"} if phase == "discriminator" else reached)
        assert phase in reached


def test_a_discriminator_that_cannot_know_costs_two_log_two():
    model = build()
    nn.init.zeros_(model.discriminator[-1].weight)
    losses = dict(model.training_step(batch(10)))
    assert losses["discriminator"].item() == pytest.approx(2 * math.log(2))
    assert losses["generator"].item() == pytest.approx(math.log(2))


def test_it_learns_where_the_data_are():
    torch.manual_seed(0)
    images = torch.full((200, 4), 204, dtype=torch.uint8)  # 0.8 in every pixel
    model = build(Perceptrons((16,)), 4)
    rates = {"discriminator": Adam(1e-2, beta1=0.5), "generator": Adam(3e-3, beta1=0.5)}
    split = Split(images, torch.zeros(200).long())
    fit(model, split, Training(rates, epochs=100), progress=NoProgress())
    with torch.no_grad():
        drawn = model.generator(model.prior.sample(500))
    assert drawn.mean().item() == pytest.approx(0.8, abs=0.1)


def test_noise_that_does_not_fit_is_named():
    with pytest.raises(ValueError, match="latent dimension 4 of the generator does not fit"):
        GenerativeAdversarialNetwork(MLP((4, 12)), MLP((12, 1)), Gaussian(3))
