"""Pictures of notebook 12: the whole study, the differences from one method, the VAE's β.

Those of the study take the numbers of ``figures/comparison.json``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from aae_course.experiments.comparison.differences import Compared, Place, compare
from aae_course.experiments.comparison.measure import AT_MEANS
from aae_course.experiments.comparison.methods import (
    COLUMNS_OF_COMPARISON,
    DRAWN_CODES,
    MEAN_CODES,
    METHOD_TITLES,
    betas_tried,
    methods_in,
    number_of,
)
from aae_course.experiments.comparison.recipes import BETAS, SPACES
from aae_course.experiments.numbers import Metrics
from aae_course.pictures.plots import DIGIT_COLOURS
from aae_course.pictures.tables import Column

# A marker for each method beside its colour, so that the picture can be read in grey.
METHOD_MARKERS = dict(zip(DRAWN_CODES, "ods^vPX*", strict=True))
METHOD_COLOURS = dict(
    zip(DRAWN_CODES, [*(DIGIT_COLOURS[i] for i in (0, 1, 2, 3, 5, 4, 6)), "black"], strict=True)
)
SPREAD = 0.72  # share of a space's width that its methods take up


def draw_study(metrics: Metrics) -> Figure:
    """A panel for each column of the table, and in it a mark for each method in each space.

    Hollow marks are of codes at the means of q(z|x), beside the full one of the same model.
    """
    figure, axes = plt.subplots(3, 3, figsize=(10.5, 9), layout="constrained", sharex=True)
    for ax, column in zip(axes.flat, COLUMNS_OF_COMPARISON, strict=True):
        draw_methods(ax, metrics, column)
    marks = dict(zip(*reversed(axes.flat[2].get_legend_handles_labels()), strict=True))
    figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=4, fontsize=8)
    return figure


def draw_methods(ax: Axes, metrics: Metrics, column: Column) -> None:
    """Mean and standard deviation over seeds of one column, the spaces side by side."""
    present = methods_in(metrics)
    shown = [method for method in DRAWN_CODES if method in present]
    places = dict(zip(shown, np.linspace(-SPREAD / 2, SPREAD / 2, len(shown)), strict=True))
    for method, title in present.items():
        own = method.removeprefix(AT_MEANS)
        numbers = [number_of(metrics, space, method, column.name) for space in SPACES]
        if numbers[0].mean is None:
            continue
        hollow = {"markerfacecolor": "white"} if method in MEAN_CODES else {}
        ax.errorbar(
            np.arange(len(SPACES)) + places[own],
            [number.mean for number in numbers],
            [number.std or 0.0 for number in numbers],
            fmt=METHOD_MARKERS[own], color=METHOD_COLOURS[own], label=title,
            markersize=5, markeredgecolor=METHOD_COLOURS[own] if hollow else "black",
            markeredgewidth=0.9 if hollow else 0.4, linewidth=1.1, **hollow,
        )  # fmt: skip
    between_spaces(ax)
    ax.set_title(column.title, fontsize=9)
    if column.name == "frechet_distance":
        ax.set_yscale("log")
        for set_formatter in (ax.yaxis.set_major_formatter, ax.yaxis.set_minor_formatter):
            set_formatter(LogFormatter(minor_thresholds=(2, 0.8), labelOnlyBase=False))


def between_spaces(ax: Axes) -> None:
    """The spaces along the horizontal axis, with lines between them."""
    for border in range(1, len(SPACES)):
        ax.axvline(border - 0.5, color="0.85", linewidth=0.8)
    ax.set_xlim(-0.5, len(SPACES) - 0.5)
    ax.set_xticks(range(len(SPACES)), [space_title(space) for space in SPACES], fontsize=7)


def space_title(space: str) -> str:
    """Of "8d_gaussian": its dimension above, its prior below."""
    dim, kind = space.split("d_")
    return f"{dim}-D\n{kind.replace('gaussian', 'Gauss')}"


def draw_differences(metrics: Metrics, ours: str, rivals: Sequence[str]) -> Figure:
    """By how much ``ours`` is better than each rival, with intervals of 95 %; a panel a column.

    Upwards is better for ``ours``. A full mark is told from zero after the correction for all
    differences from the same rival, a hollow one is not.

    Args:
        metrics: of the comparison, with two seeds or more.
        ours: a method of the comparison.
        rivals: others.
    """
    figure, axes = plt.subplots(3, 3, figsize=(10.5, 8.5), layout="constrained", sharex=True)
    found = {rival: compare(metrics, ours, rival) for rival in rivals}
    for ax, column in zip(axes.flat, COLUMNS_OF_COMPARISON, strict=True):
        ax.axhline(0, color="0.2", linestyle=":", linewidth=1)
        for rival, offset in zip(rivals, np.linspace(-0.25, 0.25, len(rivals)), strict=True):
            draw_rival(ax, found[rival], rival, column, offset)
        between_spaces(ax)
        ax.set_title(f"{column.heading}: upwards, the AAE is better", fontsize=9)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=9)
    return figure


def draw_rival(
    ax: Axes, compared: Mapping[Place, Compared], rival: str, column: Column, offset: float
) -> None:
    """One column's differences from one rival."""
    sign, colour = (1 if column.more_is_better else -1), METHOD_COLOURS[rival]
    for at, space in enumerate(SPACES):
        each = compared.get(Place(column.name, space))
        if each is None:
            continue
        size, half = sign * each.difference.size, each.difference.high - each.difference.size
        ax.errorbar(
            at + offset, size, half, fmt=METHOD_MARKERS[rival], color=colour, markersize=5,
            markerfacecolor="white" if each.verdict == "open" else colour, linewidth=1.1,
            label=f"from {METHOD_TITLES[rival]}" if not at else None,
        )  # fmt: skip


def draw_betas(metrics: Metrics) -> Figure:
    """The VAE's Fréchet distance to validation images over β, a panel a space, the best ringed."""
    figure, axes = plt.subplots(2, 3, figsize=(9.5, 4.6), layout="constrained", sharex=True)
    for ax, space in zip(axes.flat, SPACES, strict=True):
        tried = betas_tried(metrics, space)
        values = [
            metrics.of(f"{space}_{run}", "validation_frechet_distance").per_seed for run in tried
        ]
        for run, seeds in zip(tried, values, strict=True):
            ax.plot([BETAS[run]] * len(seeds), seeds, "o", color=DIGIT_COLOURS[0], markersize=3.5)
        ax.plot([BETAS[run] for run in tried], tried.values(), color=DIGIT_COLOURS[0])
        best = min(tried, key=tried.get)
        ax.plot(BETAS[best], tried[best], "o", markersize=11, markerfacecolor="none", color="black")
        ax.set(xscale="log", title=space_title(space).replace("\n", " "), ylim=(0, None))
    for ax in axes[1]:
        ax.set_xlabel("β")
    for ax in axes[:, 0]:
        ax.set_ylabel("Fréchet, validation")
    return figure
