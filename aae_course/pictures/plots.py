"""The course's pictures: the same three in every notebook, and the pieces of the paper's figures.

The three are `plot_reconstructions` (what comes back), `plot_latent_grid` (what the decoder makes
of the code space) and `plot_codes` (where the codes lie, over the prior). All three hand over
labels to a model that wants them (`EncoderDecoder`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib.patheffects as effects
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D
from scipy.ndimage import gaussian_filter
from torch import Tensor

from aae_course.data.arrays import as_labels
from aae_course.data.minibatches import as_pixels
from aae_course.models.encoder_decoder import EncoderDecoder, check_labels
from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.priors import Prior
from aae_course.pictures.style import DIGIT_COLOURS, NO_LABEL
from aae_course.training.history import History
from aae_course.training.live_curves import draw_losses


def checked_shape(images: Tensor, shape: Sequence[int]) -> tuple[int, int, int]:
    """The (channels, height, width) of images (n, pixels), once it is clear that they fit.

    Raises:
        ValueError: they do not, or there is neither one channel nor three.
    """
    fits = len(shape) == 3 and images.dim() == 2 and images.shape[1] == math.prod(shape)
    if not fits or shape[0] not in (1, 3):
        raise ValueError(
            f"images of shape {(*images.shape,)} cannot be drawn as {(*shape,)}: say the "
            "(channels, height, width) of one image, with 1 or 3 channels, as in shape=(1, 28, 28)"
        )
    return tuple(shape)


def image_grid(ax: Axes, images: Tensor, columns: int, shape=(1, 28, 28), gap: int = 1) -> None:
    """Draw images (n, pixels) in [0, 1] as rows of ``columns``, dark ink on white.

    Args:
        ax: where to draw.
        images: channels first within the pixels, ``shape`` says how.
        columns: images in a row.
        shape: (channels, height, width) of one image.
        gap: white pixels between images.

    Raises:
        ValueError: images of another number of pixels, or of neither one channel nor three.
    """
    channels, height, width = checked_shape(images, shape)
    ink = images.detach().cpu().clamp(0, 1).reshape(-1, channels, height, width)
    if channels == 1:
        ink = 1 - ink
    rows = -(-len(ink) // columns)
    sheet = torch.ones(channels, rows * (height + gap) - gap, columns * (width + gap) - gap)
    for i, image in enumerate(ink):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        sheet[:, top : top + height, left : left + width] = image
    sheet = (sheet * 31).round() / 31  # 32 levels look the same and halve the file
    ax.imshow(sheet.permute(1, 2, 0).expand(-1, -1, 3).numpy(), interpolation="nearest")
    ax.set_axis_off()


def plot_reconstructions(
    model: EncoderDecoder,
    images: Tensor,
    count: int = 12,
    shape=(1, 28, 28),
    labels: Tensor | None = None,
) -> Figure:
    """Originals above their reconstructions.

    Args:
        model: any model that reconstructs.
        images: (n, pixels) bytes; the first ``count`` are shown.
        count: how many.
        shape: (channels, height, width) of one image.
        labels: (n,), for a model that needs them.
    """
    x = as_pixels(images[:count])
    with torch.no_grad():
        x_hat = model.reconstruct(x, None if labels is None else labels[:count])
    figure, ax = plt.subplots(figsize=(count * 0.6, 1.5), layout="constrained")
    image_grid(ax, torch.cat([x, x_hat]), count, shape)
    ax.set_title("above: images, below: their reconstructions", fontsize=9)
    return figure


def plot_codes(
    model: EncoderDecoder,
    images: Tensor,
    labels: Tensor | None,
    prior: Prior | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Codes of images in the plane, a colour and a numeral for each label, over the prior.

    Args:
        model: with 2-D codes.
        images: (n, pixels) bytes.
        labels: (n,), -1 for "not labelled"; None where no image has one.
        prior: drawn behind the codes as lines that hold 50, 90 and 99 % of it.
        ax: where to draw; without it, a figure of its own, with a legend.
    """
    labels = as_labels(labels, len(images), images.device)
    with torch.no_grad():
        z = model.encode(as_pixels(images), labels)
    if ax is None:
        figure, ax = plt.subplots(figsize=(5, 5.3), layout="constrained")
        digit_legend(figure, labels)
    draw_codes(ax, z, labels, prior)
    return ax


def digit_legend(figure: FigureBase, labels: Tensor) -> None:
    """A row below a figure that says which colour stands for which of the labels (n,)."""
    digits = labels.unique().tolist()
    dots = [
        Line2D(
            [], [], linestyle="", marker="o", markersize=6,
            color=DIGIT_COLOURS[digit % 10] if digit >= 0 else NO_LABEL,
            label=str(digit) if digit >= 0 else "no label",
        )
        for digit in digits
    ]  # fmt: skip
    figure.legend(
        handles=dots, loc="outside lower center", ncols=len(dots), handletextpad=0.0,
        columnspacing=0.8,
    )  # fmt: skip


