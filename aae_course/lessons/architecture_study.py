"""The two studies of notebook 11 in pictures and in words: interactions, costs, failures, advice.

Everything takes the numbers of the records ``figures/architectures_*.json`` together, or of
``figures/batch_norm.json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import geometric_mean, mean

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from aae_course.experiments.architectures.batch_norm import COLUMNS_OF_PLACES, PLACE_TITLES
from aae_course.experiments.architectures.failures import (
    best_sound,
    failed_metric,
    failed_percent,
)
from aae_course.experiments.architectures.recipes import TASKS
from aae_course.experiments.architectures.study import (
    COLUMNS_OF_STUDY,
    EIGHT,
    FACTORS,
    RATIOS,
    SHOWN,
    effects_on,
    in_words,
    round_factors,
    title_of,
    verdict,
)
from aae_course.experiments.numbers import Metrics
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional
from aae_course.pictures.plots import DIGIT_COLOURS
from aae_course.pictures.tables import Column

STUDIED = {column.name: column for column in COLUMNS_OF_STUDY}
PURPOSES = {  # what one may want, and the column that speaks of it
    "To rebuild images": "half_squared_error",
    "To have codes that follow the prior": "prior_two_sample_accuracy",
    "To draw new images": "frechet_distance",
    "To classify with few labels": "semi_supervised_error_percent",
    "To find clusters": "clustering_error_percent",
    "To classify with a hundred labels and views": "invariant_error_percent",
}


# Pictures


def draw_interaction(ax: Axes, metrics: Metrics, metric: str, pair: Sequence[str]) -> None:
    """Means over off and on of the first change, a line for each setting of the second.

    Parallel lines are no interaction. Small marks are single architectures, means over seeds. What
    has factors for effects is drawn on a logarithmic axis, with geometric means.

    Args:
        ax: where to draw.
        metrics: of the study of architectures.
        metric: what was measured.
        pair: two of the `FACTORS`.
    """
    over, beside = (FACTORS.index(factor) for factor in pair)
    ratio = metric in RATIOS
    middle = geometric_mean if ratio else mean
    means = {EIGHT[name]: mean(seeds) for name, seeds in metrics.per_seed(metric, EIGHT).items()}
    for setting, colour, marker in ((False, DIGIT_COLOURS[0], "o"), (True, DIGIT_COLOURS[1], "s")):
        cells = [
            [value for on, value in means.items() if (on[over], on[beside]) == (state, setting)]
            for state in (False, True)
        ]
        ax.plot([0, 1], [middle(cell) if cell else np.nan for cell in cells], color=colour,
                label=f"{pair[1]} {'on' if setting else 'off'}")  # fmt: skip
        for state, cell in enumerate(cells):
            ax.plot([state] * len(cell), cell, marker, color=colour, markersize=5, alpha=0.7)
    ax.set_xticks([0, 1], [f"{pair[0]} off", f"{pair[0]} on"])
    if ratio and means:
        ax.set_yscale("log")
        factors = round_factors(*np.log(ax.get_ylim()))
        ax.set_yticks(factors, [f"{each:g}" for each in factors])
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set(xlim=(-0.3, 1.3), ylabel=STUDIED[metric].heading)
    ax.legend(fontsize=8)


def draw_costs(metrics: Metrics, names: Sequence[str]) -> Figure:
    """Columns of the study over the operations for an image, a mark for each architecture.

    Circles halve by strides, squares by pooling, stars are perceptrons. Full marks have batch norm.
    From map to code orange ones have a dense layer, blue ones the whole map, green ones an average.
    Bars are stds over seeds.

    Args:
        metrics: of the study of architectures.
        names: of the columns, a panel each.
    """
    figure, axes = plt.subplots(
        1, len(names), figsize=(3.4 * len(names), 3.2), layout="constrained", squeeze=False
    )
    for ax, column in zip(axes[0], (STUDIED[name] for name in names), strict=True):
        for name in metrics.per_seed(column.name, ARCHITECTURES):
            number = metrics.of(name, column.name)
            ax.errorbar(
                megaflops(metrics, name), number.mean, yerr=number.std or 0.0, capsize=2,
                **_mark_of(name),
            )  # fmt: skip
        ax.set(xscale="log", xlabel="MFLOP / image", title=column.heading, ylim=(0, None))
        ax.set_ylabel("more is better" if column.more_is_better else "less is better", fontsize=9)
        ax.grid(alpha=0.3)
    return figure


def megaflops(metrics: Metrics, name: str) -> float:
    """Millions of operations that an architecture spends on an image."""
    return metrics.of(name, "flops_per_image").mean / 1e6


def _mark_of(name: str) -> dict:
    architecture = ARCHITECTURES[name]
    normed = architecture.batch_norm != "none"
    if not isinstance(architecture, Convolutional):
        grey = "0.3"
        return {"fmt": "*", "color": grey, "markersize": 11,
                "markerfacecolor": grey if normed else "white"}  # fmt: skip
    colour = DIGIT_COLOURS[{"whole map": 0, "dense": 1, "average": 2}[architecture.readout]]
    return {
        "fmt": "o" if architecture.strided else "s", "color": colour, "markersize": 8,
        "markerfacecolor": colour if normed else "white",
    }  # fmt: skip


def draw_failures(metrics: Metrics) -> Figure:
    """Share of the runs that failed, a bar for each architecture and task, one on another."""
    figure, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
    names, left = list(ARCHITECTURES), np.zeros(len(ARCHITECTURES))
    kinds = zip(TASKS.items(), DIGIT_COLOURS, ("", "//", "xx", ".."), strict=False)
    for (task, about), colour, hatch in kinds:
        shares = np.array([_share_failed(metrics, name, task) for name in names])
        ax.barh(
            names, shares, left=left, color=colour, hatch=hatch, edgecolor="white",
            label=about.title,
        )  # fmt: skip
        left += shares
    ax.set_yticks(range(len(names)), [title_of(name) for name in names])
    ax.set(xlim=(0, 100), xlabel="runs that failed, % of the runs of all tasks")
    ax.invert_yaxis()
    figure.legend(loc="outside right upper", fontsize=8)
    return figure


def _share_failed(metrics: Metrics, name: str, task: str) -> float:
    """Percent of the runs of an architecture, over all its tasks, that failed in this one."""
    tasks = [each for each in TASKS if metrics.of(name, failed_metric(each)).mean is not None]
    return (metrics.of(name, failed_metric(task)).mean or 0.0) / max(1, len(tasks))


def draw_places(metrics: Metrics) -> Figure:
    """Where batch norm stands: a panel for each column, a row for each place, a mark for each seed.

    Full marks are the best place and those that are not told from it.
    """
    figure, axes = plt.subplots(
        1, len(COLUMNS_OF_PLACES), figsize=(13, 3), layout="constrained", sharey=True
    )
    colour, heights = DIGIT_COLOURS[0], {row: -place for place, row in enumerate(PLACE_TITLES)}
    for ax, column in zip(axes, COLUMNS_OF_PLACES, strict=True):
        level = best_sound(metrics, PLACE_TITLES, column)
        for row, seeds in metrics.per_seed(column.name, PLACE_TITLES).items():
            face = colour if row in level else "white"
            ax.plot(seeds, [heights[row]] * len(seeds), "o", color=colour, markerfacecolor=face)
        ax.set_title(column.title, fontsize=9)
        ax.grid(axis="y", alpha=0.3)
    axes[0].set_yticks(list(heights.values()), PLACE_TITLES.values())
    return figure


# Words


def effects_in_words(metrics: Metrics) -> list[str]:
    """What the study says, a few words for each column, written from its numbers."""
    return [_effects_on(metrics, column) for column in COLUMNS_OF_STUDY]


def _effects_on(metrics: Metrics, column: Column) -> str:
    found = effects_on(metrics, column.name)
    if isinstance(found, str):
        return f"**{column.heading}**: no analysis ({found})."
    said = {name: (verdict(effect, column), effect) for name, effect in found.items()}
    clear = [
        f"{word} with {name}, {in_words(effect, column.name)}"
        for word in ("better", "worse")
        for name, (of_effect, effect) in said.items()
        if of_effect == word
    ]
    shaky = [name for name, (word, _) in said.items() if word == "needs every seed"]
    none = "no verdict" if shaky else "every change and pair of changes is open"
    parts = ["; ".join(clear) or none]
    if shaky:
        parts.append(f"told from zero only with every seed: {_list(shaky)}")
    if missing := [name for name in SHOWN if name not in found]:
        parts.append(f"not to be had, since an architecture has no number: {_list(missing)}")
    return f"**{column.heading}**: {'; '.join(parts)}. {_in_front(metrics, column)}"


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def _in_front(metrics: Metrics, column: Column) -> str:
    names = best_sound(metrics, ARCHITECTURES, column)
    if not names:
        return "Every architecture had runs that failed."
    return f"Best or not told from it: {' · '.join(title_of(name) for name in sorted(names))}."


def failures_in_words(metrics: Metrics) -> list[str]:
    """For each task the architectures of which runs failed, and how many in percent."""
    return [_failures_of(metrics, task) for task in TASKS]


def _failures_of(metrics: Metrics, task: str) -> str:
    shares = {name: metrics.of(name, failed_metric(task)).mean for name in ARCHITECTURES}
    failed = [f"{title_of(name)} ({share:.0f} %)" for name, share in shares.items() if share]
    if set(shares.values()) == {None}:
        return f"- **{TASKS[task].title}**: nothing was run."
    return f"- **{TASKS[task].title}**: {' · '.join(failed) or 'no run failed'}."


def what_to_use(metrics: Metrics) -> list[str]:
    """For each purpose the best mean, and the cheapest architecture that is not told from it."""
    return [_advice(metrics, purpose, STUDIED[name]) for purpose, name in PURPOSES.items()]


def _advice(metrics: Metrics, purpose: str, column: Column) -> str:
    heading = column.heading
    seeds = metrics.per_seed(column.name, ARCHITECTURES)
    if not seeds:
        return f"- **{purpose}** ({heading}): nothing was measured."
    means = {name: mean(each) for name, each in seeds.items()}
    level = best_sound(metrics, seeds, column) or set(seeds)
    first = (max if column.more_is_better else min)(level, key=means.get)
    cheap = min(level, key=lambda name: (megaflops(metrics, name), name != first))

    def described(name: str) -> str:
        return (
            f"{title_of(name)} ({means[name]:.3g}, {megaflops(metrics, name):.2g} MFLOP, "
            f"{failed_percent(metrics, name):.0f} % of its runs failed over all tasks)"
        )

    if cheap == first:
        return f"- **{purpose}** ({heading}): {described(first)}; nothing cheaper is level with it."
    return (
        f"- **{purpose}** ({heading}): {described(first)} has the best mean; "
        f"the cheapest that these seeds cannot tell from it is {described(cheap)}."
    )


def places_in_words(metrics: Metrics) -> list[str]:
    """Where batch norm is best, a sentence for each column, and whether it is needed at all."""
    return [_best_place(metrics, column) for column in COLUMNS_OF_PLACES]


def _best_place(metrics: Metrics, column: Column) -> str:
    level = best_sound(metrics, PLACE_TITLES, column)
    if not level:
        return f"- **{column.heading}**: nothing was measured."
    listed = " · ".join(title for row, title in PLACE_TITLES.items() if row in level)
    nowhere = _without(metrics, column, "norm_none" in level)
    return f"- **{column.heading}**: best or not told from it: {listed}. {nowhere}"


def _without(metrics: Metrics, column: Column, level: bool) -> str:
    """How batch norm nowhere stands in a column; ``level`` if it is not told from the best."""
    nowhere = metrics.of("norm_none", column.name).mean
    if nowhere is None:
        return "With batch norm nowhere every run failed."
    return f"Batch norm nowhere ({nowhere:.3g}) is {'not told' if level else 'told'} from the best."
