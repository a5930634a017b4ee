"""What the maps of notebook 10 measure, as a table, in words and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aae_course.lessons.embeddings import DECODED, Placed
from aae_course.pictures.plots import draw_codes

DRAWN = 500  # codes in a picture: more would lie on one another


@dataclass(frozen=True)
class Measure:
    """A row of the table: what it is called, how a value is written, and which is better."""

    title: str
    form: str
    more_is_better: bool = False
    images: str = ""  # the number that says how many images a share is of


MEASURES = {
    "own_error_percent": Measure("k-NN error, its own images", "{:.1f} %", images="own_images"),
    "new_error_percent": Measure("k-NN error, new images", "{:.1f} %", images="new_images"),
    "trustworthiness": Measure("trustworthiness", "{:.3f}", more_is_better=True),
    "continuity": Measure("continuity", "{:.3f}", more_is_better=True),
    "fit_seconds": Measure("time to fit", "{:.2f} s"),
    "embed_seconds": Measure("time to place new images", "{:.3g} s"),
    "decode_seconds": Measure(f"time to decode {DECODED}", "{:.3g} s"),
    "half_squared_error": Measure("error of what is decoded", "{:.1f}"),
}


def table(found: Mapping[str, Placed]) -> list[list[str]]:
    """A column for each method, a row for each measure; a dash where a method cannot."""
    rows = [["", *found]]
    counts = (f"{placed.numbers['fitted_images']:,}" for placed in found.values())
    rows.append(["images fitted", *counts])
    for name, measure in MEASURES.items():
        values = (placed.numbers.get(name) for placed in found.values())
        rows.append([measure.title, *(_written(measure, value) for value in values)])
    return rows


def _written(measure: Measure, value: float | None) -> str:
    return "–" if value is None else measure.form.format(value)


def in_words(
    found: Mapping[str, Placed], other: str, ours: str, names: Iterable[str] = MEASURES
) -> list[str]:
    """Measure by measure, which of two methods wins and which is best of all: a Markdown list.

    Args:
        found: method -> what it made of the images.
        other: a method, such as "UMAP".
        ours: the one to compare it with.
        names: of the measures.
    """
    words = []
    for name in names:
        measure = MEASURES[name]
        values = {title: placed.numbers.get(name) for title, placed in found.items()}
        able = {title: value for title, value in values.items() if value is not None}
        pair = ", ".join(f"{who} {_written(measure, values[who])}" for who in (other, ours))
        best = (max if measure.more_is_better else min)(able, key=able.get)
        verdict = _verdict(measure, found, name, other, ours)
        words.append(
            f"- **{measure.title}**: {pair}: {verdict}. Best of all: {best}, "
            f"{_written(measure, able[best])}."
        )
    return words


def _verdict(measure: Measure, found: Mapping[str, Placed], name: str, other, ours) -> str:
    """Who wins; nobody if both are written alike, or two shares of images could differ so by luck.

    By luck means here: by less than two standard errors of the difference.
    """
    a, b = (found[who].numbers for who in (other, ours))
    if a.get(name) is None or b.get(name) is None:
        able = [who for who, numbers in ((other, a), (ours, b)) if name in numbers]
        return f"only {able[0]} can" if able else "neither can"
    if _written(measure, a[name]) == _written(measure, b[name]):
        return "a draw"
    if measure.images and abs(a[name] - b[name]) < 2 * _standard_error(measure, name, a, b):
        return "too close to call"
    other_wins = (a[name] > b[name]) == measure.more_is_better
    return f"**{other if other_wins else ours} wins**"


def _standard_error(measure: Measure, name: str, *numbers: Mapping[str, float]) -> float:
    """Of the difference of two shares in percent, each of its own number of images."""
    variances = (each[name] * (100 - each[name]) / each[measure.images] for each in numbers)
    return sum(variances) ** 0.5


def draw_planes(found: Mapping[str, Placed], columns: int = 3) -> Figure:
    """The codes of the images that each method was fitted to, a panel each."""
    rows = -(-len(found) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.4 * columns, 3.6 * rows), layout="constrained", squeeze=False
    )
    for ax in axes.flat[len(found) :]:
        ax.remove()
    for (title, placed), ax in zip(found.items(), axes.flat, strict=False):
        draw_plane(ax, placed)
        ax.set_title(title)
    return figure


def draw_plane(ax: Axes, placed: Placed) -> None:
    """Codes, a colour and a numeral for each label; where zero lies has no meaning there."""
    z, labels = placed.codes.x[:DRAWN], placed.codes.y[:DRAWN]
    middle = (z.amax(0) + z.amin(0)) / 2
    draw_codes(ax, z - middle, labels)
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
