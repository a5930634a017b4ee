"""The error over the epochs: from a run, from a record, and as a picture."""

import matplotlib.pyplot as plt

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
        "mnist_100.test_error_percent": summarise([8.0], None),
    }
    backwards = dict(reversed(metrics.items()))
    curve = progress.recorded_curve(Metrics(backwards))
    assert curve == progress.curve_of(run) and list(curve) == [1, 2, 3]
    assert isinstance(progress.ARTEFACT, Artefact)


def test_the_curve_is_drawn_beside_what_the_paper_quotes():
    figure = progress.draw_progress({"mnist_100": trained(3)}, "smoke")
    *ours, paper = figure.axes[0].lines
    assert [line.get_ydata().tolist() for line in ours] == [[30, 15, 10], [31, 15.5, 31 / 3]]
    assert paper.get_xdata().tolist() == list(progress.QUOTED)
    plt.close(figure)


def test_without_a_measured_curve_only_the_papers_is_drawn():
    figure = progress.draw_curve({})
    assert [line.get_label() for line in figure.axes[0].lines] == ["the paper, test images"]
    plt.close(figure)
