"""Pieces of notebook 11: an encoder of strided blocks, and diagnostics with their pictures.

The diagnostics are of receptive fields, filters, checkerboards and batch norm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor, nn

from aae_course.networks.layers import BatchNorm, Linear
from aae_course.networks.map_layers import ChannelNorm, Convolution
from aae_course.networks.receptive_field import ReceptiveField
from aae_course.pictures.plots import DIGIT_COLOURS, image_grid

Shape = tuple[int, int, int]
MARGIN = 5  # pixels around an image, for fields that reach beyond it

Level = tuple[Tensor, Tensor, Tensor]  # kernel (outputs, inputs, 5, 5), scale, shift (outputs,)
Head = tuple[Tensor, Tensor]  # kernel (dim, channels, height, width), bias (dim,)


# An encoder of strided blocks


def strided_encoder(x: Tensor, levels: Sequence[Level], head: Head) -> Tensor:
    """Codes by strided blocks, with the minibatch's own statistics (exercise 3): (batch, dim).

    Args:
        x: (batch, channels, height, width).
        levels: for each block (kernel, scale, shift). The convolution has no bias, since batch norm
            takes the mean off.
        head: kernel as large as the last map, and bias.
    """
    for kernel, scale, shift in levels:
        h = F.conv2d(x, kernel, stride=2, padding=2)
        mean = h.mean((0, 2, 3), keepdim=True)
        variance = h.var((0, 2, 3), correction=0, keepdim=True)
        h = (h - mean) / (variance + 1e-5).sqrt()
        x = torch.relu(scale[:, None, None] * h + shift[:, None, None])
    return F.conv2d(x, *head).flatten(1)


class ByFunction(nn.Module):
    """The weights of the package's encoder, used by a function: (batch, pixels) -> (batch, dim).

    Args:
        encode: such as `strided_encoder`.
        encoder: with `Convolutional` strided blocks, batch norm in them, and the whole map read.
        shape: (channels, height, width) of an image.
    """

    def __init__(self, encode: Callable[..., Tensor], encoder: nn.Module, shape: Shape):
        super().__init__()
        self.encode, self.encoder, self.shape = encode, encoder, shape

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x.view(-1, *self.shape), *self._weights())

    def _weights(self) -> tuple[list[Level], Head]:
        layers = list(self.encoder)
        kernels = [layer.weight for layer in layers if isinstance(layer, Convolution)]
        norms = [(layer.scale, layer.shift) for layer in layers if isinstance(layer, ChannelNorm)]
        (last,) = (layer for layer in layers if isinstance(layer, Linear))
        levels = [(kernel, *norm) for kernel, norm in zip(kernels, norms, strict=True)]
        height, width = (-(-side // 2 ** len(levels)) for side in self.shape[1:])
        return levels, (last.weight.t().unflatten(1, (-1, height, width)), last.bias)


# Receptive fields and filters


def draw_fields(ax: Axes, image: Tensor, fields: Sequence[ReceptiveField], shape: Shape) -> None:
    """What the middle unit of each map sees: squares over an image, the first map's in front.

    Args:
        ax: where to draw.
        image: (pixels,) in [0, 1].
        fields: of an encoder, from `receptive_fields`, the image's own first.
        shape: (channels, height, width) of the image.
    """
    image_grid(ax, image[None], 1, shape)
    sides, shown = shape[1:], [field for field in fields if field.size > 1]
    for field, colour in zip(shown, DIGIT_COLOURS, strict=False):
        (top, bottom), (left, right) = (field.span(-(-side // field.stride) // 2) for side in sides)
        corner, size = (left - 0.5, top - 0.5), (right - left + 1, bottom - top + 1)
        label = f"{field.layer}: {field.size} × {field.size}"
        ax.add_patch(plt.Rectangle(corner, *size, fill=False, edgecolor=colour, lw=2, label=label))
    ends = [end for field in shown for end in field.span(-(-max(sides) // field.stride) // 2)]
    low, high = min(-MARGIN, *ends) - 1, max(max(sides) + MARGIN, *ends) + 1
    ax.set(xlim=(low, high), ylim=(high, low))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), fontsize=8, ncols=2, frameon=False)


def first_filters(encoder: nn.Module, shape: Shape) -> Tensor:
    """The weights of an encoder's first layer as images: (units, height, width).

    Args:
        encoder: of convolutions, whose filters are as large as their kernel, or of perceptrons,
            each of whose units has a weight for every pixel.
        shape: (1, height, width) of an image.
    """
    weight = next(layer.weight for layer in encoder.modules() if hasattr(layer, "weight"))
    weight = weight.detach().cpu()
    return weight[:, 0] if weight.dim() == 4 else weight.T.reshape(-1, *shape[1:])


def draw_filters(ax: Axes, filters: Tensor, columns: int) -> None:
    """Filters (n, height, width) side by side: red above zero, blue below, white at zero.

    Each is stretched to its own largest weight, so filters show their form and not their size.
    """
    n, height, width = filters.shape
    rows = -(-n // columns)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for i, each in enumerate(filters / filters.abs().amax((1, 2), keepdim=True).clamp_min(1e-12)):
        top, left = i // columns * (height + 1), i % columns * (width + 1)
        sheet[top : top + height, left : left + width] = each
    ax.imshow(sheet, cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
    ax.set_axis_off()


def smoothness(filters: Tensor) -> float:
    """Mean correlation of neighbouring weights of filters (n, height, width); noise has none."""
    centred = filters - filters.mean((1, 2), keepdim=True)
    beside = (centred[:, :, 1:] * centred[:, :, :-1]).mean((1, 2))
    below = (centred[:, 1:] * centred[:, :-1]).mean((1, 2))
    power = centred.square().mean((1, 2)).clamp_min(1e-12)
    return ((beside + below) / 2 / power).mean().item()


# Checkerboards


def spectrum(images: Tensor, shape: Shape) -> Tensor:
    """Mean power of each frequency of images (n, pixels), their means off: (height, width).

    The lowest frequency stands in the middle, the highest in row 0 and in column 0.
    """
    maps = images.detach().cpu().reshape(-1, *shape[1:])
    maps = maps - maps.mean((1, 2), keepdim=True)
    return torch.fft.fftshift(torch.fft.fft2(maps).abs().square().mean(0))


def share_of_checkerboard(images: Tensor, shape: Shape) -> float:
    """Which share of the power of images (n, pixels) alternates from pixel to pixel, 0 to 1.

    Those are the Nyquist frequencies, of a period of two pixels, in height or in width. White
    noise has its fair share there: (h + w - 1) of (h w - 1) frequencies.

    Raises:
        ValueError: an odd height or width, in which no frequency has a period of two pixels.
    """
    if shape[1] % 2 or shape[2] % 2:
        raise ValueError(f"a period of two pixels fits no image of {shape[1]} x {shape[2]}")
    power = spectrum(images, shape)
    alternating = power[0].sum() + power[1:, 0].sum()
    return (alternating / power.sum().clamp_min(1e-12)).item()


def draw_checkerboards(images: Mapping[str, Tensor], shape: Shape, shown: int = 1) -> Figure:
    """Images above, and below them the logarithm of their spectrum.

    Args:
        images: title -> (n, pixels); the spectrum is that of all n.
        shape: (1, height, width) of an image.
        shown: how many of the n are drawn.
    """
    figure, axes = plt.subplots(
        2, len(images), figsize=(2.6 * len(images), 4.6), layout="constrained", squeeze=False
    )
    for (above, below), (name, each) in zip(axes.T, images.items(), strict=True):
        low, high = each[:shown].min(), each[:shown].max()
        side = int(np.ceil(np.sqrt(shown)))
        image_grid(above, (each[:shown] - low) / (high - low).clamp_min(1e-6), side, shape)
        above.set_title(f"{name}\n{100 * share_of_checkerboard(each, shape):.2g} % alternates")
        power = spectrum(each, shape)
        orders = (power / power.max().clamp_min(1e-12)).clamp_min(1e-6).log10().numpy()
        below.imshow(orders, cmap="Greys", vmin=-6, vmax=0)
        below.add_patch(_border(0, 0, 1, shape[1]))
        below.add_patch(_border(0, 0, shape[2], 1))
        below.set(xticks=[], yticks=[])
    return figure


def _border(x: float, y: float, width: float, height: float) -> plt.Rectangle:
    return plt.Rectangle(
        (x - 0.5, y - 0.5), width, height, fill=False, edgecolor=DIGIT_COLOURS[3], lw=1.5
    )


# Statistics of batch norm


@torch.no_grad()
def norm_gaps(encoder: nn.Module, x: Tensor, noisy: bool) -> list[tuple[float, float]]:
    """How a minibatch's statistics differ from the running ones, a pair for each batch norm.

    First the gap of the means, in running stds, as root mean square over the features; then the
    geometric mean of the ratios of the stds, 1 where they agree.

    Args:
        encoder: a network with batch norm.
        x: (batch, pixels).
        noisy: whether the encoder's first layer, its noise, is on.
    """
    layers = [layer for layer in encoder.modules() if isinstance(layer, BatchNorm)]
    gaps: list[tuple[float, float]] = []

    def look(layer: BatchNorm, arguments: tuple[Tensor]) -> None:
        features = arguments[0].transpose(0, 1).flatten(1)
        std = layer.running_variance.sqrt()
        gap = (features.mean(1) - layer.running_mean) / std
        ratio = features.std(1, correction=0) / std
        gaps.append((gap.square().mean().sqrt().item(), ratio.log().mean().exp().item()))

    handles = [layer.register_forward_pre_hook(look) for layer in layers]
    encoder.eval()
    if noisy:
        encoder[0].train()
    encoder(x)
    encoder.eval()
    for handle in handles:
        handle.remove()
    return gaps


def draw_gaps(gaps: Mapping[str, Sequence[Sequence[tuple[float, float]]]]) -> Figure:
    """The gaps of several kinds of minibatch, a mark for each minibatch and layer.

    Args:
        gaps: kind -> minibatches -> layers -> (gap of means, ratio of stds), from `norm_gaps`.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained", sharey=True)
    for row, minibatches in enumerate(gaps.values()):
        values = np.array(minibatches)  # (minibatches, layers, 2)
        for layer in range(values.shape[1]):
            colour, marker = DIGIT_COLOURS[layer], "os^D"[layer % 4]
            height = np.full(len(values), -row - 0.15 * (layer - (values.shape[1] - 1) / 2))
            for ax, what in zip(axes, values[:, layer].T, strict=True):
                label = f"batch norm {layer + 1}" if row == 0 else None
                ax.plot(what, height, marker, color=colour, alpha=0.6, markersize=5, label=label)
    axes[0].set_yticks([-row for row in range(len(gaps))], list(gaps))
    axes[0].set_xlabel("gap of the means, in running stds")
    axes[0].legend(fontsize=8)
    axes[1].set_xlabel("std of the minibatch / running std")
    for ax, nothing in zip(axes, (0, 1), strict=True):
        ax.axvline(nothing, color="0.35", linestyle="--", linewidth=0.9)
        ax.grid(axis="y", alpha=0.3)
    return figure
