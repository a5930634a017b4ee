"""A widget on a plane of codes: a point is dragged among them and decoded at once."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from functools import cache

import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.models.encoder_decoder import EncoderDecoder, check_labels
from aae_course.models.priors import Prior
from aae_course.pictures.explorer.browser import as_bytes, front_end
from aae_course.pictures.plots import plot_codes
from aae_course.randomness import generators_restored


def explore_plane(
    model: EncoderDecoder,
    images: Tensor,
    labels: Tensor,
    prior: Prior | None = None,
    shape=(1, 28, 28),
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
        ValueError: codes that are not of two numbers, or a model that needs labels to decode.
    """
    device = images.device

    @torch.no_grad()
    def decoded(point: tuple[float, float]) -> bytes:
        return as_bytes(model.decode(torch.tensor([point], device=device)), shape)

    with generators_restored(device):  # the next cell draws as if this one had been left out
        _check_plane(model, images[:1])
        picture = picture_of_codes(model, images, labels, prior)
    plane = _code_plane()(**asdict(picture), image=decoded((0.0, 0.0)), shape=tuple(shape))
    plane.observe(lambda change: plane.set_trait("image", decoded(change.new)), "point")
    return plane


def _check_plane(model: EncoderDecoder, images: Tensor) -> None:
    check_labels(model, None)  # a point of the plane has none
    with torch.no_grad():
        z = model.encode(as_pixels(images))
    if z.shape != (1, 2):
        raise ValueError(f"the plane needs codes of two numbers each, (n, 2), not {(*z.shape,)}")


@dataclass(frozen=True)
class PictureOfCodes:
    """Codes drawn in the plane, and where the drawing lies in it.

    Args:
        codes: a PNG.
        limit: the largest coordinate in its axes.
        extent: coordinates of the PNG's own edges: left, right, bottom, top.
    """

    codes: bytes
    limit: float
    extent: tuple[float, float, float, float]


def picture_of_codes(
    model: EncoderDecoder, images: Tensor, labels: Tensor, prior: Prior | None
) -> PictureOfCodes:
    """The picture behind the point: the arguments are those of `explore_plane`."""
    figure = Figure(figsize=(4.2, 4.2), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)  # not pyplot, which would show this figure in the notebook too
    ax = plot_codes(model, images, labels, prior, figure.subplots())
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=figure.dpi, facecolor="white")
    corners = ax.transData.inverted().transform([(0, 0), figure.bbox.size])
    edges = tuple(corners.T.ravel().tolist())
    return PictureOfCodes(buffer.getvalue(), float(ax.get_xlim()[1]), edges)


@cache
def _code_plane() -> type:
    """The widget's class; made on demand, since servers lack what it is made of."""
    from anywidget import AnyWidget
    from traitlets import Bytes, Float, Tuple, validate

    class CodePlane(AnyWidget):
        """What the browser shows: a `PictureOfCodes`, the point, and the image decoded there."""

        _esm = front_end("image.js", "plane.js", widget="plane_widget.js")
        _css = front_end("explorer.css")

        codes, image = Bytes().tag(sync=True), Bytes().tag(sync=True)
        point = Tuple(Float(), Float(), default_value=(0.0, 0.0)).tag(sync=True)
        limit, shape = Float().tag(sync=True), Tuple().tag(sync=True)
        extent = Tuple(Float(), Float(), Float(), Float()).tag(sync=True)

        @validate("point")
        def _inside(self, proposal):
            return tuple(min(max(z, -self.limit), self.limit) for z in proposal.value)

        def __repr__(self):
            return "A point to drag among the codes: run this cell."

    return CodePlane
