"""DCGAN's networks: shapes, guidelines, refusals."""

import math
from itertools import islice

import pytest
import small
import torch
from torch import nn

from aae_course.data.dataset import Split
from aae_course.models import GenerativeAdversarialNetwork
from aae_course.models.priors import Gaussian
from aae_course.networks.dcgan import Convolutions
from aae_course.training.loop import Run

SHAPES = [(1, 28, 28), (3, 32, 32), (1, 8, 12)]


def build(architecture, pixels=small.PIXELS, dim=3):
    return GenerativeAdversarialNetwork.build(architecture, pixels, Gaussian(dim))


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
