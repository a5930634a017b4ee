"""The GAN and DCGAN's networks: who learns from whom, shapes, guidelines, refusals."""

import math
from itertools import islice

import pytest
import small
import torch
from torch import nn

from aae_course.data.dataset import Split
from aae_course.data.minibatches import Batch
from aae_course.models import GenerativeAdversarialNetwork
from aae_course.models.priors import Gaussian
from aae_course.networks.dcgan import Convolutions
from aae_course.networks.layers import MLP
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import Adam, Training
from aae_course.training.progress import NoProgress

SHAPES = [(1, 28, 28), (3, 32, 32), (1, 8, 12)]


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


# Convolutions


@pytest.mark.parametrize("shape", SHAPES)
def test_convolutions_make_and_judge_images_of_this_shape(shape):
    architecture, pixels = Convolutions(shape, width=4), math.prod(shape)
    model = build(architecture, pixels, dim=5)
    assert model.generator.widths[::-1][:-1] == model.discriminator.widths[:-1]
    x = model.generator(torch.randn(6, 5))
    assert x.shape == (6, pixels) and x.min() >= 0 and x.max() <= 1
    assert model.discriminator(x).shape == (6, 1)


def test_convolutions_train_and_every_phase_changes_its_networks():
    torch.manual_seed(0)
    model = build(Convolutions((1, 8, 8), width=4), 64)
    before = {name: p.clone() for name, p in model.named_parameters()}
    split = Split(torch.randint(256, (60, 64), dtype=torch.uint8), torch.zeros(60).long())
    list(islice(Run(model, split, small.training(model), [0], {}).steps(), 2))
    assert all(not torch.equal(before[name], p) for name, p in model.named_parameters())


def test_the_guidelines_of_dcgan():
    torch.manual_seed(0)
    model = build(Convolutions(), 784, dim=100)
    generator, discriminator = list(model.generator), list(model.discriminator)
    kinds = [type(layer) for layer in generator + discriminator]
    assert nn.Linear not in kinds and nn.MaxPool2d not in kinds
    norms = [sum(isinstance(m, nn.BatchNorm2d) for m in n) for n in (generator, discriminator)]
    assert norms == [2, 1]
    assert isinstance(generator[-2], nn.Sigmoid) and isinstance(discriminator[2], nn.LeakyReLU)
    for layer in generator + discriminator:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            assert layer.weight.std().item() == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("shape", [(1, 28, 30), (3, 27, 28), (1, 2, 2)])
def test_sides_that_do_not_divide_are_refused(shape):
    with pytest.raises(ValueError, match=r"each side must be a multiple of 4"):
        Convolutions(shape)


def test_what_convolutions_cannot_do_is_named():
    with pytest.raises(ValueError, match=r"12 pixels are not images of shape \(1, 28, 28\)"):
        build(Convolutions())
    for make in (Convolutions().make_discriminator, lambda *a: Convolutions().make_decoder(3, *a)):
        with pytest.raises(ValueError, match="no replicas: train one seed at a time"):
            make(784, 2)
