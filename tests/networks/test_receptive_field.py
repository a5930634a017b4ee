"""Receptive fields: the recurrence against the gradient of a unit, and numbers worked by hand."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from aae_course.networks.convolutional import Convolutional
from aae_course.networks.map_layers import Convolution
from aae_course.networks.receptive_field import SLIDING, receptive_fields

SIDE = 32
ENCODERS = {
    "strided": Convolutional((1, SIDE, SIDE), width=2, kernel=3),
    "strided, larger kernels": Convolutional((1, SIDE, SIDE), width=2, levels=2),
    "pooled": Convolutional((1, SIDE, SIDE), width=2, kernel=3, strided=False),
    "pooled, larger kernels": Convolutional((1, SIDE, SIDE), width=2, levels=2, strided=False),
}


def units(encoder, layer, x):
    """The map that a layer of the encoder gives."""
    maps = []
    handle = layer.register_forward_hook(lambda module, args, result: maps.append(result))
    encoder(x)
    handle.remove()
    return maps[0]


def seen(encoder, layer, row, column):
    """First and last pixel, in height and width, that a unit's gradient reaches.

    With weights and images above zero no ReLU is silent; which pixels a maximum takes differs from
    image to image, so many are looked at together.
    """
    x = torch.rand(150, SIDE * SIDE, requires_grad=True)
    units(encoder, layer, x)[:, :, row, column].sum().backward()
    reached = x.grad.abs().sum(0).view(SIDE, SIDE).nonzero()
    return [(low.item(), high.item()) for low, high in zip(*reached.aminmax(dim=0), strict=True)]


@pytest.mark.parametrize("architecture", ENCODERS.values(), ids=ENCODERS)
def test_the_gradient_of_a_unit_reaches_its_receptive_field_and_no_further(architecture):
    torch.manual_seed(0)
    encoder = architecture.make_encoder(SIDE * SIDE, 2)
    for parameter in encoder.parameters():
        parameter.data.abs_()
    layers = [layer for layer in encoder.modules() if isinstance(layer, SLIDING)]
    fields = receptive_fields(encoder)
    for layer, field in zip(layers, fields[1:], strict=True):
        side = units(encoder, layer, torch.zeros(1, SIDE * SIDE)).shape[-1]
        for row, column in [(side // 2, side // 2), (0, side - 1)]:
            spans = [field.span(row), field.span(column)]
            inside = [(max(0, first), min(SIDE - 1, last)) for first, last in spans]
            assert seen(encoder, layer, row, column) == inside, field.layer


def test_a_field_worked_by_hand():
    """3x3 convolutions of stride 2: 3 pixels, then 3 + 2 * 2, then 7 + 2 * 4."""
    encoder = Convolutional(width=2, kernel=3).make_encoder(784, 2)
    fields = receptive_fields(encoder)
    assert [f.size for f in fields] == [1, 3, 7, 15, 15]
    assert [f.stride for f in fields] == [1, 2, 4, 8, 8]
    assert [f.centre for f in fields] == [0, 0, 0, 0, 0]
    assert fields[2].span(3) == (9, 15)


def test_pooling_widens_the_field_and_moves_its_centre():
    """A 3x3 convolution and 2x2 pooling: 3, 4; then 4 + 2 * 2 and 8 + 2; centres between pixels."""
    encoder = Convolutional(width=2, kernel=3, levels=2, strided=False).make_encoder(784, 2)
    fields = receptive_fields(encoder)
    assert [f.size for f in fields] == [1, 3, 4, 8, 10, 10]
    assert [f.centre for f in fields] == [0, 0, 0.5, 0.5, 1.5, 1.5]
    names = ["image", "convolution 1", "pooling 1", "convolution 2", "pooling 2", "convolution 3"]
    assert [f.layer for f in fields] == names


def test_a_dense_head_has_no_window():
    encoder = replace(ENCODERS["strided"], readout="dense").make_encoder(SIDE * SIDE, 2)
    assert len(receptive_fields(encoder)) == 1 + 3


def test_it_reads_layers_in_any_module():
    fields = receptive_fields(nn.Sequential(Convolution(1, 2, 5), nn.MaxPool2d(2), nn.ReLU()))
    assert [f.size for f in fields] == [1, 5, 6]
