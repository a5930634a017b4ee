"""A drawing of a model, made from the model itself: its wiring, widths of layers, and phases."""

from __future__ import annotations

import math

import matplotlib.patheffects as effects
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import nn

from aae_course.models.model import Model, Wiring
from aae_course.models.priors import Prior
from aae_course.pictures.plots import DIGIT_COLOURS

COLUMN, ROW = 3.4, 4.2  # distance between the centres of two nodes
PHASE_COLOURS = [DIGIT_COLOURS[i] for i in (0, 3, 2, 4, 1, 7)]
Place = tuple[float, float]
ARROW = {"arrowstyle": "-|>", "color": "0.3", "shrinkA": 2, "shrinkB": 2}


def draw_architecture(model: Model, title: str = "") -> Figure:
    """Draw every network as its layers, what flows between them, and which phase changes which.

    Args:
        model: its class says what feeds what, in ``wiring``.
        title: above the drawing.
    """
    places = _places(model.wiring)
    right, low = max(x for x, _ in places.values()), min(y for _, y in places.values())
    top = max(y for _, y in places.values()) + (0.7 if "heads" in places else 0)
    bottom = low - 2.4 - 0.45 * len(model.phases)
    figure, ax = plt.subplots(figsize=(0.68 * (right + 4.5), 0.68 * (top + 2.2 - bottom)))
    for name, place in places.items():
        _draw_node(ax, model, name, place)
    for source, network, label in model.wiring:
        over = places[network][0] - places[source][0] > COLUMN and network == "decoder"
        draw = _draw_sum if over else _draw_arrow
        draw(ax, places[source], places[network], label)
    for name, place in places.items():
        if name not in {source for source, *_ in model.wiring}:
            _draw_result(ax, name, place)
    _draw_phases(ax, model, low - 2.0)
    ax.set(xlim=(-0.8, right + 3.7), ylim=(bottom, top + 1.9), aspect="equal", title=title)
    ax.set_axis_off()
    return figure


def _places(wiring: Wiring) -> dict[str, Place]:
    """A column for each step from the input on; discriminators and their priors stand below.

    A label stands beside what it is for: under a discriminator's prior, or above the encoder.
    """
    edges = [(source, network) for source, network, _ in wiring]
    names = list(dict.fromkeys(name for edge in edges for name in edge))
    column = dict.fromkeys(names, 0)
    for _ in names:  # longest path: settled after as many rounds as there are nodes
        for source, network in edges:
            column[network] = max(column[network], column[source] + 1)
    fed = {source: network for source, network in edges if "prior" in source}
    below = [name for name in names if "discriminator" in name]
    row = {name: 1 + below.index(name) for name in below}
    for prior, network in fed.items():
        column[prior], row[prior] = column[network] - 1, row.get(network, 0)
    for network in [network for source, network in edges if source == "y"]:
        column["y"], row["y"] = column[network] - 1, row.get(network, -1.15) + 0.6
    return {name: (COLUMN * column[name], -ROW * row.get(name, 0)) for name in names}


def _draw_node(ax: Axes, model: Model, name: str, place: Place) -> None:
    node = getattr(model, name, None)
    if isinstance(node, Prior):
        settings = [f"{node.dim}-D", *(f"{key} {value:g}" for key, value in node.settings.items())]
        many = len(settings) > 2  # side by side they would reach into the arrows
        drawn = "y" if name == "label_prior" else "z"
        _write(ax, place, f"p({drawn})\n{type(node).__name__}", size=11)
        words, low = "\n".join(settings) if many else "  ".join(settings), 1.05 if many else 0.75
        _write(ax, (place[0], place[1] - low), words, size=8, colour="0.35")
    elif isinstance(node, nn.Module):
        _draw_layers(ax, model, name, place)
    else:
        _write(ax, place, name, size=15, italic=True)


