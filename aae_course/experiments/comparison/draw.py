"""The picture of notebook 12: every number of the comparison with its spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from aae_course.experiments.comparison.recipes import SPACES
from aae_course.experiments.comparison.table import COLUMNS, METHODS, rows_of
from aae_course.pictures.plots import DIGIT_COLOURS

# A marker for each method beside its colour, so that the picture can be read in grey.
MARKERS = dict(zip(METHODS, "ods^vX*", strict=True))
COLOURS = dict(zip(METHODS, [*DIGIT_COLOURS[:6], "black"], strict=True))
SPREAD = 0.72  # share of a space's width that its methods take up


def draw_study(metrics: Mapping[str, dict]) -> Figure:
    """A panel for each column of the table, and in it a dot for each method in each space.

    Args:
        metrics: those of ``figures/comparison.json``.
    """
    figure, axes = plt.subplots(3, 3, figsize=(13, 9), layout="constrained", sharex=True)
    for ax, column in zip(axes.flat, COLUMNS, strict=True):
        draw_column(ax, metrics, column)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def draw_column(ax: Axes, metrics: Mapping[str, dict], column: str) -> None:
    """Mean and standard deviation over seeds of one column, the spaces side by side."""
    heading, more_is_better = COLUMNS[column]
    rows = {space: rows_of(metrics, space) for space in SPACES}
    offsets = np.linspace(-SPREAD / 2, SPREAD / 2, len(METHODS))
    for (method, title), offset in zip(METHODS.items(), offsets, strict=True):
        found = [metrics[f"{rows[space][method]}.{column}"] for space in SPACES]
        ax.errorbar(
            np.arange(len(SPACES)) + offset,
            [each["mean"] for each in found],
            [each["std"] or 0.0 for each in found],
            fmt=MARKERS[method], color=COLOURS[method], label=title,
            markersize=6, markeredgecolor="black", markeredgewidth=0.4, linewidth=1.2,
        )  # fmt: skip
    for border in range(1, len(SPACES)):
        ax.axvline(border - 0.5, color="0.85", linewidth=0.8)
    ax.set_title(f"{heading} ({'more' if more_is_better else 'less'} is better)", fontsize=10)
    ax.set_xlim(-0.5, len(SPACES) - 0.5)
    ax.set_xticks(range(len(SPACES)), [space_title(space) for space in SPACES], fontsize=8)
    if column == "frechet_distance":
        ax.set_yscale("log")
        for set_formatter in (ax.yaxis.set_major_formatter, ax.yaxis.set_minor_formatter):
            set_formatter(LogFormatter(minor_thresholds=(2, 0.8), labelOnlyBase=False))


def space_title(space: str) -> str:
    """Of "8d_gaussian": its dimension above, its prior below."""
    dim, kind = space.split("d_")
    return f"{dim}-D\n{kind.replace('gaussian', 'Gaussian')}"
