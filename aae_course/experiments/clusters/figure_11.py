"""Figure 11: codes W_C y + z around their cluster heads, in the plane.

The command is ``aae-course reproduce fig11``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data.dataset import Split
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.measures import measure_clusters, measure_errors
from aae_course.experiments.trained import Trained
from aae_course.models import SummedCodeAutoencoder
from aae_course.models.priors import middles, square_grid
from aae_course.pictures.plots import digit_legend, draw_codes, image_grid
from aae_course.pictures.style import WIDE


def measure_reduction(trained: Trained) -> dict[str, list[float]]:
    """Test error of the likeliest category; without labels, of the names that clusters get."""
    learns_labels = "classification" in trained.models[0].phases
    return (measure_errors if learns_labels else measure_clusters)(trained)


def draw_figure_11(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Test codes and heads of every panel; first seed. The paper's on the left, ours beside it."""
    figure, axes = plt.subplots(4, 2, figsize=(WIDE, 20), layout="constrained")
    digit_legend(figure, next(iter(trained.values())).data.test.labels)
    for panel, row in zip("abcd", axes, strict=True):
        for name, ax in zip((panel, with_views(panel)), row, strict=True):
            run = trained[name]
            draw_codes_and_heads(ax, run.models[0], run.data.test)
            ax.set_title(f"({panel}) {run.recipe.title}")
    return figure


def with_views(panel: str) -> str:
    """Ours beside a panel of the paper, whose category two views of an image share."""
    return f"{panel}_views"


@torch.no_grad()
def draw_codes_and_heads(ax: Axes, model: SummedCodeAutoencoder, test: Split) -> None:
    """Codes of images, a colour and a numeral for each label, and the heads as stars.

    A code of more than two dimensions, whose heads lie on its axes, is shown through the map that
    puts these on a circle (Figure 11d).
    """
    heads, codes = model.heads.points, model.encode(as_pixels(test.images))
    if heads.shape[1] > 2:
        axes = circle(len(heads)).to(heads)
        heads, codes = heads @ axes, codes @ axes
    draw_codes(ax, codes, test.labels)
    limit = max(ax.get_xlim()[1], 1.15 * heads.abs().max().item())
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit))
    _draw_heads(ax, heads)


@torch.no_grad()
def draw_decoded_plane(
    ax: Axes, model: SummedCodeAutoencoder, limit: float, rows: int = 16, shape=(1, 28, 28)
) -> None:
    """What the decoder makes of an even grid over the plane, and the heads as stars.

    Args:
        ax: where to draw.
        model: with two-dimensional codes.
        limit: the grid covers -limit to limit, in both coordinates.
        rows: images in a row, and in a column.
        shape: (channels, height, width) of one image.
    """
    heads = model.heads.points
    codes = square_grid(limit * (2 * middles(rows) - 1)).to(heads.device)
    image_grid(ax, model.decode(codes), rows, shape, gap=0)
    size = rows * torch.tensor([shape[2], -shape[1]], device=heads.device)  # of the sheet
    places = (heads / limit * size + size.abs()) / 2 - 0.5
    _draw_heads(ax, places)


def _draw_heads(ax: Axes, places: Tensor) -> None:
    x, y = places.detach().cpu().numpy().T
    ax.scatter(x, y, marker="*", s=190, color="white", edgecolor="black", zorder=3)


def circle(count: int) -> Tensor:
    """Points evenly around the unit circle: (count, 2)."""
    angle = 2 * math.pi / count * torch.arange(count)
    return torch.stack([angle.cos(), angle.sin()], -1)


RECIPES_OF_PANELS = {
    "a": "reduction_1000", "b": "reduction_100", "c": "reduction_0", "d": "reduction_fixed",
}  # fmt: skip
ARTEFACT = Artefact(
    "Figure 11: codes around their cluster heads",
    {
        **RECIPES_OF_PANELS,
        **{with_views(panel): f"invariant_{name}" for panel, name in RECIPES_OF_PANELS.items()},
    },
    draw_figure_11,
    measure_reduction,
    paper={
        ("a", "test_error_percent"): 4.20,
        ("b", "test_error_percent"): 6.08,
        ("c", "test_error_percent"): 13.95,
        ("d", "test_error_percent"): 3.90,
    },
)
