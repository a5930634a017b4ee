"""A widget on labels and styles: a label is chosen, a style moved, and both decoded at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch import Tensor

from aae_course.models.priors import Prior
from aae_course.pictures.explorer.browser import SIDE, front_end, png
from aae_course.pictures.plots import image_grid

Decode = Callable[[Tensor, Tensor], Tensor]  # styles (n, dim), labels (n,) -> images (n, pixels)

REACH = 3.0  # of a style's sliders, in standard deviations of the prior
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
HINT = "Choose a label and move the sliders; their unit is a standard deviation of the prior."


def explore_style(
    decode: Decode,
    classes: int,
    prior: Prior,
    shape=(1, 28, 28),
    names: Sequence[str] | None = None,
):
    """A widget: a button for each label, a slider for each number of the style, the image of both.

    Args:
        decode: styles (1, dim) and labels (1,) to images (1, pixels), such as ``model.decode``.
        classes: number of labels, or of clusters.
        prior: of the style, any; its standard deviation is the unit of the sliders.
        shape: (channels, height, width) of one image.
        names: what the buttons say, in place of numbers.

    Raises:
        ValueError: not one name for each label.
    """
    names = names or [str(label) for label in range(classes)]
    if len(names) != classes:
        raise ValueError(f"{len(names)} names for {classes} labels")
    return _Style(decode, names, prior, shape).arranged()


class _Style:
    """The parts of `explore_style`, and what happens when one of them is moved."""

    def __init__(self, decode: Decode, names: Sequence[str], prior: Prior, shape):
        from ipywidgets import ToggleButtons, jsdlink  # absent on many servers

        self.decode, self.prior, self.shape, self.spread = decode, prior, shape, prior.spread()
        choices = [(name, label) for label, name in enumerate(names)]
        self.label = ToggleButtons(options=choices, style={"button_width": "auto"})
        self.sliders = [_slider(i + 1) for i in range(prior.dim)]
        self.image = _style_image()(side=SIDE, layout={"margin": "8px", "align_self": "flex-start"})
        for control in (self.label, *self.sliders):
            control.observe(self.show, "value")
        moves = [(self.label, "index"), *((slider, "value") for slider in self.sliders)]
        self.links = [jsdlink(move, (self.image, "moved")) for move in moves]
        self.show()

    def arranged(self):
        """The image to the left, label and sliders to the right, or below if there is no room."""
        from ipywidgets import HTML, Box, Button, HBox, VBox

        draw = Button(description="draw a style", tooltip="from the prior")
        zero = Button(description="back to zero", tooltip="all sliders to 0")
        draw.on_click(self.draw)
        zero.on_click(self.zero)
        sliders = Box(self.sliders, layout={"flex_flow": "row wrap"})
        rows = [HTML(HINT), self.label, sliders, HBox([draw, zero])]
        controls = VBox(rows, layout={"flex": "1 1 300px", "max_width": "800px"})
        return _style_controls()([self.image, controls], layout={"flex_flow": "row wrap"})

    @torch.no_grad()
    def show(self, _change=None) -> None:
        """Decode what the controls say."""
        device = self.prior.origin.device
        style = [[slider.value for slider in self.sliders]]
        z = self.spread * torch.tensor(style, device=device)
        y = torch.tensor([self.label.value], device=device)
        self.image.image = png(self.decode(z, y), self.shape)

    def draw(self, _button=None) -> None:
        """Move the sliders to a draw from the prior, or as near as they reach."""
        self._move(self.prior.sample(1)[0] / self.spread)

    def zero(self, _button=None) -> None:
        """Move the sliders to the middle."""
        self._move(torch.zeros(self.prior.dim))

    def _move(self, style: Tensor) -> None:
        for slider, value in zip(self.sliders, style.tolist(), strict=True):
            slider.unobserve(self.show, "value")  # one image for all of them
            slider.value = value
            slider.observe(self.show, "value")
        self.show()


def _slider(number: int):
    from ipywidgets import FloatSlider

    return FloatSlider(
        min=-REACH, max=REACH, step=0.1, description=f"z{number}".translate(SUBSCRIPTS),
        readout_format=".1f", style={"description_width": "2em"}, layout={"width": "250px"},
    )  # fmt: skip


@cache
def _style_image() -> type:
    """The image that image.js shows, without the wait that ipywidgets' own has."""
    from anywidget import AnyWidget
    from traitlets import Bytes, Float, Int

    class StyleImage(AnyWidget):
        _esm = front_end("wait.js", "image.js")

        image, side = Bytes().tag(sync=True), Int().tag(sync=True)
        moved = Float(None, allow_none=True).tag(sync=True)

    return StyleImage


@cache
def _style_controls() -> type:
    """A box that has words for readers without a kernel."""
    from ipywidgets import Box

    class StyleControls(Box):
        def __repr__(self):
            return "A label to choose and a style to change: run this cell."

    return StyleControls


def plot_style_grid(
    decode: Decode,
    label: int,
    prior: Prior,
    rows: int = 7,
    shape=(1, 28, 28),
    ax: Axes | None = None,
) -> Axes:
    """What each number of the style does alone: a column for each, the others held at 0.

    Args:
        decode: styles (n, dim) and labels (n,) to images (n, pixels).
        label: of all images.
        prior: of the style; a column runs from -3 of its standard deviations, below, to 3, above.
        rows: images in a column.
        shape: (channels, height, width) of one image.
        ax: where to draw.
    """
    size = (0.45 * prior.dim, 0.45 * rows)
    ax = ax or plt.subplots(figsize=size, layout="constrained")[1]
    steps = prior.spread() * torch.linspace(REACH, -REACH, rows, device=prior.origin.device)
    z = torch.cat([step * torch.eye(prior.dim, device=steps.device) for step in steps])
    y = torch.full((len(z),), label, device=steps.device)
    with torch.no_grad():
        image_grid(ax, decode(z, y), prior.dim, shape)
    return ax
