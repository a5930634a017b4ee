"""How the error with 100 labels falls when everything is set as in the paper (appendix A.2.1)."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from aae_course.data.dataset import Dataset
from aae_course.experiments.trained import Trained
from aae_course.metrics.codes import error_percent
from aae_course.models import Model
from aae_course.pictures.plots import DIGIT_COLOURS

# Test errors that the paper quotes, by epoch: the first ones, then at the epochs named.
QUOTED = {1: 16.50, 50: 3.40, 500: 2.21, 5000: 1.80}
PAPER = {f"epoch_{epoch}.validation_error_percent": error for epoch, error in QUOTED.items()}


def validation_error(model: Model, data: Dataset) -> dict[str, float]:
    """After an epoch; on validation images, since the test set is read once, at the end."""
    return {"validation_error_percent": error_percent(model, data.validation)}


def measure_progress(trained: Trained) -> dict[str, list[float]]:
    """The error after every epoch of the first ten, every tenth, and every hundredth later on."""
    points = curve(trained)
    kept = {
        f"epoch_{epoch}.validation_error_percent": errors
        for epoch, errors in points.items()
        if epoch <= 10 or epoch % (10 if epoch <= 100 else 100) == 0 or epoch == max(points)
    }
    if trained.final:
        kept["test_error_percent"] = [
            error_percent(model, trained.data.test) for model in trained.models
        ]
    return kept


def curve(trained: Trained) -> dict[int, list[float]]:
    """Epoch -> validation error of every seed, in percent."""
    return {
        evaluation["epoch"]: evaluation["validation_error_percent"]
        for evaluation in trained.history.evaluations
    }


def draw_progress(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Ours as a line for each seed, the paper's as points."""
    points = curve(trained["mnist_100"])
    figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
    ours = ax.plot(list(points), list(points.values()), color=DIGIT_COLOURS[0], marker=".")
    ours[0].set_label("ours, validation images")
    ax.plot(
        list(QUOTED), list(QUOTED.values()), "s", color=DIGIT_COLOURS[3],
        label="the paper, test images",
    )  # fmt: skip
    for epoch, error in QUOTED.items():
        ax.annotate(f"{error:.2f}", (epoch, error), xytext=(5, 5), textcoords="offset points")
    ax.set(xscale="log", yscale="log", xlabel="epoch (passes over the unlabelled images)")
    ax.set(ylabel="error, %", title="100 labels, the paper's networks and optimisers")
    ax.set_yticks([2, 3, 5, 10, 20], ["2", "3", "5", "10", "20"])
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.grid(alpha=0.3, which="both")
    ax.legend()
    return figure
