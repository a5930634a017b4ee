"""Strides, no dense layer, batch norm: twelve convolutional architectures; not in the paper.

The study is that of notebook 11, and each of its tasks is an artefact of its own, such as
``aae-course reproduce architectures_clustering --seeds 3``: a table with a row for each
architecture, and the effects of the changes as a picture.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from functools import partial

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from aae_course.experiments.architectures.failures import (
    by_seed,
    failed_metric,
    table_with_failures,
    task_of,
)
from aae_course.experiments.architectures.measure import measures
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES, TASKS
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import Metrics, seeds_in_words
from aae_course.metrics.factorial import Effect, contrasts, effects
from aae_course.networks.convolutional import ARCHITECTURES, CONVOLUTIONAL, Convolutional
from aae_course.pictures.style import DIGIT_COLOURS, WIDE
from aae_course.pictures.tables import Column, Table

FACTORS = ["strides", "no dense layer", "batch norm"]
AVERAGE = "average for whole map"
COLUMNS_OF_TASK = {
    "generation": [
        Column("half_squared_error", "reconstruction", form=".1f"),
        Column("prior_two_sample_accuracy", "told from prior", form=".3f"),
        Column("frechet_distance", "Fréchet", form=".0f"),
        Column("precision", "precision", more_is_better=True, form=".3f"),
        Column("recall", "recall", more_is_better=True, form=".3f"),
        Column("epochs_to_target", "epochs to target", form=".2f"),
    ],
    "semi_supervised": [
        Column("semi_supervised_error_percent", "1000 labels, error %", form=".1f")
    ],
    "clustering": [Column("clustering_error_percent", "16 clusters, error %", form=".1f")],
    "invariant": [Column("invariant_error_percent", "100 labels + views, %", form=".2f")],
}
COLUMNS_OF_STUDY = [column for columns in COLUMNS_OF_TASK.values() for column in columns]
# Of these the effect is a factor, since it is measured on logarithms; of others a difference.
RATIOS = {
    "half_squared_error", "frechet_distance", "epochs_to_target", "semi_supervised_error_percent",
    "clustering_error_percent", "invariant_error_percent",
}  # fmt: skip
VERDICTS = {  # of an effect: its mark, its colour, and the colour inside
    "better": ("o", DIGIT_COLOURS[0], DIGIT_COLOURS[0]),
    "worse": ("s", DIGIT_COLOURS[3], DIGIT_COLOURS[3]),
    "needs every seed": ("D", "0.35", "white"),
    "open": ("o", "0.6", "white"),
}
NOT_RUN = "–", "–"
NOTES = [
    "Failed runs are counted in the last column and are in no other. A dash: every run failed, or "
    "not every seed came to the target, or there was no such run.",
]


def title_of(name: str) -> str:
    """What an architecture of the study is called."""
    words = {"normed": "batch norm", "whole": "whole map"}
    return ", ".join(words.get(part, part) for part in name.split("_"))


def combination(architecture: Convolutional) -> tuple[bool, bool, bool]:
    """Which of the three changes an architecture has."""
    no_dense = architecture.readout != "dense"
    return architecture.strided, no_dense, architecture.batch_norm != "none"


# The eight of the factorial design: without a dense layer, the code comes from the whole map.
EIGHT = {
    name: combination(architecture)
    for name, architecture in CONVOLUTIONAL.items()
    if architecture.readout != "average"
}
CONTRASTS = {
    **contrasts(EIGHT, FACTORS),
    AVERAGE: {
        name: {"average": 0.25, "whole map": -0.25}[architecture.readout]
        for name, architecture in CONVOLUTIONAL.items()
        if architecture.readout != "dense"
    },
}
MAIN = [*FACTORS, AVERAGE]
SHOWN = [*MAIN, *(name for name in CONTRASTS if name not in MAIN)]
COMPARISONS = len(SHOWN) * len(COLUMNS_OF_STUDY)


def effects_on(metrics: Metrics, metric: str) -> dict[str, Effect] | str:
    """The effects on a metric in the order of `SHOWN`, on logarithms for `RATIOS`.

    Their intervals hold together for all effects on all columns. An effect that needs an
    architecture without a sound run is left out. Where there is none at all, a string says why.
    """
    try:
        values = {name: by_seed(metrics, name, metric) for name in CONVOLUTIONAL}
        if metric in RATIOS:
            values = {name: logarithms(seeds) for name, seeds in values.items()}
        found = effects(values, CONTRASTS, COMPARISONS)
    except ValueError as error:
        return str(error)
    return {name: found[name] for name in SHOWN if name in found}


def logarithms(seeds: dict[int, float]) -> dict[int, float]:
    """Of every seed's number.

    Raises:
        ValueError: a number is 0 or less.
    """
    if min(seeds.values(), default=1.0) <= 0:
        raise ValueError("a number is 0, and has no logarithm")
    return {seed: math.log(value) for seed, value in seeds.items()}


def verdict(effect: Effect, column: Column) -> str:
    """One of `VERDICTS`; better and worse hold without any one of the seeds too."""
    if not effect.told_from_zero:
        return "open"
    if not effect.steady:
        return "needs every seed"
    return "better" if (effect.size > 0) == column.more_is_better else "worse"


def in_words(effect: Effect, metric: str) -> str:
    """Such as "× 0.85 (0.80 to 0.91)" or "+0.020 (+0.010 to +0.030)"."""
    ends = effect.size, effect.size - effect.half_width, effect.size + effect.half_width
    if metric in RATIOS:
        middle, low, high = (f"{math.exp(end):.2f}" for end in ends)
        return f"× {middle} ({low} to {high})"
    middle, low, high = (f"{end:+.3f}" for end in ends)
    return f"{middle} ({low} to {high})"


def table_architectures(metrics: Metrics, columns: Sequence[Column] = COLUMNS_OF_STUDY) -> Table:
    """A row for each architecture."""
    heading = ["", "weights", "MFLOP / image"]
    starts = {name: [title_of(name), *sizes_of(metrics, name)] for name in ARCHITECTURES}
    failed = {failed_metric(task_of(column.name)): None for column in columns}  # each task once
    notes = [*NOTES, max((seeds_in_words(metrics, each) for each in failed), key=len)]
    return table_with_failures(metrics, heading, starts, columns, notes)


def sizes_of(metrics: Metrics, name: str) -> tuple[str, str]:
    """Weights, and millions of operations for an image; dashes where there was no run."""
    weights, flops = (metrics.of(name, size).mean for size in ("parameters", "flops_per_image"))
    if weights is None or flops is None:
        return NOT_RUN
    return f"{weights:,.0f}", f"{flops / 1e6:.1f}"


def draw_effects(metrics: Metrics, columns: Sequence[Column] = COLUMNS_OF_STUDY) -> Figure:
    """A panel for each column, and in it each effect with its interval, in the marks of `VERDICTS`.

    Errors, distances and epochs have factors, on a logarithmic axis, the others differences.
    """
    rows = -(-len(columns) // 3)
    figure, axes = plt.subplots(
        rows, min(3, len(columns)), figsize=(WIDE, 0.9 + 2.7 * rows), layout="constrained",
        sharey=True, squeeze=False,
    )  # fmt: skip
    for ax, column in zip(axes.flat, columns, strict=True):
        draw_effects_on(ax, metrics, column)
    figure.supxlabel(
        f"effect, a factor (×) or a difference (+), and its interval: all {COMPARISONS} intervals "
        "of the study hold together with 95 %",
        fontsize=10,
    )
    handles = [
        Line2D([], [], linestyle="", marker=mark, color=colour, markerfacecolor=face, label=words)
        for words, (mark, colour, face) in VERDICTS.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure


def draw_effects_on(ax: Axes, metrics: Metrics, column: Column) -> None:
    """The effects on one column: changes above, interactions below."""
    ax.set_title(column.title)
    names = [name.replace("layer × batch", "layer\n× batch") for name in SHOWN]
    ax.set_yticks([-place for place in range(len(names))], names)
    ax.set_ylim(0.6 - len(names), 0.6)
    ax.axvline(0, color="0.3", linewidth=0.8)
    ax.axhline(0.5 - len(MAIN), color="0.8", linewidth=0.8)
    ax.grid(axis="x")
    found = effects_on(metrics, column.name)
    if isinstance(found, str):
        why = textwrap.fill(f"no analysis: {found}", 30)
        ax.text(0.5, 0.5, why, transform=ax.transAxes, ha="center", va="center", color="0.35")
        ax.set_xticks([])
        return
    for place, name in enumerate(SHOWN):
        if name in found:
            _draw_effect(ax, -place, found[name], column)
        else:
            ax.annotate(
                "one of them has no number", (0.5, -place), ha="center", va="center",
                xycoords=("axes fraction", "data"), fontsize=8, color="0.35",
            )  # fmt: skip
    ax.locator_params(axis="x", nbins=5)
    if column.name in RATIOS:
        factors = round_factors(*ax.get_xlim())
        ax.set_xticks([math.log(each) for each in factors], [f"× {each:g}" for each in factors])


def round_factors(low: float, high: float) -> list[float]:
    """A few round factors between two logarithms."""
    if high - low > math.log(6):
        powers = range(math.ceil(low / math.log(2)), math.floor(high / math.log(2)) + 1)
        return [2.0**power for power in list(powers)[:: 1 + len(powers) // 6]]
    places = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(math.exp(low), math.exp(high))
    return [round(each, 6) for each in places if math.exp(low) <= each <= math.exp(high)]


def _draw_effect(ax: Axes, place: float, effect: Effect, column: Column) -> None:
    mark, colour, face = VERDICTS[verdict(effect, column)]
    ax.errorbar(
        effect.size, place, xerr=effect.half_width, fmt=mark, color=colour, capsize=3,
        markerfacecolor=face,
    )  # fmt: skip


MEASURE_OF_PANEL = measures(ARCHITECTURE_RECIPES)


def artefact_of(task: str) -> Artefact:
    """The architectures in one task."""
    columns = COLUMNS_OF_TASK[task]
    measure = {
        panel: each for panel, each in MEASURE_OF_PANEL.items() if panel.endswith(f"_{task}")
    }
    return Artefact(
        f"Twelve convolutional architectures, {TASKS[task].title} (not in the paper)",
        {panel: panel for panel in measure},
        measure=measure,
        table=partial(table_architectures, columns=columns),
        draw_numbers=partial(draw_effects, columns=columns),
    )


ARTEFACTS = {f"architectures_{task}": artefact_of(task) for task in TASKS}
