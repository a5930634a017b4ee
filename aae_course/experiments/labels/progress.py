"""How the error with 100 labels falls when everything is set as in the paper (appendix A.2.1).

The command is ``aae-course reproduce progress``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from aae_course.experiments.artefact import Artefact, Measured
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.trained import Trained
from aae_course.metrics.codes import error_percent
from aae_course.pictures.style import OURS, PAPERS

# Test errors that the paper quotes, by epoch: the first ones, then at the epochs named.
QUOTED = {1: 16.50, 50: 3.40, 500: 2.21, 5000: 1.80}
VALIDATION_ERROR, TEST_ERROR = "validation_error_percent", "test_error_percent"
Curve = Mapping[int, Sequence[float]]  # epoch -> the error of every seed, in percent


def measure_progress(trained: Trained) -> Measured:
    """The error after every epoch of the first ten, every tenth, and every hundredth later on.

    The test images are for the end, so only the last epoch has an error of theirs.
    """
    curve = curve_of(trained)
    kept: Measured = {
        (row_of(epoch), VALIDATION_ERROR): errors
        for epoch, errors in curve.items()
        if epoch <= 10 or epoch % (10 if epoch <= 100 else 100) == 0 or epoch == max(curve)
    }
    if trained.final:
        kept[row_of(max(curve)), TEST_ERROR] = [
            error_percent(model, trained.data.test) for model in trained.models
        ]
    return kept


def row_of(epoch: int) -> str:
    """Row of the metrics."""
    return f"epoch_{epoch}"


def curve_of(trained: Trained) -> Curve:
    """The validation errors after every epoch."""
    return {
        evaluation["epoch"]: evaluation[VALIDATION_ERROR]
        for evaluation in trained.history.evaluations
    }


def recorded_curve(metrics: Metrics) -> Curve:
    """The validation errors in the numbers of a record, in the order of the epochs."""
    rows = metrics.per_seed(VALIDATION_ERROR, metrics.rows)
    return dict(sorted((int(row.removeprefix("epoch_")), seeds) for row, seeds in rows.items()))


def draw_progress(metrics: Metrics) -> Figure:
    """The curve of a record."""
    return draw_curve(recorded_curve(metrics))


def draw_curve(curve: Curve) -> Figure:
    """The mean of ours, if there are any numbers, with the spread over seeds; the paper's points.

    Args:
        curve: epoch -> the error of every seed.
    """
    figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
    if curve:
        points = [(epoch, error) for epoch, errors in curve.items() for error in errors]
        epochs, errors = zip(*points, strict=True)
        seeds = len(points) // len(curve)
        words = f"mean ± standard deviation of {seeds} seeds" if seeds > 1 else "one seed"
        sns.lineplot(
            x=epochs, y=errors, errorbar="sd" if seeds > 1 else None, color=OURS, marker="o",
            markersize=4, markeredgewidth=0, ax=ax, label=f"ours, validation images, {words}",
        )  # fmt: skip
    ax.plot(list(QUOTED), list(QUOTED.values()), "s", color=PAPERS, label="the paper, test images")
    for epoch, error in QUOTED.items():
        ax.annotate(f"{error:.2f}", (epoch, error), xytext=(5, 5), textcoords="offset points")
    ax.set(xscale="log", yscale="log", xlabel="epoch (passes over the unlabelled images)")
    ax.set(ylabel="error, %", title="100 labels, the paper's networks and optimisers")
    ax.set_yticks([2, 3, 5, 10, 20], ["2", "3", "5", "10", "20"])
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    ax.set_xlim(0.7, 12_000)
    ax.grid()
    ax.legend()
    return figure


ARTEFACT = Artefact(
    "Error with 100 labels over the epochs, with the settings of the paper (appendix A.2.1)",
    {"mnist_100": "semi_supervised_progress"},
    measure=measure_progress,
    draw_numbers=draw_progress,
    paper={
        (row_of(epoch), error): quoted
        for epoch, quoted in QUOTED.items()
        for error in (VALIDATION_ERROR, TEST_ERROR)
    },
)
