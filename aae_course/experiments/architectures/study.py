"""Strides, no dense layer, batch norm: eight convolutional architectures; not in the paper.

The command is ``aae-course reproduce architectures``. The study is that of notebook 11: a table
with a row for each architecture, and the effects of the three changes as a picture.
"""

from __future__ import annotations

import textwrap

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from aae_course.experiments.architectures.failures import table_with_failures
from aae_course.experiments.architectures.measure import measures
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import Metrics
from aae_course.metrics.factorial import Combination, Effect, effects
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional
from aae_course.pictures.style import DIGIT_COLOURS, WIDE
from aae_course.pictures.tables import Column, Table

FACTORS = ("strides", "no dense layer", "batch norm")
COLUMNS_OF_STUDY = [
    Column("half_squared_error", "reconstruction", form=".1f"),
    Column("prior_two_sample_accuracy", "told from prior", form=".3f"),
    Column("frechet_distance", "Fréchet", form=".0f"),
    Column("precision", "precision", more_is_better=True, form=".3f"),
    Column("recall", "recall", more_is_better=True, form=".3f"),
    Column("semi_supervised_error_percent", "1000 labels, error %", form=".1f"),
    Column("clustering_error_percent", "16 clusters, error %", form=".1f"),
    Column("epochs_to_target", "epochs to target", form=".2f"),
    Column("images_per_second", "images / s", more_is_better=True, form=",.0f"),
]
BETTER, WORSE, OPEN = DIGIT_COLOURS[0], DIGIT_COLOURS[3], "0.55"


def title_of(name: str) -> str:
    """What an architecture of the study is called."""
    return name.replace("_", ", ").replace("normed", "batch norm")


def combination(architecture: Convolutional) -> Combination:
    """Which of the three changes an architecture has."""
    normed = architecture.batch_norm != "none"
    return architecture.strided, architecture.readout != "dense", normed


def effects_on(metrics: Metrics, metric: str) -> dict[str, Effect] | str:
    """Main effects and interactions of the three changes on a metric, or why there are none."""
    seeds_by_changes = {
        combination(architecture): metrics.of(name, metric).per_seed
        for name, architecture in ARCHITECTURES.items()
        if isinstance(architecture, Convolutional)
    }
    try:
        return effects(seeds_by_changes, FACTORS)
    except ValueError as error:
        return str(error)


def table_architectures(metrics: Metrics) -> Table:
    """A row for each architecture."""
    heading = ["", "weights", "MFLOP / image"]
    starts = {name: [title_of(name), *sizes_of(metrics, name)] for name in ARCHITECTURES}
    return table_with_failures(metrics, heading, starts, COLUMNS_OF_STUDY)


def sizes_of(metrics: Metrics, name: str) -> tuple[str, str]:
    """Weights, and millions of operations for an image."""
    weights, flops = (metrics.of(name, size).mean for size in ("parameters", "flops_per_image"))
    return f"{weights or 0:,.0f}", f"{(flops or 0) / 1e6:.1f}"


def draw_effects(metrics: Metrics) -> Figure:
    """A panel for each column, and in it each effect with its interval of 95 %.

    Filled marks are effects that are told from zero: a circle where the change helps, a square
    where it hurts. Open marks are not told from zero.
    """
    figure, axes = plt.subplots(3, 3, figsize=(WIDE, 8.4), layout="constrained", sharey=True)
    for ax, column in zip(axes.flat, COLUMNS_OF_STUDY, strict=True):
        draw_effects_on(ax, metrics, column)
    figure.supxlabel("effect, with its interval of 95 %", fontsize=10)
    marks = {"helps": ("o", BETTER, BETTER), "hurts": ("s", WORSE, WORSE),
             "not told from zero": ("o", OPEN, "white")}  # fmt: skip
    handles = [
        Line2D([], [], linestyle="", marker=mark, color=colour, markerfacecolor=face, label=words)
        for words, (mark, colour, face) in marks.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure


def draw_effects_on(ax: Axes, metrics: Metrics, column: Column) -> None:
    """The effects on one column, main effects above, interactions below."""
    ax.set_title(column.title)
    ax.axvline(0, color="0.3", linewidth=0.8)
    by_name = effects_on(metrics, column.name)
    if isinstance(by_name, str):
        why = textwrap.fill(f"no analysis: {by_name}", 34)
        ax.text(0.5, 0.5, why, transform=ax.transAxes, ha="center", va="center", color="0.35")
        ax.set_xticks([])
        return
    for place, effect in enumerate(by_name.values()):
        helps = (effect.size > 0) == column.more_is_better
        colour = OPEN if not effect.told_from_zero else BETTER if helps else WORSE
        ax.errorbar(
            effect.size, -place, xerr=effect.half_width, color=colour, capsize=3,
            fmt="o" if helps else "s", markerfacecolor=colour if effect.told_from_zero else "white",
        )  # fmt: skip
    ax.axhline(-2.5, color="0.85", linewidth=0.8)
    names = [name.replace("layer × batch", "layer\n× batch") for name in by_name]
    ax.set_yticks([-place for place in range(len(names))], names)
    ax.locator_params(axis="x", nbins=5)
    ax.grid(axis="x")


MEASURE_OF_PANEL = measures(ARCHITECTURE_RECIPES)
ARTEFACT = Artefact(
    "Strides, no dense layer, batch norm: eight convolutional architectures (not in the paper)",
    {panel: panel for panel in MEASURE_OF_PANEL},
    measure=MEASURE_OF_PANEL,
    table=table_architectures,
    draw_numbers=draw_effects,
)
