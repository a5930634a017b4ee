"""What a reader takes in hand: a point among the codes, or a label and a style, decoded at once.

`explore_plane` and `explore_style` return a widget, to stand last in a notebook's cell. A widget
needs a running kernel, so a picture stands beside it for readers without one: a grid from
`plots.plot_latent_grid` beside the first, `plot_style_grid` beside the second.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.models import Model
from aae_course.models.priors import Gaussian, Prior
from aae_course.pictures.plots import image_grid, plot_codes
from aae_course.randomness import generators_restored

Decode = Callable[[Tensor, Tensor], Tensor]  # labels (n,), styles (n, dim) -> images (n, pixels)

SIDE = 224  # of the decoded image on the screen, in pixels
REACH = 3.0  # of a style's sliders, in standard deviations of the prior
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def explore_plane(
    model: Model, images: Tensor, labels: Tensor, prior: Prior | None = None, shape=(1, 28, 28)
):
    """A widget: the codes of images, and a point to be dragged among them and seen decoded.

    Its ``point`` can be set from the notebook too; outside the picture it is moved to the edge.

    Args:
        model: with 2-D codes.
        images: (n, pixels) bytes, drawn by `plots.plot_codes`.
        labels: (n,).
        prior: drawn behind the codes.
        shape: (channels, height, width) of one image.

    Raises:
        ValueError: codes that are not of two numbers.
    """
    device = images.device

    @torch.no_grad()
    def decoded(point):
        return _png(model.decode(torch.tensor([point], device=device)), shape)

    with generators_restored(device):  # the next cell draws as if this one had been left out
        _check_plane(model, images[:1])
        codes, limit, extent = _picture_of_codes(model, images, labels, prior)
    plane = _plane_class()(
        codes=codes, limit=limit, extent=extent, image=decoded((0.0, 0.0)), side=SIDE
    )
    plane.observe(lambda change: plane.set_trait("image", decoded(change.new)), "point")
    return plane


def _check_plane(model: Model, images: Tensor) -> None:
    with torch.no_grad():
        z = model.encode(as_pixels(images))
    if z.shape != (1, 2):
        raise ValueError(f"the plane needs codes of two numbers each, (n, 2), not {(*z.shape,)}")


def _picture_of_codes(model, images, labels, prior) -> tuple[bytes, float, tuple[float, ...]]:
    """A PNG, the largest coordinate in its axes, and the coordinates of its own four edges."""
    figure = Figure(figsize=(4.2, 4.2), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)  # not pyplot: the notebook shall not show this figure too
    ax = plot_codes(model, images, labels, prior, figure.subplots())
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=figure.dpi, facecolor="white")
    corners = ax.transData.inverted().transform([(0, 0), figure.bbox.size])
    return buffer.getvalue(), float(ax.get_xlim()[1]), tuple(corners.T.ravel().tolist())


def _front_end(*files: str) -> str:
    """What a browser runs, from files beside this one."""
    return "".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in files)


@cache
def _plane_class() -> type:
    """The widget that plane.js draws; made on demand, since servers lack what it is made of."""
    from anywidget import AnyWidget
    from traitlets import Bytes, Float, Int, Tuple, validate

    class CodePlane(AnyWidget):
        _esm = _front_end("wait.js", "plane.js")
        _css = _front_end("explorer.css")

        codes, image = Bytes().tag(sync=True), Bytes().tag(sync=True)
        point = Tuple(Float(), Float(), default_value=(0.0, 0.0)).tag(sync=True)
        limit, side = Float().tag(sync=True), Int().tag(sync=True)
        extent = Tuple(Float(), Float(), Float(), Float()).tag(sync=True)

        @validate("point")
        def _inside(self, proposal):
            return tuple(min(max(z, -self.limit), self.limit) for z in proposal.value)

        def __repr__(self):
            return "A point to drag among the codes: run this cell."

    return CodePlane


def explore_style(
    decode: Decode,
    classes: int,
    prior: Gaussian,
    shape=(1, 28, 28),
    names: Sequence[str] | None = None,
):
    """A widget: a button for each label, a slider for each number of the style, the image of both.

    Args:
        decode: labels (1,) and styles (1, dim) to images (1, pixels), such as ``model.decode_as``.
        classes: number of labels, or of clusters.
        prior: of the style; its standard deviation is the unit of the sliders.
        shape: (channels, height, width) of one image.
        names: what the buttons say, in place of numbers.

    Raises:
        ValueError: not one name for each label.
    """
    names = names or [str(label) for label in range(classes)]
    if len(names) != classes:
        raise ValueError(f"{len(names)} names for {classes} labels")
    return _Style(decode, names, prior, shape).box


class _Style:
    """The parts of `explore_style`, and what happens when one of them is moved."""

    def __init__(self, decode: Decode, names: Sequence[str], prior: Gaussian, shape):
        import ipywidgets  # absent on many servers

        self.decode, self.prior, self.shape = decode, prior, shape
        choices = [(name, label) for label, name in enumerate(names)]
        self.label = ipywidgets.ToggleButtons(options=choices, style={"button_width": "auto"})
        self.sliders = [_slider(ipywidgets, i + 1) for i in range(prior.dim)]
        self.image = _image_class()(side=SIDE, layout={"margin": "8px", "align_self": "flex-start"})
        for control in (self.label, *self.sliders):
            control.observe(self.show, "value")
        moves = [(self.label, "index"), *((slider, "value") for slider in self.sliders)]
        self.links = [ipywidgets.jsdlink(move, (self.image, "moved")) for move in moves]
        self.show()
        self.box = _arrange(ipywidgets, self)

    @torch.no_grad()
    def show(self, _change=None) -> None:
        """Decode what the controls say."""
        device = self.prior.origin.device
        style = [[slider.value for slider in self.sliders]]
        z = self.prior.std * torch.tensor(style, device=device)
        y = torch.tensor([self.label.value], device=device)
        self.image.image = _png(self.decode(y, z), self.shape)

    def draw(self, _button=None) -> None:
        """Move the sliders to a draw from the prior, or as near as they reach."""
        self._move(self.prior.sample(1)[0] / self.prior.std)

    def zero(self, _button=None) -> None:
        self._move(torch.zeros(self.prior.dim))

    def _move(self, style: Tensor) -> None:
        for slider, value in zip(self.sliders, style.tolist(), strict=True):
            slider.unobserve(self.show, "value")  # one image for all of them
            slider.value = value
            slider.observe(self.show, "value")
        self.show()


def _slider(ipywidgets, number: int):
    return ipywidgets.FloatSlider(
        min=-REACH, max=REACH, step=0.1, description=f"z{number}".translate(SUBSCRIPTS),
        readout_format=".1f", style={"description_width": "2em"}, layout={"width": "250px"},
    )  # fmt: skip


def _arrange(ipywidgets, parts: _Style):
    """The image to the left, label and sliders to the right, or below where there is no room."""
    hint = "Choose a label and move the sliders; their unit is a standard deviation of the prior."
    draw = ipywidgets.Button(description="draw a style", tooltip="from the prior")
    zero = ipywidgets.Button(description="back to zero", tooltip="all sliders to 0")
    draw.on_click(parts.draw)
    zero.on_click(parts.zero)
    sliders = ipywidgets.Box(parts.sliders, layout={"flex_flow": "row wrap"})
    rows = [ipywidgets.HTML(hint), parts.label, sliders, ipywidgets.HBox([draw, zero])]
    controls = ipywidgets.VBox(rows, layout={"flex": "1 1 300px", "max_width": "800px"})
    return _style_class()([parts.image, controls], layout={"flex_flow": "row wrap"})


@cache
def _image_class() -> type:
    """The image that image.js shows, without the wait that ipywidgets' own has."""
    from anywidget import AnyWidget
    from traitlets import Bytes, Float, Int

    class StyleImage(AnyWidget):
        _esm = _front_end("wait.js", "image.js")

        image, side = Bytes().tag(sync=True), Int().tag(sync=True)
        moved = Float(None, allow_none=True).tag(sync=True)

    return StyleImage


