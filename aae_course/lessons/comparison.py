"""The comparison of notebook 12 as a picture, and one method against another.

Everything takes the numbers of ``figures/comparison.json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from aae_course.experiments.comparison.recipes import SPACES
from aae_course.experiments.comparison.table import COLUMNS_OF_COMPARISON, METHOD_TITLES, rows_of
from aae_course.experiments.numbers import Metrics
from aae_course.metrics.significance import differ
from aae_course.pictures.plots import DIGIT_COLOURS
from aae_course.pictures.tables import Column

# A marker for each method beside its colour, so that the picture can be read in grey.
METHOD_MARKERS = dict(zip(METHOD_TITLES, "ods^vX*", strict=True))
METHOD_COLOURS = dict(zip(METHOD_TITLES, [*DIGIT_COLOURS[:6], "black"], strict=True))
SPREAD = 0.72  # share of a space's width that its methods take up


def draw_study(metrics: Metrics) -> Figure:
    """A panel for each column of the table, and in it a dot for each method in each space."""
    figure, axes = plt.subplots(3, 3, figsize=(13, 9), layout="constrained", sharex=True)
    for ax, column in zip(axes.flat, COLUMNS_OF_COMPARISON, strict=True):
        draw_methods(ax, metrics, column)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def draw_methods(ax: Axes, metrics: Metrics, column: Column) -> None:
    """Mean and standard deviation over seeds of one column, the spaces side by side."""
    rows = [rows_of(metrics, space) for space in SPACES]
    offsets = np.linspace(-SPREAD / 2, SPREAD / 2, len(METHOD_TITLES))
    for (method, title), offset in zip(METHOD_TITLES.items(), offsets, strict=True):
        numbers = [metrics.of(of_space[method], column.name) for of_space in rows]
        ax.errorbar(
            np.arange(len(SPACES)) + offset,
            [number.mean for number in numbers],
            [number.std or 0.0 for number in numbers],
            fmt=METHOD_MARKERS[method], color=METHOD_COLOURS[method], label=title,
            markersize=6, markeredgecolor="black", markeredgewidth=0.4, linewidth=1.2,
        )  # fmt: skip
    for border in range(1, len(SPACES)):
        ax.axvline(border - 0.5, color="0.85", linewidth=0.8)
    ax.set_title(column.title, fontsize=10)
    ax.set_xlim(-0.5, len(SPACES) - 0.5)
    ax.set_xticks(range(len(SPACES)), [space_title(space) for space in SPACES], fontsize=8)
    if column.name == "frechet_distance":
        ax.set_yscale("log")
        for set_formatter in (ax.yaxis.set_major_formatter, ax.yaxis.set_minor_formatter):
            set_formatter(LogFormatter(minor_thresholds=(2, 0.8), labelOnlyBase=False))


def space_title(space: str) -> str:
    """Of "8d_gaussian": its dimension above, its prior below."""
    dim, kind = space.split("d_")
    return f"{dim}-D\n{kind.replace('gaussian', 'Gaussian')}"


def duel(metrics: Metrics, ours: str, theirs: str) -> dict[str, dict[str, list[str]]]:
    """Name of a column -> the spaces in which ``ours`` is "better", "worse", or "not told apart".

    Args:
        metrics: of the comparison.
        ours: a method of `METHOD_TITLES`.
        theirs: another one.
    """
    outcomes = {}
    for column in COLUMNS_OF_COMPARISON:
        spaces = outcomes[column.name] = {"better": [], "worse": [], "not told apart": []}
        for space in SPACES:
            rows = rows_of(metrics, space)
            a, b = (metrics.of(rows[m], column.name).per_seed for m in (ours, theirs))
            spaces[outcome(a, b, column.more_is_better)].append(space)
    return outcomes


def outcome(a: Sequence[float], b: Sequence[float], more_is_better: bool) -> str:
    """How the seeds of ``a`` stand against those of ``b``, by Welch's test.

    With one seed nothing can be told apart.
    """
    if min(len(a), len(b)) < 2 or not differ(a, b):
        return "not told apart"
    return "better" if (mean(a) > mean(b)) == more_is_better else "worse"
