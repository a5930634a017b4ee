"""What the maps of notebook 10 measure: as a table, as differences in words, and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aae_course.experiments.numbers import Number, summarise
from aae_course.lessons.embeddings import DECODED, Placed
from aae_course.metrics.significance import Difference, differences
from aae_course.pictures.plots import draw_codes
from aae_course.pictures.tables import Column, heading_of, table_rows

JUDGED = (
    Column("own_error_percent", "k-NN error, its own images", form=".1f", unit=" %"),
    Column("new_error_percent", "k-NN error, new images", form=".1f", unit=" %"),
    Column("trustworthiness", "trustworthiness", more_is_better=True, form=".3f"),
    Column("continuity", "continuity", more_is_better=True, form=".3f"),
    Column("half_squared_error", f"error of {DECODED} decoded", form=".1f"),
)
TIMES = (
    Column("fit_seconds", "time to fit", unit=" s"),
    Column("embed_seconds", "time to place new images", unit=" s"),
    Column("decode_seconds", f"time to decode {DECODED}", unit=" s"),
)
MEASURES = {column.name: column for column in (*JUDGED, *TIMES)}
DRAWN = 500  # codes in a picture: more would lie on one another
Fits = Sequence[Placed]  # of one method, a fit for each seed


def table(methods: Mapping[str, Fits]) -> list[list[str]]:
    """A column for each method, a row for each measure; a dash where a method cannot."""
    columns = list(MEASURES.values())
    starts = {
        name: [name, f"{len(fits)}", f"{fits[0].numbers['fitted_images']:,}"]
        for name, fits in methods.items()
    }
    rows = table_rows(starts, columns, lambda name, m: number_of(methods[name], m), absent="–")
    by_method = [["", "fits", "images fitted", *heading_of(columns)], *rows]
    return [list(line) for line in zip(*by_method, strict=True)]


def number_of(fits: Fits, measure: str) -> Number:
    """What a method got, over its fits; an empty number if it cannot do what is measured."""
    values = [fit.numbers[measure] for fit in fits if measure in fit.numbers]
    return Number(**summarise(values, None)) if values else Number()


@dataclass(frozen=True)
class Verdict:
    """How two methods differ in a measure, and which is ``better``; None where this is open."""

    measure: Column
    difference: Difference
    better: str | None


def verdicts(methods: Mapping[str, Fits], other: str, ours: str) -> dict[str, Verdict]:
    """Measure -> how ``ours`` differs from ``other``, where both can do what is measured.

    Every measure is a test of its own, so the p-values are corrected for their number (Holm).

    Args:
        methods: method -> its fits, two at least.
        other: a method, such as "UMAP".
        ours: the one to compare with it.
    """
    found = differences(
        {
            column: [number_of(methods[name], column.name).per_seed for name in (ours, other)]
            for column in JUDGED
        }
    )
    return {
        column.name: Verdict(column, each, _better(column, each, other, ours))
        for column, each in found.items()
    }


def _better(column: Column, found: Difference, other: str, ours: str) -> str | None:
    if not found.told_apart:
        return None
    return ours if (found.size > 0) == column.more_is_better else other


def in_words(found: Iterable[Verdict]) -> list[str]:
    """Differences with their intervals, and what they tell: a Markdown list."""
    return [_line(each.measure, each.difference, each.better) for each in found]


def _line(measure: Column, found: Difference, better: str | None) -> str:
    size, low, high = (f"{v:+{measure.form}}" for v in (found.size, found.low, found.high))
    verdict = f"**{better}** is better" if better else "not told apart"
    return f"- **{measure.heading}**: {size}{measure.unit}, from {low} to {high}: {verdict}."


def draw_planes(methods: Mapping[str, Fits], columns: int = 3) -> Figure:
    """The codes of the images of each method's first fit, a panel each."""
    rows = -(-len(methods) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.4 * columns, 3.6 * rows), layout="constrained", squeeze=False
    )
    for ax in axes.flat[len(methods) :]:
        ax.remove()
    for (title, fits), ax in zip(methods.items(), axes.flat, strict=False):
        draw_plane(ax, fits[0])
        ax.set_title(title)
    return figure


def draw_plane(ax: Axes, placed: Placed) -> None:
    """Codes, a colour and a numeral for each label; where zero lies has no meaning there."""
    z, labels = placed.codes.x[:DRAWN], placed.codes.y[:DRAWN]
    middle = (z.amax(0) + z.amin(0)) / 2
    draw_codes(ax, z - middle, labels)
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