@cache
def _style_class() -> type:
    from ipywidgets import Box

    class StyleControls(Box):
        def __repr__(self):
            return "A label to choose and a style to change: run this cell."

    return StyleControls


def plot_style_grid(
    decode: Decode,
    label: int,
    prior: Gaussian,
    rows: int = 7,
    shape=(1, 28, 28),
    ax: Axes | None = None,
) -> Axes:
    """What each number of the style does alone: a column for each, the others held at 0.

    Args:
        decode: labels (n,) and styles (n, dim) to images (n, pixels).
        label: of all images.
        prior: of the style; a column runs from -3 of its standard deviations, below, to 3, above.
        rows: images in a column.
        shape: (channels, height, width) of one image.
        ax: where to draw.
    """
    size = (0.45 * prior.dim, 0.45 * rows)
    ax = ax or plt.subplots(figsize=size, layout="constrained")[1]
    steps = prior.std * torch.linspace(REACH, -REACH, rows, device=prior.origin.device)
    z = torch.cat([step * torch.eye(prior.dim, device=steps.device) for step in steps])
    y = torch.full((len(z),), label, device=steps.device)
    with torch.no_grad():
        image_grid(ax, decode(y, z), prior.dim, shape)
    return ax


def _png(image: Tensor, shape: tuple[int, int, int]) -> bytes:
    """An image (1, pixels) in [0, 1], dark ink on white, each pixel drawn as a square of many."""
    channels, height, width = shape
    ink = image.cpu().clamp(0, 1).reshape(shape).permute(1, 2, 0)
    if channels == 1:
        ink = 1 - ink
    times = max(1, SIDE // max(height, width))
    ink = ink.repeat_interleave(times, 0).repeat_interleave(times, 1).expand(-1, -1, 3)
    buffer = io.BytesIO()
    imsave(buffer, (255 * ink).round().byte().numpy(), format="png")
    return buffer.getvalue()
