"""The error over the epochs: from a run, from a record, and as a picture."""

import matplotlib.pyplot as plt
import pytest

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.labels import progress
from aae_course.experiments.numbers import Metrics, not_measured, summarise
from aae_course.experiments.trained import Trained
from aae_course.training.history import History


def trained(epochs, final=False):
    """A run of two seeds whose error is 30 over the number of the epoch, and a little more."""
    evaluations = [
        {"epoch": n, "validation_error_percent": [30 / n, 31 / n]} for n in range(1, epochs + 1)
    ]
    return Trained(None, None, (0, 1), [], History(evaluations=evaluations), final=final)


def test_fewer_epochs_are_kept_the_later_they_are():
    kept = [row for row, _ in progress.measure_progress(trained(225))]
    first = [f"epoch_{n}" for n in (*range(1, 11), *range(20, 101, 10))]
    assert kept == [*first, "epoch_200", "epoch_225"]


def test_a_record_gives_the_curve_in_the_order_of_the_epochs():
    run = trained(3)
    metrics = progress.ARTEFACT.metrics("mnist_100", run)
    metrics |= {
        "epoch_500.validation_error_percent": not_measured("not run", 2.21),
        "epoch_3.test_error_percent": summarise([8.0], None),
    }
    backwards = dict(reversed(metrics.items()))
    curve = progress.recorded_curve(Metrics(backwards))
    assert curve == progress.curve_of(run) and list(curve) == [1, 2, 3]
    assert isinstance(progress.ARTEFACT, Artefact)


def test_the_curve_is_drawn_beside_what_the_paper_quotes():
    figure = progress.draw_progress(Metrics(progress.ARTEFACT.metrics("mnist_100", trained(3))))
    ours, paper = figure.axes[0].lines
    assert ours.get_ydata() == pytest.approx([30.5, 15.25, 61 / 6])
    assert ours.get_label().endswith("mean ± standard deviation of 2 seeds")
    assert paper.get_xdata().tolist() == list(progress.QUOTED)
    (band,) = figure.axes[0].collections
    edges = band.get_paths()[0].vertices
    at_first = edges[edges[:, 0] == 1, 1]
    assert (at_first.min(), at_first.max()) == pytest.approx((30.5 - 0.5**0.5, 30.5 + 0.5**0.5))
    plt.close(figure)


def test_one_seed_has_no_band():
    figure = progress.draw_curve({1: [30.0], 2: [20.0]})
    assert figure.axes[0].lines[0].get_label() == "ours, validation images, one seed"
    assert not figure.axes[0].collections
    plt.close(figure)


def test_without_a_measured_curve_only_the_papers_is_drawn():
    figure = progress.draw_curve({})
    assert [line.get_label() for line in figure.axes[0].lines] == ["the paper, test images"]
    plt.close(figure)
