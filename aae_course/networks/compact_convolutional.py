"""A small convolutional encoder, with perceptrons for everything else.

The paper has perceptrons only. A convolution finds a stroke wherever it lies, which is what an
encoder needs whose answer is not to change when the image is moved (`models.invariant_clustering`).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from torch import nn

from aae_course.networks.layers import MLP, BatchNorm, GaussianNoise, Linear, Network
from aae_course.networks.map_layers import ChannelNorm, Convolution, ToMaps, ToVectors


@dataclass(frozen=True)
class CompactConvolutional:
    """Convolutions with batch norm and ReLU, then one linear layer; decoder and discriminators.

    Args:
        image_shape: (channels, height, width).
        channels: of each convolution. Where they grow, the map is halved by a stride of 2.
        kernels: sides of the kernels, odd, one for each convolution.
        output_norm: batch norm on the code too, as appendix A.3 of the paper asks for clusters.
        input_noise: std of the noise on the encoder's input while training.
        hidden: widths of the decoder's hidden layers.
        discriminator: widths of the discriminators' hidden layers.
        initialisation: "paper" or "kaiming", see `Linear`.

    Raises:
        ValueError: not as many kernels as convolutions.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    channels: tuple[int, ...] = (16, 32, 64)
    kernels: tuple[int, ...] = (5, 3, 3)
    output_norm: bool = True
    input_noise: float = 0.0
    hidden: tuple[int, ...] = (300, 300)
    discriminator: tuple[int, ...] = (128, 128)
    initialisation: str = "kaiming"

    def __post_init__(self):
        if len(self.channels) != len(self.kernels):
            raise ValueError(
                f"{len(self.channels)} convolutions, and {len(self.kernels)} sides of kernels: "
                "give one for each"
            )

    def make_encoder(self, pixels: int, dim: int, replicas: int | None = None) -> Network:
        """(batch, pixels) -> (batch, dim)."""
        if pixels != math.prod(self.image_shape):
            raise ValueError(f"{pixels} pixels are not images of shape {self.image_shape}")
        settings = {"initialisation": self.initialisation, "replicas": replicas}
        layers: list[nn.Module] = [GaussianNoise(self.input_noise)] if self.input_noise else []
        layers.append(ToMaps(self.image_shape, replicas))
        (first, height, width), widths = self.image_shape, []
        pairs = itertools.pairwise((first, *self.channels))
        for (inputs, outputs), kernel in zip(pairs, self.kernels, strict=True):
            stride = 2 if outputs > inputs else 1
            height, width = -(-height // stride), -(-width // stride)
            widths.append(outputs * height * width)
            layers += [
                Convolution(inputs, outputs, kernel, stride, **settings),
                ChannelNorm(outputs, replicas=replicas),
                nn.ReLU(),
            ]
        layers += [ToVectors(replicas), Linear(widths[-1], dim, **settings)]
        layers += [BatchNorm(dim, replicas=replicas)] if self.output_norm else []
        return Network(layers, (pixels, *widths, dim))

    def make_decoder(self, dim: int, pixels: int, replicas: int | None = None) -> MLP:
        """(batch, dim) -> (batch, pixels) in [0, 1]."""
        return MLP(
            (dim, *self.hidden, pixels),
            initialisation=self.initialisation,
            output=nn.Sigmoid(),
            replicas=replicas,
        )

    def make_discriminator(self, dim: int, replicas: int | None = None) -> MLP:
        """(batch, dim) -> (batch, 1) log-odds."""
        widths = (dim, *self.discriminator, 1)
        return MLP(widths, initialisation=self.initialisation, replicas=replicas)
