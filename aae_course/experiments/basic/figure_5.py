"""Figure 5: samples of the AAE, and the training images nearest to some of them.

The command is ``aae-course reproduce fig5``.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.trained import Trained
from aae_course.metrics.samples import Draws
from aae_course.pictures.plots import image_grid
from aae_course.pictures.style import WIDE


def draw_figure_5(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Samples; the last column shows the training image nearest to the sample before it.

    Panel b is missing where the Toronto Faces are.
    """
    figure, axes = plt.subplots(
        1, len(trained), figsize=(WIDE / 2 * len(trained), 4.1), layout="constrained",
        squeeze=False,
    )  # fmt: skip
    for (panel, run), ax in zip(trained.items(), axes[0], strict=True):
        draw_samples(ax, run)
        ax.set_title(f"({panel}) samples | the training image nearest to the last one")
    return figure


def draw_samples(ax: Axes, run: Trained, columns: int = 10, rows: int = 8) -> None:
    """Samples of the first seed; behind a line the images nearest to those of the last column."""
    (samples,) = Draws(run.models[0], columns * rows, run.seeds[0])
    samples = samples.view(rows, columns, -1)
    nearest = nearest_images(samples[:, -1], as_pixels(run.data.train.images))
    images = torch.cat([samples, nearest.unsqueeze(1)], 1).flatten(0, 1)
    if run.data.name == "tfd":  # a photograph: its 0 is black, while that of digits is paper
        images = 1 - images
    image_grid(ax, images, columns + 1, run.data.image_shape)
    ax.axvline(columns * (run.data.image_shape[2] + 1) - 1, color="black", linewidth=1.5)


def nearest_images(samples: Tensor, images: Tensor) -> Tensor:
    """Of each sample (n, pixels) the nearest image (m, pixels) by Euclidean distance."""
    return images[torch.cdist(samples, images).argmin(1)]


ARTEFACT = Artefact(
    "Figure 5: samples, and the training images nearest to some of them",
    {"a": "aae_likelihood", "b": "aae_likelihood_tfd"},
    draw_figure_5,
    optional={"b": ()},
)
