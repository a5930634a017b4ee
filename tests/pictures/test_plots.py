"""Pictures: the right images in the right places, numerals for every class, every prior drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import small
import torch

from aae_course.data.minibatches import as_pixels
from aae_course.models import Autoencoder, SemiSupervisedAutoencoder
from aae_course.models.priors import Gaussian, GaussianMixture, Prior, SwissRoll, Uniform
from aae_course.pictures import plots
from aae_course.training.history import History

pytestmark = pytest.mark.usefixtures("closed")


def test_image_grid_places_images_row_by_row_dark_on_white():
    images = torch.zeros(5, 4)
    images[3] = 1.0  # the second row starts with it
    ax = plt.subplots()[1]
    plots.image_grid(ax, images, columns=3, shape=(1, 2, 2), gap=1)
    sheet = np.asarray(ax.images[0].get_array())
    assert sheet.shape == (5, 8, 3)
    assert not sheet[3:5, 0:2].any()
    assert sheet[:2].all() and sheet[3:5, 3:].all()


def test_colour_images_keep_their_channels():
    red = torch.tensor([[1.0] * 4 + [0.0] * 8])
    ax = plt.subplots()[1]
    plots.image_grid(ax, red, columns=1, shape=(3, 2, 2))
    assert np.asarray(ax.images[0].get_array())[0, 0].tolist() == [1, 0, 0]


class Ring(Prior):
    """A circle of radius 2 with some width, of which only draws are known."""

    def __init__(self):
        super().__init__(dim=2)

    def draw(self, shape, labels):
        angle, radius = 2 * torch.pi * torch.rand(shape), 2 + 0.1 * torch.randn(shape)
        return radius.unsqueeze(-1) * torch.stack([angle.cos(), angle.sin()], -1)


@pytest.mark.parametrize(
    "prior", [Gaussian(2, 5.0), GaussianMixture(), SwissRoll(), Uniform(2), Ring()]
)
def test_codes_carry_a_numeral_for_every_digit_whatever_the_prior(prior):
    model = small.build_aae(prior=lambda: prior)()
    data = small.split()
    ax = plots.plot_codes(model, data.images, data.labels, prior)
    assert {text.get_text() for text in ax.texts} == {str(digit) for digit in range(10)}
    assert len(ax.collections[0].get_offsets()) == len(data)


def test_numerals_of_classes_in_one_place_stand_apart():
    z, ax = torch.rand(600, 2), plt.subplots()[1]
    plots.draw_codes(ax, z, torch.arange(600) % 2)
    first, second = (np.array(text.get_position()) for text in ax.texts)
    assert np.linalg.norm(first - second) > 0.05


def test_prior_lines_hold_half_nine_tenths_and_all_but_a_hundredth():
    ax = plt.subplots()[1]
    plots.draw_prior(ax, Gaussian(2))
    radii = sorted(
        np.linalg.norm(path.vertices, axis=1).mean() for path in ax.collections[0].get_paths()
    )
    expected = [np.sqrt(-2 * np.log(1 - share)) for share in (0.5, 0.9, 0.99)]
    assert radii == pytest.approx(expected, rel=0.03)


def test_the_border_of_a_uniform_prior_is_drawn():
    ax = plt.subplots()[1]
    plots.draw_prior(ax, Uniform(2, half_width=2.0))
    (border,) = ax.collections[0].get_paths()
    assert np.abs(border.vertices).max(axis=1) == pytest.approx(2.0, abs=0.02)


class OnlyDraws(Prior):
    """N(0, I), of which only draws are known."""

    def draw(self, shape, labels):
        return torch.randn(*shape, 2)


def test_lines_of_a_prior_without_a_density_come_from_its_draws():
    ax = plt.subplots()[1]
    plots.draw_prior(ax, OnlyDraws(2))
    lines = [
        part
        for path in ax.collections[0].get_paths()
        for part in path.to_polygons(closed_only=False)
        if len(part) > 50  # not an island of a few draws
    ]
    radii = sorted(np.linalg.norm(line, axis=1).mean() for line in lines)
    expected = [np.sqrt(-2 * np.log(1 - share)) for share in (0.5, 0.9, 0.99)]
    assert radii == pytest.approx(expected, rel=0.05)


def test_lines_of_a_ring_leave_its_hole_empty():
    ax = plt.subplots()[1]
    plots.draw_prior(ax, Ring())
    vertices = np.concatenate([path.vertices for path in ax.collections[0].get_paths()])
    radii = np.linalg.norm(vertices, axis=1)
    assert 1.5 < radii.min() < 2 < radii.max() < 2.5


def test_latent_grid_has_the_largest_second_coordinate_on_top():
    class Show(Autoencoder):
        def decode(self, z, y=None):
            return z[:, 1:].expand(-1, 4) > 1

    model = Show.build(small.networks(), small.PIXELS)
    ax = plots.plot_latent_grid(model, Gaussian(2), rows=10, shape=(1, 2, 2))
    sheet = np.asarray(ax.images[0].get_array())
    assert not sheet[:2].any() and sheet[-2:].all()


class Labelled(Autoencoder):
    """Its code is the label, and so is its image."""

    needs_labels = True

    def encode(self, x, y):
        return y.unsqueeze(-1).expand(-1, 2) + 0.0

    def decode(self, z, y):
        return (y.unsqueeze(-1) / 9).expand(-1, 12)


def test_a_model_that_needs_labels_gets_them_in_all_three_pictures():
    model, data = Labelled.build(small.networks(), small.PIXELS), small.split()
    ax = plots.plot_codes(model, data.images, data.labels)
    np.testing.assert_allclose(ax.collections[0].get_offsets()[:, 0], data.labels)
    figure = plots.plot_reconstructions(model, data.images, 10, (1, 3, 4), data.labels)
    below = np.asarray(figure.axes[0].images[0].get_array())[4, ::5, 0]
    assert below == pytest.approx(1 - np.arange(10) / 9, abs=0.02)
    ax = plots.plot_latent_grid(model, Gaussian(2), 3, (1, 3, 4), label=9)
    assert not np.asarray(ax.images[0].get_array()).any()
    for draw in (
        lambda: plots.plot_reconstructions(model, data.images),
        lambda: plots.plot_latent_grid(model, Gaussian(2)),
    ):
        with pytest.raises(ValueError, match="Labelled needs labels"):
            draw()


def test_drawing_does_not_disturb_the_generator():
    before = torch.get_rng_state()
    plots.draw_prior(plt.subplots()[1], GaussianMixture())
    assert torch.equal(before, torch.get_rng_state())


def test_reconstructions_stand_below_their_originals():
    class Echo(Autoencoder):
        def reconstruct(self, x, y=None):
            return 1 - x

    model, images = Echo.build(small.networks(), small.PIXELS), small.split().images
    figure = plots.plot_reconstructions(model, images, count=3, shape=(1, 3, 4))
    sheet = np.asarray(figure.axes[0].images[0].get_array())
    first = as_pixels(images[:1]).view(3, 4).numpy()
    assert sheet[:3, :4, 0] == pytest.approx(1 - first, abs=0.02)
    assert sheet[4:, :4, 0] == pytest.approx(first, abs=0.02)


def test_losses_are_drawn_for_each_phase():
    history = History([1, 2], {"reconstruction": [[1.0], [2.0]], "discriminator": [[1.0], [1.4]]})
    figure = plots.plot_losses(history)
    assert [ax.get_title() for ax in figure.axes] == ["reconstruction", "discriminator"]


def test_codes_without_a_label_are_grey_and_have_no_numeral():
    z, ax = torch.rand(30, 2), plt.subplots()[1]
    plots.draw_codes(ax, z, torch.tensor([3, -1, 5]).repeat(10))
    assert {text.get_text() for text in ax.texts} == {"3", "5"}
    colours = ax.collections[0].get_facecolor()[:, :3]
    assert np.allclose(colours[1::3], plots.NO_LABEL)
    assert np.allclose(colours[::3], plots.DIGIT_COLOURS[3])
    plots.draw_codes(ax, z, torch.full((30,), -1))


def test_a_picture_of_its_own_has_a_legend_of_the_labels_that_are_there():
    model, data = small.build_aae()(), small.split()
    labels = torch.where(data.labels < 8, data.labels, -1)
    own = plots.plot_codes(model, data.images, labels).figure
    (legend,) = own.legends
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["no label", *"01234567"]
    dots = [handle.get_color() for handle in legend.legend_handles]
    assert dots == [plots.NO_LABEL, *plots.DIGIT_COLOURS[:8]]
    figure, ax = plt.subplots()
    plots.plot_codes(model, data.images, labels, ax=ax)
    assert not figure.legends


@pytest.mark.parametrize("labels", [None, np.arange(60) % 3, torch.arange(60).to(torch.uint8) % 3])
def test_codes_are_drawn_whatever_holds_their_labels(labels):
    ax = plots.plot_codes(small.build_aae()(), small.split().images, labels)
    assert len(ax.texts) == (0 if labels is None else 3)


def labels_and_styles():
    return SemiSupervisedAutoencoder.build(small.networks(), small.PIXELS, Gaussian(2))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda ax: plots.draw_codes(ax, torch.rand(5, 3), torch.zeros(5)),
            "the plane takes",
        ),
        (lambda ax: plots.draw_codes(ax, torch.rand(5, 2), torch.zeros(4)), "5, 2. and 4 labels"),
        (
            lambda ax: plots.draw_codes(ax, torch.full((5, 2), torch.nan), torch.zeros(5)),
            "codes hold values that are not finite",
        ),
        (lambda ax: plots.draw_prior(ax, Gaussian(3)), "the prior has 3 dimensions"),
        (
            lambda ax: plots.image_grid(ax, torch.rand(5, 64), 5),
            r"shape \(5, 64\) cannot be drawn as \(1, 28, 28\): say",
        ),
        (
            lambda ax: plots.image_grid(ax, torch.rand(5, 64), 5, shape=(8, 8)),
            r"cannot be drawn as \(8, 8\): say the \(channels, height, width\)",
        ),
        (
            lambda ax: plots.image_grid(ax, torch.rand(5, 64), 5, shape=(4, 4, 4)),
            "with 1 or 3 channels",
        ),
        (
            lambda ax: plots.plot_latent_grid(labels_and_styles(), Gaussian(2), ax=ax),
            "SemiSupervisedAutoencoder has a label beside its style: draw it with plot_style_grid",
        ),
    ],
)
def test_what_is_no_picture_of_a_plane_is_told(draw, message):
    with pytest.raises(ValueError, match=message):
        draw(plt.subplots()[1])