def _draw_layers(ax: Axes, model: Model, name: str, place: Place) -> None:
    """A bar for each layer, its height by the logarithm of its width."""
    widths = getattr(model, name).widths
    x, y = place
    step = 1.5 / max(1, len(widths) - 1)
    for i, width in enumerate(widths):
        height = 0.25 + 0.22 * math.log2(width)
        left = x - 0.75 + i * step
        ax.add_patch(
            Rectangle(
                (left - 0.09, y - height / 2), 0.18, height, facecolor="0.88", edgecolor="0.3"
            )
        )
        _write(ax, (left, y - height / 2 - 0.17), str(width), size=7, colour="0.35")
    title = ax.text(x, y + 1.45, name.replace("_", " "), fontsize=11, ha="center", va="center")
    title.set(zorder=5, path_effects=[effects.withStroke(linewidth=4, foreground="white")])
    for i, (phase, colour) in enumerate(zip(model.phases, PHASE_COLOURS, strict=False)):
        if name in model.phases[phase]:
            _badge(ax, (x - 0.6 + 0.4 * i, y - 1.85), str(i + 1), colour)


def _draw_arrow(ax: Axes, start: Place, end: Place, label: str) -> None:
    (x0, y0), (x1, y1) = (start[0] + 0.95, start[1]), (end[0] - 0.95, end[1])
    ax.annotate("", (x1, y1), (x0, y0), arrowprops=ARROW)
    if label:
        level = y0 == y1
        along, right, up = (0.5, 0, 0.22) if level else (0.35, 0.22, 0)
        place = (x0 + along * (x1 - x0) + right, y0 + along * (y1 - y0) + up)
        _write(ax, place, label, size=11, italic=True)


def _draw_sum(ax: Axes, start: Place, end: Place, label: str) -> None:
    """An arrow around what stands between two networks, to a + on the way into the second one."""
    x0, y = start[0] + 0.95, start[1]
    plus = (end[0] - COLUMN / 2, y)
    ax.plot([x0, x0, plus[0]], [y, y + 2.1, y + 2.1], color="0.3", linewidth=1)
    ax.annotate("", (plus[0], y + 0.12), (plus[0], y + 2.14), arrowprops=ARROW)
    _write(ax, ((x0 + plus[0]) / 2, y + 2.3), label, size=11, italic=True)
    box = {"boxstyle": "circle,pad=0.1", "facecolor": "white", "edgecolor": "0.3"}
    ax.text(*plus, "+", fontsize=10, ha="center", va="center", bbox=box, zorder=5)


def _draw_result(ax: Axes, name: str, place: Place) -> None:
    """What comes out at the end: an image, or the discriminator's answer."""
    text = "prior (+)\nor code (−)?" if "discriminator" in name else "x̂"
    size = 10 if "discriminator" in name else 15
    _draw_arrow(ax, place, (place[0] + 2.8, place[1]), "")
    _write(ax, (place[0] + 2.7, place[1]), text, size=size, italic=size > 10)


def _draw_phases(ax: Axes, model: Model, top: float) -> None:
    """The key: each phase in order, and the networks that it changes."""
    for i, (phase, networks) in enumerate(model.phases.items()):
        y = top - 0.5 - 0.45 * i
        _badge(ax, (-0.6, y), str(i + 1), PHASE_COLOURS[i])
        *others, last = (name.replace("_", " ") for name in networks)
        text = f"{phase}: changes {', '.join(others)}{' and ' if others else ''}{last}"
        ax.text(-0.3, y, text, fontsize=10, va="center")


def _badge(ax: Axes, place: Place, text: str, colour) -> None:
    box = {"boxstyle": "circle,pad=0.22", "facecolor": colour, "edgecolor": "none"}
    ax.text(
        *place, text, fontsize=8, color="white", weight="bold", ha="center", va="center", bbox=box
    )


def _write(ax: Axes, place: Place, text: str, size: int, colour="black", italic=False) -> None:
    style = "italic" if italic else "normal"
    ax.text(*place, text, fontsize=size, color=colour, ha="center", va="center", fontstyle=style)
