"""Figure 4: what is measured on codes with labels, and what is drawn."""

import matplotlib.pyplot as plt
import pytest
import torch
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.labels import figure_4
from aae_course.models.priors import GaussianMixture


@pytest.fixture(scope="module")
def data():
    return load("digits")


@pytest.mark.parametrize(
    ("name", "part"), [("label_informed_mixture", "component"), ("label_informed_roll", "arc")]
)
def test_figure_4_measures_the_share_in_the_own_part(name, part, data):
    trained = untrained(name, data, (0, 1))
    found = figure_4.measure_label_informed(trained)
    model = trained.models[1]
    with torch.no_grad():
        z = model.encode(as_pixels(data.test.images))
    own = (model.prior.nearest_class(z) == data.test.labels).float().mean().item()
    assert found[f"own_{part}_fraction"][1] == pytest.approx(own)


def test_component_grids_are_even_in_probability_along_the_own_axes():
    prior = GaussianMixture()
    grid = figure_4.component_grid(prior, 3, 20)
    local = (grid - prior.centres[3]) @ prior.axes[3].T / prior.stds
    share = torch.special.ndtr(local).view(20, 20, 2)
    even = (torch.arange(20) + 0.5) / 20
    torch.testing.assert_close(share[0, :, 0], even, atol=1e-4, rtol=0)
    torch.testing.assert_close(share[:, 0, 1], even.flip(0), atol=1e-4, rtol=0)


def test_the_figure_has_the_components_that_are_decoded(data):
    panels = {"a": "label_informed_mixture", "c": "label_informed_roll"}
    runs = {panel: untrained(name, data) for panel, name in panels.items()}
    figure = figure_4.draw_figure_4(runs, "smoke")
    titles = {ax.get_title() for ax in figure.get_axes()}
    assert {"component 0", "component 1", "component 2"} < titles
    plt.close(figure)
