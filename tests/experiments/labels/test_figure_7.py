"""Figure 7: digits as asked, labels read from the style, and what is drawn."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
import torch
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.experiments.labels import figure_7
from aae_course.experiments.labels.trend import ASKED, READ
from aae_course.metrics import Labelled, linear_probe_error, mlp_probe_error
from aae_course.training.history import History


@pytest.fixture(scope="module")
def data():
    return load("digits")


def watched(name, data, seeds):
    """A run with made-up shares after three epochs."""
    shares = [0.5 + 0.1 * seed for seed in seeds]
    history = History(
        evaluations=[{"epoch": epoch, ASKED: shares, READ: shares} for epoch in (1, 2, 3)]
    )
    return replace(untrained(name, data, seeds), history=history)


def test_the_figure_does_without_a_panel_that_is_absent(data):
    figure = figure_7.draw_figure_7({"a": untrained("supervised", data)}, "smoke")
    trends = figure.axes[1:]
    assert len(trends) == 2 and not any(ax.lines for ax in trends)
    plt.close(figure)


def test_the_trend_is_the_mean_over_seeds_of_both_models(data):
    names = {"a": "supervised", "ours": "supervised_informed"}
    runs = {panel: watched(name, data, (0, 1, 2)) for panel, name in names.items()}
    figure = figure_7.draw_figure_7(runs, "smoke")
    for ax in figure.axes[2:]:
        assert "3 seeds" in ax.get_title()
        for line in ax.lines[:2]:
            assert line.get_xdata().tolist() == [1, 2, 3]
            assert line.get_ydata() == pytest.approx([60, 60, 60])
    plt.close(figure)


def test_styles_by_digits_keep_the_style_in_a_row(data):
    run = untrained("supervised", data)
    images = figure_7.styles_by_digits(run, rows=3)
    assert images.shape == (30, 784)
    model = run.models[0]
    with torch.no_grad():
        again = model.decode(torch.zeros(30, 15), torch.arange(10).repeat(3))
    assert not torch.allclose(images[:10], again[:10])


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
