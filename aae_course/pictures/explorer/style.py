"""A widget on labels and styles: a label is chosen, a style moved, and both decoded at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch import Tensor

from aae_course.models.priors import Prior
from aae_course.pictures.explorer.browser import as_bytes, front_end
from aae_course.pictures.plots import image_grid

Decode = Callable[[Tensor, Tensor], Tensor]  # styles (n, dim), labels (n,) -> images (n, pixels)

REACH = 3.0  # of a style, in standard deviations of the prior; the sliders of style.js have it too


def explore_style(
    decode: Decode,
    classes: int,
    prior: Prior,
    shape=(1, 28, 28),
    names: Sequence[str] | None = None,
):
    """A widget: a button for each label, a slider for each number of the style, the image of both.

    Its ``label`` and its ``code``, the style in standard deviations of the prior, can be set from
    the notebook too.

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
    device, spread = prior.origin.device, prior.spread()

    @torch.no_grad()
    def decoded(label: int, code: Sequence[float]) -> bytes:
        z = spread * torch.tensor([code], device=device)
        return as_bytes(decode(z, torch.tensor([label], device=device)), shape)

    def draw(_widget, message, _buffers) -> None:
        if message.get("draw"):
            widget.code = (prior.sample(1)[0] / spread).clamp(-REACH, REACH).tolist()

    zero = [0.0] * prior.dim
    widget = _label_and_style()(names=names, code=zero, image=decoded(0, zero), shape=tuple(shape))
    widget.observe(
        lambda _: widget.set_trait("image", decoded(widget.label, widget.code)), ["label", "code"]
    )
    widget.on_msg(draw)
    return widget


@cache
def _label_and_style() -> type:
    """The widget's class; made on demand, since servers lack what it is made of."""
    from anywidget import AnyWidget
    from traitlets import Bytes, Float, Int, List, Tuple, Unicode

    class LabelAndStyle(AnyWidget):
        """What the browser shows: the names of the labels, a label, a style, and their image.

        The style is called ``code``: ipywidgets takes a ``style`` for one of its own.
        """

        _esm = front_end("image.js", "style.js", widget="style_widget.js")
        _css = front_end("explorer.css")

        names, shape = List(Unicode()).tag(sync=True), Tuple().tag(sync=True)
        label, code = Int(0).tag(sync=True), List(Float()).tag(sync=True)
        image = Bytes().tag(sync=True)

        def __repr__(self):
            return "A label to choose and a style to change: run this cell."

    return LabelAndStyle


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
