"""The picture of the study: what each change does to each column, with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aae_course.artefacts.architectures_table import COLUMNS, effects_on
from aae_course.plots import DIGIT_COLOURS

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
        ax.text(0.5, 0.5, "no analysis", transform=ax.transAxes, ha="center", color="0.35")
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