def draw_codes(ax: Axes, z: Tensor, labels: Tensor, prior: Prior | None = None) -> None:
    """Codes (n, 2), a colour and a numeral for each of their labels (n,), over the prior.

    Codes without a label are grey.

    Raises:
        ValueError: codes that are not finite numbers in the plane, or not as many labels.
    """
    if z.dim() != 2 or z.shape[1] != 2 or len(z) != len(labels):
        raise ValueError(
            f"codes of shape {(*z.shape,)} and {len(labels)} labels: the plane takes (n, 2) and n"
        )
    if not z.isfinite().all():
        raise ValueError("codes hold values that are not finite (nan, inf)")
    z, labels = z.detach().cpu().numpy(), labels.cpu().numpy()
    colours = np.where((labels >= 0)[:, None], np.array(DIGIT_COLOURS)[labels % 10], NO_LABEL)
    ax.scatter(
        *z.T, s=np.clip(20_000 / len(z), 3, 16), c=colours, alpha=0.8, linewidths=0, rasterized=True
    )
    limit = 1.1 * np.quantile(np.abs(z), 0.998)
    if prior is not None:
        limit = max(limit, 1.05 * prior.extent())
        draw_prior(ax, prior)
    taken: list[np.ndarray] = []
    for digit in np.unique(labels[labels >= 0]):
        taken.append(_free_dense_place(z[labels == digit], taken, apart=limit / 7))
        _mark(ax, taken[-1], str(digit))
    ax.set(
        xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", xlabel="$z_1$", ylabel="$z_2$"
    )


def _free_dense_place(points: np.ndarray, taken: list[np.ndarray], apart: float) -> np.ndarray:
    """Where a numeral is best placed: most other points around, and no other numeral near."""
    sample = points[:: max(1, len(points) // 400)]
    distances = np.linalg.norm(sample[:, None] - sample[None], axis=-1)
    spread = np.sort(distances, axis=1)[:, min(len(sample) - 1, len(sample) // 8)]
    for candidate in sample[spread.argsort()]:
        if all(np.linalg.norm(candidate - place) > apart for place in taken):
            return candidate
    return sample[spread.argmin()]


def _mark(ax: Axes, place: np.ndarray, text: str) -> None:
    label = ax.text(*place, text, fontsize=11, weight="bold", ha="center", va="center", zorder=4)
    label.set_path_effects([effects.withStroke(linewidth=3, foreground="white")])
    label.set_clip_on(True)


def draw_prior(ax: Axes, prior: Prior) -> None:
    """Draw a 2-D prior: its outline, or else lines that hold 50, 90 and 99 % of it."""
    _check_plane(prior)
    outline = prior.outline()
    if outline is not None:
        ax.plot(*outline.cpu().T.numpy(), color="0.35", linewidth=0.8)
        return
    contours = _contours_of_density if hasattr(prior, "log_prob") else _contours_of_draws
    axis, height, levels = contours(prior)
    ax.contour(axis, axis, height, levels, colors="0.35", linewidths=0.8, linestyles="solid")


def _check_plane(prior: Prior) -> None:
    if prior.dim != 2:
        raise ValueError(f"this picture is of a plane, and the prior has {prior.dim} dimensions")


def _contours_of_density(prior: Prior) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coordinates (n,), log p on their square (n, n), and the levels that hold the shares."""
    draws = prior.fixed_draws()
    levels = np.unique(np.quantile(prior.log_prob(draws).cpu().numpy(), [0.01, 0.1, 0.5]))
    levels -= 1e-3  # so that a flat density has its border drawn
    limit = 1.3 * draws.abs().max().item()
    axis = torch.linspace(-limit, limit, 301, device=draws.device)
    plane = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)
    density = prior.log_prob(plane).clamp_min(float(levels[0]) - 50).cpu().numpy()
    return axis.cpu().numpy(), density, levels


def _contours_of_draws(prior: Prior) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same for a prior that cannot say its density: a smoothed histogram of many draws."""
    draws = prior.fixed_draws(200_000).cpu().numpy()
    edges = 1.3 * np.abs(draws).max() * np.linspace(-1, 1, 302)
    counts = np.histogram2d(draws[:, 1], draws[:, 0], edges)[0]  # a row for each second coordinate
    density = gaussian_filter(counts, 3)
    from_the_top = density.ravel().argsort()[::-1]
    held = counts.ravel()[from_the_top].cumsum() / len(draws)
    last = held.searchsorted([0.99, 0.9, 0.5])
    return (edges[1:] + edges[:-1]) / 2, density, np.unique(density.ravel()[from_the_top[last]])


def plot_latent_grid(
    model: EncoderDecoder,
    prior: Prior,
    rows: int = 15,
    shape=(1, 28, 28),
    ax: Axes | None = None,
    label: int | None = None,
) -> Axes:
    """Decode the prior's own grid of codes in the plane (Figure 2e).

    Args:
        model: with 2-D codes.
        prior: a Gaussian's grid is even in probability, its points are the inverse cumulative
            distribution of evenly spaced percentiles; that of most others is even in the plane.
        rows: images in a row, and in a column.
        shape: (channels, height, width) of one image.
        ax: where to draw.
        label: of all images, for a model that needs one.
    """
    check_labels(model, label)
    _check_plane(prior)
    if isinstance(model, LabelAndStyle) and model.code_dim(model.categories, 2) != 2:
        raise ValueError(
            f"a code of {type(model).__name__} has a label beside its style: draw it with "
            "plot_style_grid and model.decode_parts"
        )
    ax = ax or plt.subplots(figsize=(4.4, 4.4), layout="constrained")[1]
    z = prior.grid(rows)
    y = None if label is None else torch.full((len(z),), label, device=z.device)
    with torch.no_grad():
        image_grid(ax, model.decode(z, y), rows, shape, gap=0)
    return ax


def plot_losses(history: History) -> Figure:
    """The loss of every phase over the steps; replicas as thin lines."""
    figure, axes = plt.subplots(
        1, len(history.losses), figsize=(3.2 * len(history.losses), 2.4), layout="constrained",
        squeeze=False,
    )  # fmt: skip
    draw_losses(axes[0], history)
    return figure
