"""What the maps of notebook 10 measure, as a table, in words and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aae_course.experiments.numbers import Number
from aae_course.lessons.embeddings import DECODED, Placed
from aae_course.pictures.plots import draw_codes
from aae_course.pictures.tables import Column, heading_of, table_rows

MEASURES = {
    column.name: column
    for column in (
        Column("own_error_percent", "k-NN error, its own images", form=".1f", unit=" %"),
        Column("new_error_percent", "k-NN error, new images", form=".1f", unit=" %"),
        Column("trustworthiness", "trustworthiness", more_is_better=True, form=".3f"),
        Column("continuity", "continuity", more_is_better=True, form=".3f"),
        Column("fit_seconds", "time to fit", form=".2f", unit=" s"),
        Column("embed_seconds", "time to place new images", unit=" s"),
        Column("decode_seconds", f"time to decode {DECODED}", unit=" s"),
        Column("half_squared_error", "error of what is decoded", form=".1f"),
    )
}
DRAWN = 500  # codes in a picture: more would lie on one another
# The number that says of how many images a share is.
IMAGES_OF = {"own_error_percent": "own_images", "new_error_percent": "new_images"}


def table(methods: Mapping[str, Placed]) -> list[list[str]]:
    """A column for each method, a row for each measure; a dash where a method cannot."""
    columns = list(MEASURES.values())
    starts = {
        name: [name, f"{placed.numbers['fitted_images']:,}"] for name, placed in methods.items()
    }
    rows = table_rows(starts, columns, lambda name, m: number_of(methods[name], m), absent="–")
    by_method = [["", "images fitted", *heading_of(columns)], *rows]
    return [list(line) for line in zip(*by_method, strict=True)]


def number_of(placed: Placed, measure: str) -> Number:
    """What a method got; an empty number if it cannot do what is measured."""
    return Number(placed.numbers.get(measure))


def in_words(
    methods: Mapping[str, Placed], other: str, ours: str, names: Iterable[str] = MEASURES
) -> list[str]:
    """Measure by measure, which of two methods wins and which is best of all: a Markdown list.

    Args:
        methods: method -> what it made of the images.
        other: a method, such as "UMAP".
        ours: the one to compare it with.
        names: of the measures.
    """
    words = []
    for measure in (MEASURES[name] for name in names):
        numbers = {name: number_of(placed, measure.name) for name, placed in methods.items()}
        able = {name: number.mean for name, number in numbers.items() if number.mean is not None}
        pair = ", ".join(f"{who} {_written(measure, numbers[who])}" for who in (other, ours))
        best = (max if measure.more_is_better else min)(able, key=able.get)
        verdict = _verdict(measure, methods, other, ours)
        words.append(
            f"- **{measure.heading}**: {pair}: {verdict}. Best of all: {best}, "
            f"{_written(measure, numbers[best])}."
        )
    return words


def _written(measure: Column, number: Number) -> str:
    return "–" if number.mean is None else measure.written(number)


def _verdict(measure: Column, methods: Mapping[str, Placed], other: str, ours: str) -> str:
    """Who wins; nobody if both are written alike, or two shares of images could differ so by luck.

    By luck means here: by less than two standard errors of the difference.
    """
    numbers = {who: number_of(methods[who], measure.name) for who in (other, ours)}
    able = [who for who, number in numbers.items() if number.mean is not None]
    if len(able) < 2:
        return f"only {able[0]} can" if able else "neither can"
    a, b = numbers.values()
    if measure.written(a) == measure.written(b):
        return "a draw"
    images = IMAGES_OF.get(measure.name)
    if images:
        counts = [methods[who].numbers[images] for who in (other, ours)]
        if abs(a.mean - b.mean) < 2 * _standard_error((a.mean, b.mean), counts):
            return "too close to call"
    other_wins = (a.mean > b.mean) == measure.more_is_better
    return f"**{other if other_wins else ours} wins**"


def _standard_error(percents: Sequence[float], images: Sequence[int]) -> float:
    """Of the difference of two shares in percent, each of its own number of images."""
    variances = (p * (100 - p) / n for p, n in zip(percents, images, strict=True))
    return sum(variances) ** 0.5


def draw_planes(methods: Mapping[str, Placed], columns: int = 3) -> Figure:
    """The codes of the images that each method was fitted to, a panel each."""
    rows = -(-len(methods) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.4 * columns, 3.6 * rows), layout="constrained", squeeze=False
    )
    for ax in axes.flat[len(methods) :]:
        ax.remove()
    for (title, placed), ax in zip(methods.items(), axes.flat, strict=False):
        draw_plane(ax, placed)
        ax.set_title(title)
    return figure


def draw_plane(ax: Axes, placed: Placed) -> None:
    """Codes, a colour and a numeral for each label; where zero lies has no meaning there."""
    z, labels = placed.codes.x[:DRAWN], placed.codes.y[:DRAWN]
    middle = (z.amax(0) + z.amin(0)) / 2
    draw_codes(ax, z - middle, labels)
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
