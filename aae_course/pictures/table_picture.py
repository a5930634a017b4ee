"""A table as a picture: numbers stand point below point, and blocks are told apart."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from aae_course.pictures.tables import Table

SIZE, NOTE, ROW = 9.0, 8.0, 17.0  # points: of type, of type in notes, from row to row
GAP = 20.0  # points between columns
GROUND = "0.93"
NUMBER = re.compile(r"[-−]?[\d,]+")  # what stands before the point


@dataclass(frozen=True)
class Place:
    """Where a column stands, in points: its sides, and the point that its numbers share."""

    left: float
    right: float
    point: float


def draw_table(table: Table, title: str) -> Figure:
    """Draw a table: a rule below its heading, a ground under the title of a block, its notes.

    Args:
        table: words in ``**`` are bold.
        title: above the table.
    """
    first, *others = table.heading
    heading = [first, *map(_broken, others)]
    places = _places(heading, table.rows)
    width = max(places[-1].right, 1.2 * _width(title))
    notes = [line for note in table.notes for line in _wrapped(note, width)]
    tall = 1 + max(words.count("\n") for words in heading)
    rows = len(table.rows) + sum(map(bool, table.blocks))
    height = ROW * rows + 12.0 * (tall + len(notes)) + 50
    figure = plt.figure(figsize=((width + 20) / 72, height / 72), layout="none")
    ax = figure.add_axes((0, 0, 1, 1), xlim=(-10, width + 10), ylim=(height, 0))
    ax.set_axis_off()
    ax.text(0, 14, title, fontsize=10.5, weight="bold", va="center")
    y = _draw_heading(ax, heading, places, 34 + 12.0 * tall)
    y = _draw_blocks(ax, table, places, y)
    for line in notes:
        y += 12
        ax.text(0, y, line, fontsize=NOTE, color="0.25", va="center")
    return figure


def _draw_heading(ax: Axes, heading: Sequence[str], places: Sequence[Place], y: float) -> float:
    """Headings stand on a rule, the first to the left, each other above its numbers."""
    for i, (words, place) in enumerate(zip(heading, places, strict=True)):
        x, side = (place.left, "left") if i == 0 else ((place.left + place.right) / 2, "center")
        ax.text(x, y - 4, words, fontsize=SIZE, weight="bold", va="bottom", ha=side)
    _draw_rule(ax, places, y)
    return y


def _draw_blocks(ax: Axes, table: Table, places: Sequence[Place], y: float) -> float:
    """The rows of all blocks, and a rule below the last; where that is."""
    for title, rows in table.blocks.items():
        if title:
            size = places[-1].right, ROW
            ax.add_patch(Rectangle((0, y), *size, facecolor=GROUND, edgecolor="none"))
            ax.text(0, y + ROW / 2, f" {title}", fontsize=SIZE, weight="bold", va="center")
            y += ROW
        for row in rows:
            _draw_row(ax, row, places, y + ROW / 2)
            y += ROW
    _draw_rule(ax, places, y)
    return y + 2


def _draw_row(ax: Axes, row: Sequence[str], places: Sequence[Place], y: float) -> None:
    """The first cell to the left, numbers at their point, other words in the middle."""
    for i, (cell, place) in enumerate(zip(row, places, strict=True)):
        words, weight = cell.replace("**", ""), "bold" if cell.startswith("**") else "normal"
        look = {"fontsize": SIZE, "weight": weight, "va": "center"}
        before, after = _parts(words)
        if i == 0:
            ax.text(place.left, y, words, **look)
        elif before:
            ax.text(place.point, y, before, ha="right", **look)
            ax.text(place.point, y, after, ha="left", **look)
        else:
            ax.text((place.left + place.right) / 2, y, words, ha="center", **look)


def _draw_rule(ax: Axes, places: Sequence[Place], y: float) -> None:
    ax.plot([0, places[-1].right], [y, y], color="black", linewidth=0.8)


def _places(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Place]:
    """Columns as wide as their words want, numbers in the middle of them."""
    places, left = [], 0.0
    for words, cells in zip(heading, zip(*rows, strict=True), strict=True):
        first = not places
        parts = [("", "")] if first else [_parts(cell.replace("**", "")) for cell in cells]
        before, after = (max(map(_width, side)) for side in zip(*parts, strict=True))
        others = [cell for cell in cells if first or not _parts(cell.replace("**", ""))[0]]
        width = max([before + after, *map(_width, words.split("\n")), *map(_width, others)])
        point = left + (width - before - after) / 2 + before
        places.append(Place(left, left + width, point))
        left += width + GAP
    return places


def _parts(words: str) -> tuple[str, str]:
    """A number before its point, and the rest; nothing where words are no number."""
    found = NUMBER.match(words)
    return (found[0], words[found.end() :]) if found else ("", "")


def _width(words: str) -> float:
    """In points, as bold type."""
    bold = FontProperties(size=SIZE, weight="bold")
    return text_to_path.get_text_width_height_descent(words.replace("**", ""), bold, False)[0]


def _broken(heading: str) -> str:
    """Short lines, broken after a comma where there is one."""
    pieces = heading.replace(", ", ",\n").split("\n")
    return "\n".join(textwrap.fill(p, 16, break_long_words=False) for p in pieces)


def _wrapped(note: str, width: float) -> list[str]:
    """Lines of a note that are no wider than the table."""
    return textwrap.wrap(note, max(40, int(width / (0.56 * NOTE))))
