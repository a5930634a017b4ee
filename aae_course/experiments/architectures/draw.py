"""The pictures of the study: what each change does, what it costs, and which runs failed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aae_course.experiments.architectures.recipes import TASKS
from aae_course.experiments.architectures.table import (
    COLUMNS,
    FACTORS,
    PLACE_COLUMNS,
    PLACE_TITLES,
    combination,
    effects_on,
    title,
    values_of,
    winners,
)
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional
from aae_course.pictures.plots import DIGIT_COLOURS

BETTER, WORSE, OPEN = DIGIT_COLOURS[0], DIGIT_COLOURS[3], "0.55"


def draw_effects(metrics: Mapping[str, dict]) -> Figure:
    """A panel for each column, and in it each effect with its interval of 95 %.

    Filled marks are effects that are told from zero: a circle where the change helps, a square
    where it hurts. Open marks are not told from zero.

    Args:
        metrics: those of ``figures/architectures.json``.
    """
    figure, axes = plt.subplots(3, 3, figsize=(13, 8), layout="constrained", sharey=True)
    for ax, column in zip(axes.flat, COLUMNS, strict=True):
        draw_column(ax, metrics, column)
    return figure


def draw_column(ax: Axes, metrics: Mapping[str, dict], column: str) -> None:
    """The effects on one column, main effects above, interactions below."""
    heading, more = COLUMNS[column]
    ax.set_title(f"{heading} ({'more' if more else 'less'} is better)", fontsize=10)
    ax.axvline(0, color="0.3", linewidth=0.8)
    found = effects_on(metrics, column)
    if isinstance(found, str):
        why = textwrap.fill(f"no analysis: {found}", 34)
        ax.text(0.5, 0.5, why, transform=ax.transAxes, ha="center", va="center", color="0.35")
        ax.set_xticks([])
        return
    for place, effect in enumerate(found.values()):
        helps = (effect.size > 0) == more
        colour = OPEN if not effect.told_from_zero else BETTER if helps else WORSE
        ax.errorbar(
            effect.size, -place, xerr=effect.half_width, color=colour, capsize=3,
            fmt="o" if helps else "s", markerfacecolor=colour if effect.told_from_zero else "white",
        )  # fmt: skip
    ax.axhline(-2.5, color="0.85", linewidth=0.8)
    ax.set_yticks([-place for place in range(len(found))], list(found))
    ax.grid(axis="x", alpha=0.3)


def draw_interaction(
    ax: Axes, metrics: Mapping[str, dict], column: str, pair: Sequence[str]
) -> None:
    """Means over off and on of the first change, a line for each setting of the second.

    Parallel lines are no interaction. Small marks are single architectures, means over seeds.

    Args:
        ax: where to draw.
        metrics: those of ``figures/architectures.json``.
        column: what was measured.
        pair: two of the `FACTORS`.
    """
    over, beside = (FACTORS.index(factor) for factor in pair)
    values = {
        combination(ARCHITECTURES[name]): np.mean(found)
        for name, found in values_of(metrics, column).items()
        if isinstance(ARCHITECTURES[name], Convolutional)
    }
    for setting, colour, marker in ((False, DIGIT_COLOURS[0], "o"), (True, DIGIT_COLOURS[1], "s")):
        cells = [
            [value for on, value in values.items() if (on[over], on[beside]) == (state, setting)]
            for state in (False, True)
        ]
        ax.plot([0, 1], [np.mean(cell) if cell else np.nan for cell in cells], color=colour,
                label=f"{pair[1]} {'on' if setting else 'off'}")  # fmt: skip
        for state, cell in enumerate(cells):
            ax.plot([state] * len(cell), cell, marker, color=colour, markersize=5, alpha=0.7)
    ax.set_xticks([0, 1], [f"{pair[0]} off", f"{pair[0]} on"])
    ax.set(xlim=(-0.3, 1.3), ylabel=COLUMNS[column][0])
    ax.legend(fontsize=8)


def draw_costs(metrics: Mapping[str, dict], columns: Sequence[str]) -> Figure:
    """Each column over the operations for an image, a mark for each architecture.

    Circles halve by strides, squares by pooling, the star is the perceptrons. Full marks have batch
    norm; orange ones have a dense layer, blue ones none. Bars are stds over seeds.

    Args:
        metrics: those of ``figures/architectures.json``.
        columns: of `COLUMNS`, a panel each.
    """
    figure, axes = plt.subplots(
        1, len(columns), figsize=(3.4 * len(columns), 3.2), layout="constrained", squeeze=False
    )
    for ax, column in zip(axes[0], columns, strict=True):
        for name, found in values_of(metrics, column).items():
            flops = metrics[f"{name}.flops_per_image"]["mean"] / 1e6
            spread = np.std(found, ddof=1) if len(found) > 1 else 0.0
            ax.errorbar(flops, np.mean(found), yerr=spread, capsize=2, **_mark_of(name))
        heading, more = COLUMNS[column]
        ax.set(xscale="log", xlabel="MFLOP / image", title=heading, ylim=(0, None))
        ax.set_ylabel("more is better" if more else "less is better", fontsize=9)
        ax.grid(alpha=0.3)
    return figure


def _mark_of(name: str) -> dict:
    architecture = ARCHITECTURES[name]
    if not isinstance(architecture, Convolutional):
        return {"fmt": "*", "color": "0.3", "markersize": 11}
    strided, averaged, normed = combination(architecture)
    colour = DIGIT_COLOURS[0 if averaged else 1]
    return {
        "fmt": "o" if strided else "s", "color": colour, "markersize": 8,
        "markerfacecolor": colour if normed else "white",
    }  # fmt: skip


def draw_failures(metrics: Mapping[str, dict]) -> Figure:
    """Share of the runs that failed, a bar for each architecture and task, one on another."""
    figure, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
    names, left = list(ARCHITECTURES), np.zeros(len(ARCHITECTURES))
    for task, colour, hatch in zip(TASKS, DIGIT_COLOURS, ("", "//", "xx"), strict=False):
        found = [metrics.get(f"{name}.{task}_failed_percent") for name in names]
        shares = np.array([each["mean"] if each else 0.0 for each in found]) / len(TASKS)
        label = TASKS[task].title
        ax.barh(names, shares, left=left, color=colour, hatch=hatch, edgecolor="white", label=label)
        left += shares
    ax.set_yticks(range(len(names)), [title(name) for name in names])
    ax.set(xlim=(0, 100), xlabel="runs that failed, % of the runs of all three tasks")
    ax.invert_yaxis()
    figure.legend(loc="outside right upper", fontsize=8)
    return figure


def draw_places(metrics: Mapping[str, dict]) -> Figure:
    """Where batch norm stands: a panel for each column, a row for each place, a mark for each seed.

    Full marks are the best place and those that are not told from it.

    Args:
        metrics: those of ``figures/batch_norm.json``.
    """
    figure, axes = plt.subplots(1, len(PLACE_COLUMNS), figsize=(13, 3), layout="constrained",
                                sharey=True)  # fmt: skip
    for ax, (column, (heading, more)) in zip(axes, PLACE_COLUMNS.items(), strict=True):
        level = winners(metrics, PLACE_TITLES, column, more)
        for row, seeds in values_of(metrics, column, PLACE_TITLES).items():
            face = BETTER if row in level else "white"
            height = [-list(PLACE_TITLES).index(row)] * len(seeds)
            ax.plot(seeds, height, "o", color=BETTER, markerfacecolor=face)
        ax.set_title(f"{heading} ({'more' if more else 'less'} is better)", fontsize=9)
        ax.grid(axis="y", alpha=0.3)
    axes[0].set_yticks([-row for row in range(len(PLACE_TITLES))], PLACE_TITLES.values())
    return figure
