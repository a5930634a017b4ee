"""Figure 7: digits as asked, labels read from the style, and what is drawn."""

import matplotlib.pyplot as plt
import pytest
import torch
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.experiments.labels import figure_7
from aae_course.metrics import Labelled, linear_probe_error, mlp_probe_error


@pytest.fixture(scope="module")
def data():
    return load("digits")


def test_the_figure_does_without_a_panel_that_is_absent(data):
    figure = figure_7.draw_figure_7({"a": untrained("supervised", data)}, "smoke")
    assert len(figure.axes) == 1
    plt.close(figure)


def test_styles_by_digits_keep_the_style_in_a_row(data):
    run = untrained("supervised", data)
    images = figure_7.styles_by_digits(run, rows=3)
    assert images.shape == (30, 784)
    model = run.models[0]
    with torch.no_grad():
        again = model.decode(torch.zeros(30, 15), torch.arange(10).repeat(3))
    assert not torch.allclose(images[:10], again[:10])


class PaintsItsLabel:
    """Decodes label k to an image whose pixel k alone is bright."""

    classes = 10

    def decode(self, z, y):
        return torch.eye(10)[y]


def test_asked_digits_are_counted_as_the_classifier_reads_them():
    z = torch.zeros(7, 15)
    assert figure_7.asked_accuracy(PaintsItsLabel(), z, lambda x: x) == 1
    assert figure_7.asked_accuracy(PaintsItsLabel(), z, lambda x: x.roll(1, -1)) == 0


def ring(n=1500):
    """Two labels that no straight line separates."""
    torch.manual_seed(0)
    z = torch.randn(n, 2)
    return Labelled(z, (z.norm(dim=1) > 1.18).long())


def test_a_network_reads_what_a_straight_line_cannot():
    train, test = ring(), ring(500)
    assert linear_probe_error(train, test) > 30
    assert mlp_probe_error(train, test) < 10
    told = figure_7.read_label(train, test, seed=0)
    assert told["label_probe_accuracy"] == told["mlp_label_probe_accuracy"] > 0.9
    assert told["majority_label_fraction"] == pytest.approx(0.5, abs=0.1)


def test_probes_of_noise_are_at_chance():
    torch.manual_seed(0)
    noise = Labelled(torch.randn(2000, 15), torch.randint(10, (2000,)))
    told = figure_7.read_label(noise, Labelled(torch.randn(2000, 15), noise.y), seed=0)
    assert told["label_probe_accuracy"] < 0.15
