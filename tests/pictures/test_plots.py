"""Pictures: the right images in the right places, numerals for every class, every prior drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import small
import torch

from aae_course.data.minibatches import as_pixels
from aae_course.models import AdversarialAutoencoder, Autoencoder
from aae_course.models.priors import Gaussian, GaussianMixture, SwissRoll, Uniform
from aae_course.pictures import plots
from aae_course.pictures.diagram import draw_architecture
from aae_course.pictures.wiring import trace_wiring
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


@pytest.mark.parametrize("prior", [Gaussian(2, 5.0), GaussianMixture(), SwissRoll(), Uniform(2)])
def test_codes_carry_a_numeral_for_every_digit_whatever_the_prior(prior):
    model = small.build_aae(prior=lambda: prior)()
    data = small.split()
    ax = plots.plot_codes(model, data.images, data.labels, prior)
    assert {text.get_text() for text in ax.texts} == {str(digit) for digit in range(10)}
    assert len(ax.collections[0].get_offsets()) == len(data)


def test_numerals_of_classes_in_one_place_stand_apart():
    class Same(Autoencoder):
        def encode(self, x):
            return x[:, :2]

    model, images = Same.build(small.networks(), small.PIXELS), small.split(600).images
    ax = plots.plot_codes(model, images, torch.arange(600) % 2)
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


def test_latent_grid_has_the_largest_second_coordinate_on_top():
    class Show(Autoencoder):
        def decode(self, z):
            return z[:, 1:].expand(-1, 4) > 1

    model = Show.build(small.networks(), small.PIXELS)
    ax = plots.plot_latent_grid(model, Gaussian(2), rows=10, shape=(1, 2, 2))
    sheet = np.asarray(ax.images[0].get_array())
    assert not sheet[:2].any() and sheet[-2:].all()


def test_drawing_does_not_disturb_the_generator():
    before = torch.get_rng_state()
    plots.draw_prior(plt.subplots()[1], GaussianMixture())
    assert torch.equal(before, torch.get_rng_state())


def test_reconstructions_stand_below_their_originals():
    class Echo(Autoencoder):
        def reconstruct(self, x):
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


def test_wiring_is_read_off_the_models():
    aae = {
        ("x", "encoder"),
        ("encoder", "decoder"),
        ("encoder", "discriminator"),
        ("prior", "discriminator"),
    }
    for encoder in ("deterministic", "gaussian", "universal"):
        assert set(trace_wiring(small.build_aae(encoder)(), small.PIXELS)) == aae
    chain = {("x", "encoder"), ("encoder", "decoder")}
    for name in ("autoencoder", "vae", "vae mixture"):
        assert set(trace_wiring(small.BUILDERS[name](), small.PIXELS)) == chain


def test_wiring_sees_a_label_that_joins_the_code():
    """A later variant gives the decoder the label beside the code, joined by torch.cat."""

    class WithLabel(AdversarialAutoencoder):
        def training_step(self, batch):
            y = torch.nn.functional.one_hot(batch.y, 1).float()
            z = self.encoder(batch.x)[..., :1]
            yield "reconstruction", self.decoder(torch.cat([y, z], -1)).sum()

    model = WithLabel.build(small.networks(), small.PIXELS, Gaussian(2))
    assert ("y", "decoder") in trace_wiring(model, small.PIXELS)


def test_tracing_leaves_the_model_as_it_was():
    model = small.BUILDERS["aae"]()
    trace_wiring(model, small.PIXELS)
    assert not any(module._forward_hooks for module in model.modules())
    assert "draw" not in vars(model.prior)


@pytest.mark.parametrize("name", ["autoencoder", "vae", "aae", "aae universal", "aae swiss roll"])
def test_architecture_names_networks_widths_and_phases(name):
    model = small.BUILDERS[name]()
    texts = " ".join(text.get_text() for text in draw_architecture(model, 12).axes[0].texts)
    for word in (*model.phases, "encoder", "decoder", "12", "8"):
        assert word in texts
