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
from aae_course.metrics.samples import draws
from aae_course.pictures.plots import image_grid


def draw_figure_5(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Samples; the last column shows the training image nearest to the sample before it.

    Panel b is missing where the Toronto Faces are.
    """
    columns, rows = 10, 8
    figure, axes = plt.subplots(
        1, 2 * len(trained), figsize=(6.2 * len(trained), 4.6), layout="constrained",
        width_ratios=[columns, 1] * len(trained),
    )  # fmt: skip
    for i, (panel, run) in enumerate(trained.items()):
        draw_samples(run, f"({panel}) samples", columns, rows, *axes[2 * i : 2 * i + 2])
    return figure


def draw_samples(run: Trained, title: str, columns: int, rows: int, left: Axes, right: Axes):
    """Samples of the first seed, and the training images nearest to those of the last column."""
    samples = next(draws(run.models[0], columns * rows, run.seeds[0])).view(rows, columns, -1)
    nearest = nearest_images(samples[:, -1], as_pixels(run.data.train.images))
    if run.data.name == "tfd":  # a photograph: its 0 is black, while that of digits is paper
        samples, nearest = 1 - samples, 1 - nearest
    image_grid(left, samples.flatten(0, 1), columns, run.data.image_shape)
    left.set_title(title)
    image_grid(right, nearest, 1, run.data.image_shape)
    right.set_title("nearest in\ntraining set", fontsize=8)


def nearest_images(samples: Tensor, images: Tensor) -> Tensor:
    """Of each sample (n, pixels) the nearest image (m, pixels) by Euclidean distance."""
    return images[torch.cdist(samples, images).argmin(1)]


ARTEFACT = Artefact(
    "Figure 5: samples, and the training images nearest to some of them",
    {"a": "aae_likelihood", "b": "aae_likelihood_tfd"},
    draw_figure_5,
    optional={"b": ()},
)
