"""Diagnostics and pictures of notebook 11: fields, filters, checkerboards, statistics, verdict."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from aae_course.lessons import convolutions as plot
from aae_course.networks.convolutional import Convolutional
from aae_course.networks.layers import MLP
from aae_course.networks.receptive_field import receptive_fields

pytestmark = pytest.mark.usefixtures("closed")
SHAPE = (1, 28, 28)


# An encoder of strided blocks


@pytest.mark.parametrize("shape", [SHAPE, (1, 9, 13)])
def test_strided_blocks_are_those_of_the_package_in_training(shape):
    pixels = shape[1] * shape[2]
    blocks = Convolutional(shape, width=3, readout="whole map", batch_norm="hidden")
    encoder = blocks.make_encoder(pixels, 2).train()
    for weight in encoder.parameters():
        torch.nn.init.normal_(weight)
    by_function = plot.ByFunction(plot.strided_encoder, encoder, shape)
    x = torch.rand(7, pixels)
    assert torch.allclose(by_function(x), encoder(x), atol=1e-3)
    by_function(x).sum().backward()
    without = [name for name, weight in encoder.named_parameters() if weight.grad is None]
    assert without == ["1.bias", "4.bias", "7.bias"]


# Receptive fields and filters


@pytest.mark.parametrize("strided", [True, False])
def test_a_square_for_each_map_lies_where_its_middle_unit_looks(strided):
    encoder = Convolutional(SHAPE, width=2, strided=strided).make_encoder(784, 2)
    fields = receptive_fields(encoder)[:4]
    ax = plt.subplots()[1]
    plot.draw_fields(ax, torch.rand(784), fields, SHAPE)
    assert [patch.get_width() for patch in ax.patches] == [field.size for field in fields[1:]]
    first = ax.patches[0]
    unit = (28 // fields[1].stride) // 2
    assert first.get_x() == fields[1].span(unit)[0] - 0.5 == first.get_y()


def test_every_square_is_inside_of_the_picture():
    encoder = Convolutional(SHAPE, width=2, strided=False).make_encoder(784, 2)
    ax = plt.subplots()[1]
    plot.draw_fields(ax, torch.rand(784), receptive_fields(encoder), SHAPE)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for patch in ax.patches:
        assert left <= patch.get_x() and patch.get_x() + patch.get_width() <= right
        assert top <= patch.get_y() and patch.get_y() + patch.get_height() <= bottom


def test_first_filters_of_convolutions_are_kernels():
    encoder = Convolutional(SHAPE, width=6, batch_norm="encoder").make_encoder(784, 2)
    filters = plot.first_filters(encoder, SHAPE)
    assert filters.shape == (6, 5, 5)
    assert torch.equal(filters, encoder[1].weight.detach()[:, 0])


def test_first_filters_of_perceptrons_are_as_large_as_the_image():
    encoder = MLP((784, 7, 2), input_noise=0.3)
    filters = plot.first_filters(encoder, SHAPE)
    assert filters.shape == (7, 28, 28)
    assert torch.equal(filters[3].flatten(), encoder[1].weight[:, 3])


def test_filters_are_stretched_and_stand_side_by_side():
    filters = torch.zeros(3, 2, 2)
    filters[1, 0, 1], filters[2, 1, 1] = -0.01, 5.0
    ax = plt.subplots()[1]
    plot.draw_filters(ax, filters, columns=2)
    sheet = np.ma.filled(ax.images[0].get_array(), np.nan)
    assert sheet.shape == (5, 5)
    assert sheet[0, 4] == -1 and sheet[4, 1] == 1
    assert np.isnan(sheet[2]).all() and np.isnan(sheet[3:, 3:]).all()


def test_smoothness_tells_waves_from_noise():
    wave = torch.linspace(0, 6, 30).sin().expand(4, 30, 30)
    assert plot.smoothness(wave) > 0.9
    assert abs(plot.smoothness(torch.randn(50, 30, 30))) < 0.05
    assert plot.smoothness(torch.zeros(2, 5, 5)) == 0


# Checkerboards


def test_a_checkerboard_alternates_and_a_wave_does_not():
    rows, columns = torch.meshgrid(torch.arange(28), torch.arange(28), indexing="ij")
    board = ((rows + columns) % 2).float().view(1, -1)
    stripes = (columns % 2).float().reshape(1, -1)
    wave = (2 * torch.pi * rows / 7).sin().view(1, -1)
    assert plot.share_of_checkerboard(board, SHAPE) == pytest.approx(1)
    assert plot.share_of_checkerboard(stripes, SHAPE) == pytest.approx(1)
    assert plot.share_of_checkerboard(wave, SHAPE) == pytest.approx(0, abs=1e-6)


def test_noise_has_its_fair_share_and_a_constant_has_none():
    fair = (28 + 28 - 1) / (28 * 28 - 1)
    found = plot.share_of_checkerboard(torch.randn(500, 784), SHAPE)
    assert found == pytest.approx(fair, rel=0.05)
    assert plot.share_of_checkerboard(torch.full((3, 784), 0.7), SHAPE) < 0.01


def test_odd_images_have_no_period_of_two():
    with pytest.raises(ValueError, match="27 x 28"):
        plot.share_of_checkerboard(torch.rand(2, 27 * 28), (1, 27, 28))


def test_checkerboards_are_drawn_over_their_spectrum():
    figure = plot.draw_checkerboards({"a": torch.rand(5, 784), "b": torch.rand(5, 784)}, SHAPE, 4)
    above, below = figure.axes[::2][:2], figure.axes[1::2][:2]
    assert len(figure.axes) == 4 and all(ax.images for ax in [*above, *below])
    assert sum("alternates" in ax.get_title() for ax in figure.axes) == 2


# Statistics of batch norm


@pytest.fixture
def encoder():
    made = Convolutional(SHAPE, width=4, batch_norm="encoder", input_noise=0.3).make_encoder(784, 3)
    x = torch.rand(200, 784)
    made.train()
    for _ in range(100):  # until the running averages are those of these images
        made(x)
    return made.eval(), x


def test_the_running_averages_own_images_have_no_gap(encoder):
    made, x = encoder
    for gap, ratio in plot.norm_gaps(made, x, noisy=True):
        assert gap < 0.1 and ratio == pytest.approx(1, abs=0.05)


def test_other_images_have_a_gap_and_nothing_is_changed_by_looking(encoder):
    made, x = encoder
    before = {name: value.clone() for name, value in made.state_dict().items()}
    found = plot.norm_gaps(made, 0.5 * x, noisy=False)
    assert len(found) == 4 and found[0][0] > 0.2 and found[0][1] < 0.9
    assert all(torch.equal(value, before[name]) for name, value in made.state_dict().items())
    assert not any(layer.training for layer in made.modules())
    assert not any(layer._forward_pre_hooks for layer in made.modules())


def test_gaps_are_drawn_with_a_name_for_each_kind(encoder):
    made, x = encoder
    found = [plot.norm_gaps(made, x[:50], False), plot.norm_gaps(made, x[50:], False)]
    figure = plot.draw_gaps({"clean": found, "again": found})
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["clean", "again"]
    assert len(figure.axes[0].get_legend().get_texts()) == 4
