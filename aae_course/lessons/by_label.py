"""Pictures of notebooks 06 and 07: how codes of one label differ from those of another."""

from __future__ import annotations

import numpy as np
import seaborn as sns
import torch
from matplotlib.axes import Axes
from torch import Tensor

from aae_course.data.dataset import Split
from aae_course.data.labels import one_hot
from aae_course.data.minibatches import as_pixels
from aae_course.models import Classifier, EncoderDecoder
from aae_course.models.priors import Gaussian, GaussianMixture, SwissRoll
from aae_course.pictures.plots import draw_codes


def label_shares(codes: Tensor, labels: Tensor, prior: GaussianMixture | SwissRoll) -> Tensor:
    """Which share of each label's codes lies in which part of the prior: (classes, classes).

    Args:
        codes: (n, 2).
        labels: (n,), one row of the result for each.
        prior: one column for each of its parts.
    """
    return means_by_label(one_hot(prior.nearest_class(codes), prior.classes), labels, prior.classes)


def means_by_label(values: Tensor, labels: Tensor, classes: int = 10) -> Tensor:
    """Mean of the rows of each label: (n, columns), (n,) -> (classes, columns).

    A label without rows gets nan.
    """
    members = one_hot(labels, classes)
    return members.T @ values / members.sum(0).unsqueeze(1)


def read_as_asked(
    model: EncoderDecoder, z: Tensor, labels: Tensor, classifier: Classifier
) -> Tensor:
    """Share of decoded images that the classifier reads as the label asked for.

    Args:
        model: decodes every style as every label.
        z: (n, dim) styles.
        labels: (n,) of the images they come from.
        classifier: of images.

    Returns:
        (classes, classes): a row for the label that the style comes from, a column for the one
        asked for.
    """
    n, classes = len(z), model.classes
    asked = torch.arange(classes, device=z.device).repeat(n)
    with torch.no_grad():
        images = model.decode(z.repeat_interleave(classes, 0), asked)
        read = torch.cat([classifier(part).argmax(-1) for part in images.split(5000)])
    return means_by_label((read == asked).view(n, classes).float(), labels, classes)


def draw_shares(ax: Axes, shares: Tensor, rows: str, columns: str) -> None:
    """A square of shares (classes, classes), dark for 1; those from 5 % on as a number too."""
    sns.heatmap(
        shares.cpu().numpy(), vmin=0, vmax=1, cmap="Greys", cbar=False, square=True,
        annot=percents(shares.cpu().numpy()), fmt="", annot_kws={"fontsize": 7}, ax=ax,
        linewidths=0.5, linecolor="0.9",
    )  # fmt: skip
    ax.set(xlabel=columns, ylabel=rows)
    ax.tick_params(axis="y", rotation=0)


def percents(shares: np.ndarray) -> np.ndarray:
    """What to write into a picture of shares: a percent for each from 5 % on, else nothing."""
    return np.vectorize(lambda share: f"{100 * share:.0f}" if share >= 0.05 else "")(shares)


def draw_class_means(ax: Axes, codes: Tensor, labels: Tensor, std: float = 1.0) -> None:
    """The mean code of each label, red where positive and blue where negative, up to 2 stds.

    Args:
        ax: where to draw.
        codes: (n, dim).
        labels: (n,).
        std: of the prior, the unit.
    """
    means = means_by_label(codes, labels) / std
    sns.heatmap(means.cpu().numpy(), vmin=-2, vmax=2, cmap="RdBu_r", ax=ax)
    ax.set(xlabel="coordinate of $z$", ylabel="label")
    ax.tick_params(axis="y", rotation=0)


def principal_axes(codes: Tensor) -> Tensor:
    """The two orthogonal directions in which codes (n, dim) spread the most: (dim, 2)."""
    return _leading(codes - codes.mean(0))


def separating_axes(codes: Tensor, labels: Tensor, classes: int = 10) -> Tensor:
    """The two orthogonal directions in which the mean codes of the labels spread the most.

    Every label counts alike: (n, dim), (n,) -> (dim, 2).
    """
    means = means_by_label(codes, labels, classes)
    return _leading(means - means.mean(0))


def _leading(rows: Tensor) -> Tensor:
    return torch.linalg.svd(rows, full_matrices=False).Vh[:2].T


def draw_side(ax: Axes, model: EncoderDecoder, images: Split, axes: Tensor) -> None:
    """Codes of images seen along two directions, over the prior, which looks alike from each side.

    Args:
        ax: where to draw.
        model: its prior is an isotropic Gaussian.
        images: with labels.
        axes: (dim, 2), orthonormal.
    """
    with torch.no_grad():
        z = model.encode(as_pixels(images.images), images.labels)
    draw_codes(ax, z @ axes, images.labels, Gaussian(2, model.prior.std).to(axes.device))
    ax.set(xlabel="", ylabel="")
