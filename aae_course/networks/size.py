"""How large encoder and decoder are, and convolutions as large as another architecture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from aae_course.networks.convolutional import Convolutional
from aae_course.networks.perceptrons import Perceptrons

LARGEST_WIDTH = 1024
Architecture = Perceptrons | Convolutional


def count_parameters(architecture: Architecture, pixels: int, dim: int) -> int:
    """Weights of encoder and decoder for codes of ``dim`` numbers."""
    return sum(p.numel() for p in _autoencoder(architecture, pixels, dim).parameters())


def count_flops(architecture: Architecture, pixels: int, dim: int) -> int:
    """Floating-point operations that take one image through encoder and decoder.

    A multiplication and an addition are two; those of linear layers and convolutions count, with
    the zeros of the padding, and nothing else does.
    """
    autoencoder, image = (
        _autoencoder(architecture, pixels, dim),
        torch.rand(1, pixels, device="meta"),
    )
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        autoencoder(image)
    return counter.get_total_flops()


def match_parameters(architecture: Convolutional, dim: int, target: int) -> Convolutional:
    """The same architecture at the width whose number of weights is nearest to ``target``.

    Raises:
        ValueError: no width comes near.
    """
    return _match(architecture, dim, target, count_parameters)


def match_flops(architecture: Convolutional, dim: int, target: int) -> Convolutional:
    """The same architecture at the width whose operations for an image are nearest to ``target``.

    Raises:
        ValueError: no width comes near.
    """
    return _match(architecture, dim, target, count_flops)


def _match(
    architecture: Convolutional, dim: int, target: int, count: Callable[..., int]
) -> Convolutional:
    def size(width: int) -> int:
        return count(replace(architecture, width=width), architecture.pixels, dim)

    least = architecture.smallest_width(dim)
    widths = range(least, LARGEST_WIDTH + 1)
    above = bisect_left(widths, target, key=size)
    near = widths[max(0, above - 1) : above + 1]
    width = min(near, key=lambda width: abs(size(width) - target))
    if not target / 2 < size(width) < 2 * target:
        raise ValueError(
            f"{target:,} asked for, and at the nearest width, {width}, it is {size(width):,}"
        )
    return replace(architecture, width=width)


def _autoencoder(architecture: Architecture, pixels: int, dim: int) -> nn.Sequential:
    with torch.device("meta"):  # shapes without memory
        return nn.Sequential(
            architecture.make_encoder(pixels, dim), architecture.make_decoder(dim, pixels)
        )
