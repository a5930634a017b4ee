"""The pieces of a drawn architecture: networks, vectors of units, priors, arrows, badges.

Lengths are in units of the drawing. A piece is placed by its middle, but a network by its left
side, since its length depends on how many layers it has.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from aae_course.models.priors import Prior
from aae_course.pictures.style import DIGIT_COLOURS
from aae_course.pictures.wiring import Vector

LAYER, PAD, HALF = 0.44, 0.34, 1.12  # between layers, at the sides of a network, half its height
CELL, SHOWN = 0.13, 11  # side of a unit of a vector, and how many of them are drawn
LINE, GREY, GROUND, BAR = "0.25", "0.4", "0.955", "0.78"
PHASE_COLOURS = [DIGIT_COLOURS[i] for i in (0, 3, 2, 4, 8, 7)]
SOFTMAX = {2: 0.75, 3: 0.25, 5: 0.85, 8: 0.7}  # grey of some units, as an example
Place = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """The ground that a piece covers."""

    left: float
    right: float
    y: float
    half: float = HALF  # its height

    @property
    def x(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2


def draw_network(ax: Axes, left: float, y: float, title: str, widths: Sequence[int]) -> Box:
    """A bar for each layer, its height by the logarithm of its width, on a pale ground."""
    box = Box(left, left + LAYER * max(0, len(widths) - 1) + 2 * PAD, y)
    ax.add_patch(_rounded(left, y - HALF, box.right - left, 2 * HALF, GROUND, "0.8"))
    for i, width in enumerate(widths):
        x, height = left + PAD + i * LAYER, 0.2 + 0.14 * math.log2(width)
        ax.add_patch(Rectangle((x - 0.08, y - height / 2), 0.16, height, fc=BAR, ec=LINE))
        write(ax, (x, y - height / 2 - 0.13), str(width), size=7, colour=GREY)
    write(ax, (box.x, y + HALF + 0.2), title, size=10)
    return box


def draw_matrix(ax: Axes, left: float, y: float, title: str, rows: int, columns: int) -> Box:
    """A linear map as the grid of its weights."""
    across, up = (min(n, SHOWN) for n in (columns, rows))
    box = Box(left, left + across * CELL, y, up * CELL / 2 + 0.45)
    for i in range(up):
        for j in range(across):
            draw_unit(ax, (left + (j + 0.5) * CELL, y + (i + 0.5 - up / 2) * CELL), GROUND)
    below = y - up * CELL / 2
    write(ax, (box.x, below - 0.22), title, size=10)
    write(ax, (box.x, below - 0.45), f"{rows} × {columns}", size=7, colour=GREY)
    return box


def draw_column(ax: Axes, place: Place, vector: Vector, named_above: bool = False) -> float:
    """A vector as a column of units, with its name, kind and width at corners; half its height."""
    (x, y), half = place, CELL * min(vector.units, SHOWN) / 2
    _draw_units(ax, vector, [(x, y + half - (i + 0.5) * CELL) for i in range(SHOWN)])
    high = max(half, 0.28)
    beside, side = (
        ((x, y + high + 0.24), "center") if named_above else ((x - 0.13, y + high), "right")
    )
    write(ax, beside, f"${vector.name}$", size=12, side=side)
    write(ax, (x + 0.13, y + high - 0.03), vector.kind, size=7.5, colour=GREY, side="left")
    write(ax, (x + 0.13, y - high + 0.05), str(vector.units), size=7, colour=GREY, side="left")
    return half


def draw_row(ax: Axes, place: Place, vector: Vector) -> float:
    """A vector as a row of units, with its name before and its kind below it; its right end."""
    (x, y), half = place, CELL * min(vector.units, SHOWN) / 2
    _draw_units(ax, vector, [(x - half + (i + 0.5) * CELL, y) for i in range(SHOWN)])
    write(ax, (x - half - 0.12, y), f"${vector.name}$", size=12, side="right")
    write(ax, (x - half, y - 0.22), vector.kind, size=7.5, colour=GREY, side="left")
    if vector.unlabelled:
        write(ax, (x + half, y - 0.22), "no label", size=7.5, colour=GREY, side="right")
    return x + half


def _draw_units(ax: Axes, vector: Vector, middles: Sequence[Place]) -> None:
    """As many units as are shown, those in the middle of a long vector left out."""
    left_out = vector.units - SHOWN
    for i, middle in enumerate(middles[: vector.units]):
        unit = i if i < SHOWN // 2 else i + max(0, left_out)
        if left_out > 0 and i == SHOWN // 2:
            write(ax, middle, "⋮", size=8)
        elif vector.unlabelled and unit == vector.units - 1:
            draw_unit(ax, middle, "white", ls=(0, (1.5, 1.2)))
        else:
            draw_unit(ax, middle, _shade(vector.kind, unit))


def _shade(kind: str, unit: int) -> str:
    """One dark unit of a one-hot vector, some of a softmax; all alike in a linear one."""
    if kind == "one-hot":
        return "0.1" if unit == 3 else "white"
    return str(SOFTMAX.get(unit, 1.0)) if kind == "softmax" else BAR


def draw_unit(ax: Axes, place: Place, ground: str, **look) -> None:
    """One unit of a vector, or weight of a matrix."""
    corner = place[0] - CELL / 2, place[1] - CELL / 2
    ax.add_patch(Rectangle(corner, CELL, CELL, fc=ground, ec=LINE, lw=0.8, **look))


def draw_prior(ax: Axes, place: Place, prior: Prior, letter: str) -> Box:
    """Its letter, its name in words and its settings, in a frame."""
    settings = ", ".join(f"{key}\N{NO-BREAK SPACE}{v:g}" for key, v in prior.settings.items())
    lines = textwrap.wrap(", ".join(filter(None, (f"{prior.dim}-D", settings))), 30)
    words = re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f" {letter[0].lower()}", type(prior).__name__)
    half = 0.38 + 0.1 * len(lines)
    width = 0.4 + max(0.098 * len(words), *(0.078 * len(line) for line in lines))
    x, y = place
    ax.add_patch(_rounded(x - width / 2, y - half, width, 2 * half, "white", LINE))
    write(ax, (x, y + half - 0.2), f"$p({letter})$", size=12)
    write(ax, (x, y + half - 0.48), words, size=9)
    for i, line in enumerate(lines):
        write(ax, (x, y + half - 0.7 - 0.19 * i), line, size=7, colour=GREY)
    return Box(x - width / 2, x + width / 2, y)


def draw_arrow(ax: Axes, *corners: Place) -> None:
    """A line through all corners, with a head at the last one."""
    style = {"arrowstyle": "-|>", "color": LINE, "shrinkA": 0, "shrinkB": 0, "lw": 1.1}
    ax.plot(*zip(*corners[:-1], strict=True), color=LINE, lw=1.1, solid_joinstyle="miter")
    ax.annotate("", corners[-1], corners[-2], arrowprops=style)


def draw_plus(ax: Axes, place: Place) -> None:
    """A sum."""
    ring = {"boxstyle": "circle,pad=0.12", "facecolor": "white", "edgecolor": LINE}
    ax.text(*place, "+", fontsize=11, ha="center", va="center", bbox=ring, zorder=5)


def draw_badge(ax: Axes, place: Place, number: int) -> None:
    """The number of a phase."""
    disc = {"boxstyle": "circle,pad=0.2", "fc": PHASE_COLOURS[number - 1], "ec": "none"}
    style = {"fontsize": 7.5, "color": "white", "weight": "bold", "bbox": disc}
    ax.text(*place, str(number), ha="center", va="center", **style)


def write(ax: Axes, place: Place, text: str, size: float, colour=LINE, side: str = "center"):
    """Words; ``side`` is the one at which they begin or end at the place."""
    ax.text(*place, text, fontsize=size, color=colour, ha=side, va="center")


def _rounded(x: float, y: float, width: float, height: float, ground, edge) -> FancyBboxPatch:
    shape = "round,pad=0,rounding_size=0.12"
    return FancyBboxPatch((x, y), width, height, boxstyle=shape, fc=ground, ec=edge, lw=0.8)
