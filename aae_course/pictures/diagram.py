"""A drawing of a model, made from the model itself: its wiring, widths of layers, and phases.

From left to right, as in the paper: the image, the encoder, the code, the decoder. A discriminator
stands below the code; where there are two, that of labels stands above it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aae_course.models.model import Model
from aae_course.pictures import wiring
from aae_course.pictures.diagram_parts import (
    HALF,
    Box,
    Place,
    draw_arrow,
    draw_badge,
    draw_column,
    draw_matrix,
    draw_network,
    draw_plus,
    draw_prior,
    draw_row,
    write,
)
from aae_course.pictures.wiring import Vector

UNIT = 0.66  # inches
GAP, ROW = 0.95, 3.3  # room for an arrow; from the middle of a row to that of the next
STACKED = 0.9  # from the middle of the code to that of y, which stands above, and of z, below
IMAGE = "x̂"  # what a decoder or a generator gives, drawn as its letter
LETTER = 0.22  # half of the room that a letter takes
LEVELS = {1: (0.0,), 2: (0.42, -0.42), 3: (0.82, 0.2, -0.82)}  # of arrows into a discriminator


@dataclass
class Drawing:
    """An axes, and what stands where on it."""

    ax: Axes
    model: Model
    boxes: dict[str, Box] = field(default_factory=dict)
    code: dict[tuple[str, str], tuple[Place, float]] = field(default_factory=dict)
    column: float = 0.0  # of the code
    right: float = 0.0


def draw_architecture(model: Model, title: str = "") -> Figure:
    """Draw every network as its layers, what flows between them, and which phase changes which.

    Args:
        model: its class says what feeds what, in ``wiring``.
        title: above the drawing.
    """
    figure = plt.figure(layout="none")
    drawing = Drawing(figure.add_axes((0, 0, 1, 1)), model)
    _draw_main_row(drawing)
    rows = _rows(wiring.discriminators(model))
    for name, y in rows.items():
        _draw_discriminator(drawing, name, y)
    _draw_badges(drawing)
    bottom = _draw_key(drawing, min([0.0, *rows.values()]) - HALF - 0.95)
    tops = [y + HALF + 0.4 for y in (0.0, *rows.values())]
    tops += [y + half + 0.2 for (_, y), half in drawing.code.values()]
    _fit(figure, drawing, bottom, max(tops) + 0.15, title)
    return figure


def _fit(figure: Figure, drawing: Drawing, bottom: float, top: float, title: str) -> None:
    """Cut the paper to the drawing, with the title above it."""
    top += 0.4 if title else 0.0
    width = drawing.right + 0.6
    write(drawing.ax, (width / 2 - 0.3, top - 0.25), title, size=11)
    figure.set_size_inches(UNIT * width, UNIT * (top - bottom))
    drawing.ax.set(xlim=(-0.3, width - 0.3), ylim=(bottom, top))
    drawing.ax.set_axis_off()


def _rows(names: list[str]) -> dict[str, float]:
    """The height of each discriminator: the first of two above the code, all others below it."""
    above, below = (names[:1], names[1:]) if len(names) > 1 else ([], names)
    return dict.fromkeys(above, ROW) | {name: -ROW * (i + 1) for i, name in enumerate(below)}


def _draw_main_row(drawing: Drawing) -> None:
    """From the input of the first network to what the last one gives."""
    first, *others = wiring.main_networks(drawing.model)
    box = _draw_first(drawing, first)
    drawing.column = drawing.right = box.right + GAP
    last = others[-1] if others else first
    _draw_code(drawing, first, last)
    if others:
        column = _draw_sum(drawing, *others) if len(others) > 1 else drawing.column
        box = _draw_network(drawing, last, column + GAP, 0.0)
        levels = [0.0] if len(others) > 1 else [place[1] for place, _ in drawing.code.values()]
        for y in levels:
            draw_arrow(drawing.ax, (column + 0.1, y), (box.left, y))
    if not wiring.outputs(drawing.model, last):
        _draw_result(drawing, box, r"\hat{x}" if others else "y")  # a classifier has no decoder


def _draw_first(drawing: Drawing, name: str) -> Box:
    """The first network, and what enters it: the image, or the prior; a label below that."""
    entering = [source for source, _ in wiring.sources(drawing.model, name)]
    starts = []
    for i, source in enumerate(entering):
        y = STACKED / 2 * (len(entering) - 1 - 2 * i)
        if source == "prior":
            starts.append((draw_prior(drawing.ax, (0.9, y), drawing.model.prior, "z").right, y))
        else:
            write(drawing.ax, (0.0, y), f"${source}$", size=14)
            starts.append((LETTER, y))
    box = _draw_network(drawing, name, max(x for x, _ in starts) + GAP, 0.0)
    for start in starts:
        draw_arrow(drawing.ax, start, (box.left, start[1]))
    return box


def _draw_network(drawing: Drawing, name: str, left: float, y: float) -> Box:
    """A network without the layer that is drawn as the code, on whichever side that is."""
    model, layers = drawing.model, wiring.widths(drawing.model, name)
    first = wiring.main_networks(model)[0]
    if name == first and wiring.outputs(model, name).keys() - {IMAGE}:
        layers = layers[:-1]
    elif name != first and not wiring.is_discriminator(name):
        layers = layers[1:]
    drawing.boxes[name] = draw_network(drawing.ax, left, y, name.replace("_", " "), layers)
    return drawing.boxes[name]


def _draw_code(drawing: Drawing, first: str, last: str) -> None:
    """What the first network gives, and above it the label that the last one is told."""
    vectors = {(first, n): v for n, v in wiring.outputs(drawing.model, first).items()}
    label = wiring.given_label(drawing.model, last)
    if label:
        vectors = {("y", "y"): label} | vectors
    for i, (key, vector) in enumerate(vectors.items()):
        place = drawing.column, STACKED * (len(vectors) - 1 - 2 * i)
        draw = _draw_letter if vector.name == IMAGE else draw_column
        drawing.code[key] = place, draw(drawing.ax, place, vector)
        if key[0] == first:
            draw_arrow(
                drawing.ax, (drawing.boxes[first].right, place[1]), (place[0] - 0.1, place[1])
            )


def _draw_letter(ax: Axes, place: Place, vector: Vector) -> float:
    """An image as its letter; half its height."""
    write(ax, (place[0] + 0.06, place[1]), r"$\hat{x}$", size=14)
    return LETTER


def _draw_sum(drawing: Drawing, mapping: str, last: str) -> float:
    """A linear map of one part of the code, to which the other is added; the column of the sum."""
    ax, model = drawing.ax, drawing.model
    (key,) = wiring.sources(model, mapping)
    (x, up), _ = drawing.code[key]
    down = next(y for other, ((_, y), _) in drawing.code.items() if other != key)
    columns, rows = wiring.widths(model, mapping)
    box = draw_matrix(ax, x + GAP, up, f"{mapping} $W_C$", rows, columns)
    drawing.boxes[mapping] = box
    plus = box.right + 0.6
    draw_arrow(ax, (x + 0.1, up), (box.left - 0.04, up))
    draw_arrow(ax, (box.right + 0.04, up), (plus, up), (plus, 0.17))
    draw_arrow(ax, (x + 0.1, down), (plus, down), (plus, -0.17))
    draw_plus(ax, (plus, 0.0))
    draw_arrow(ax, (plus + 0.17, 0.0), (plus + GAP - 0.1, 0.0))
    draw_column(ax, (plus + GAP, 0.0), Vector("W_C\\, y + z", rows), named_above=True)
    return plus + GAP


def _draw_result(drawing: Drawing, box: Box, letter: str) -> None:
    """What comes out at the end."""
    draw_arrow(drawing.ax, (box.right, 0.0), (box.right + GAP, 0.0))
    drawing.right = box.right + GAP + 2 * LETTER
    write(drawing.ax, (drawing.right - LETTER, 0.0), f"${letter}$", size=14)


def _draw_discriminator(drawing: Drawing, name: str, y: float) -> None:
    """A discriminator, what it has to tell apart, and a label that it sees beside that."""
    box = _draw_network(drawing, name, drawing.column + GAP, y)
    entering = wiring.sources(drawing.model, name)
    entering.sort(key=lambda flow: (flow not in drawing.code or flow[0] == "y", flow[0] == "y"))
    for flow, level in zip(entering, LEVELS[len(entering)], strict=True):
        height = y + (level if y < 0 else -level)
        draw = _draw_fake if flow in drawing.code and flow[0] != "y" else _draw_real
        draw(drawing, name, flow, (box.left, height))
    draw_arrow(drawing.ax, (box.right, y), (box.right + 0.6, y))
    write(drawing.ax, (box.right + 0.7, y), "+ or −?", size=10, side="left")
    drawing.right = max(drawing.right, box.right + 1.65)


def _draw_fake(drawing: Drawing, name: str, flow: tuple[str, str], end: Place) -> None:
    """An arrow from the code, up or down and then to the right."""
    (x, y), half = drawing.code[flow]
    start = y + (half if end[1] > y else -half)
    draw_arrow(drawing.ax, (x, start), (x, end[1]), end)
    write(drawing.ax, (end[0] - 0.28, end[1] + 0.15), "−", size=11)


def _draw_real(drawing: Drawing, name: str, flow: tuple[str, str], end: Place) -> None:
    """The prior, the image or the label that a discriminator sees, and an arrow from there."""
    source, ax = flow[0], drawing.ax
    middle = next(iter(drawing.boxes.values())).x, end[1]
    if source == "y":
        start = draw_row(ax, middle, wiring.given_label(drawing.model, name)) + 0.06
    elif source == "x":
        start = middle[0] + LETTER
        write(ax, middle, "$x$", size=14)
    else:
        letter = "y" if source == "label_prior" else "z"
        start = draw_prior(ax, middle, getattr(drawing.model, source), letter).right
    if source != "y":
        write(ax, (end[0] - 0.28, end[1] + 0.15), "+", size=11)
    draw_arrow(ax, (start, end[1]), end)


def _draw_badges(drawing: Drawing) -> None:
    """Under each network the numbers of the phases that change it."""
    for name, box in drawing.boxes.items():
        numbers = [i + 1 for i, names in enumerate(drawing.model.phases.values()) if name in names]
        for i, number in enumerate(numbers):
            place = box.x + 0.42 * (i - (len(numbers) - 1) / 2), box.y - box.half - 0.25
            draw_badge(drawing.ax, place, number)


def _draw_key(drawing: Drawing, top: float) -> float:
    """Each phase in order, and the networks that it changes; where the drawing ends below."""
    phases = list(drawing.model.phases.items())
    rows = -(-len(phases) // 2) if drawing.right > 10 else len(phases)  # two columns, or one
    for i, (phase, networks) in enumerate(phases):
        x, y = i // rows * drawing.right / 2, top - 0.36 * (i % rows)
        draw_badge(drawing.ax, (x, y), i + 1)
        *others, last = (name.replace("_", " ") for name in networks)
        words = f"{phase}: changes {', '.join(others)}{' and ' if others else ''}{last}"
        write(drawing.ax, (x + 0.28, y), words, size=9, side="left")
    return top - 0.36 * rows
