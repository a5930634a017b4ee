"""The networks of DCGAN (Radford et al., 2015), sized for small images and for a processor."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import nn

from aae_course.networks.layers import Network


@dataclass(frozen=True)
class Convolutions:
    """Generator and discriminator by DCGAN's guidelines.

    Strided convolutions in place of pooling, no hidden fully connected layer, batch norm except
    at the generator's output and the discriminator's input, ReLU in the generator and LeakyReLU
    in the discriminator, weights from N(0, 0.02²). Images lie in [0, 1], so the generator ends in
    a sigmoid where DCGAN has tanh. The layers are torch's own, without replicas.

    Args:
        image_shape: (channels, height, width), both sides a multiple of 4.
        width: channels next to the image; twice as many at a quarter of the side.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    width: int = 32

    def __post_init__(self):
        _, height, side = self.image_shape
        if min(height, side) < 4 or height % 4 or side % 4:
            raise ValueError(f"images of {height} x {side}: each side must be a multiple of 4")

    def make_decoder(self, dim: int, pixels: int, replicas: int | None = None) -> Network:
        """The generator: (batch, dim) -> (batch, pixels) in [0, 1]."""
        self._check(pixels, replicas)
        wide, small = 2 * self.width, self._small_side()
        up = {"kernel_size": 4, "stride": 2, "padding": 1}
        layers = _initialised(
            nn.Unflatten(1, (dim, 1, 1)),
            nn.ConvTranspose2d(dim, wide, small, bias=False), nn.BatchNorm2d(wide), nn.ReLU(),
            nn.ConvTranspose2d(wide, self.width, bias=False, **up),
            nn.BatchNorm2d(self.width), nn.ReLU(),
            nn.ConvTranspose2d(self.width, self.image_shape[0], **up), nn.Sigmoid(),
            nn.Flatten(),
        )  # fmt: skip
        return Network(layers, (dim, *self._hidden[::-1], pixels))

    def make_discriminator(self, pixels: int, replicas: int | None = None) -> Network:
        """(batch, pixels) -> (batch, 1) log-odds."""
        self._check(pixels, replicas)
        wide, small = 2 * self.width, self._small_side()
        down = {"kernel_size": 4, "stride": 2, "padding": 1}
        layers = _initialised(
            nn.Unflatten(1, self.image_shape),
            nn.Conv2d(self.image_shape[0], self.width, **down), nn.LeakyReLU(0.2),
            nn.Conv2d(self.width, wide, bias=False, **down),
            nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Conv2d(wide, 1, small), nn.Flatten(),
        )  # fmt: skip
        return Network(layers, (pixels, *self._hidden, 1))

    @property
    def _hidden(self) -> tuple[int, int]:
        """Numbers of the maps at half and at a quarter of the side."""
        _, height, side = self.image_shape
        return self.width * height * side // 4, 2 * self.width * height * side // 16

    def _small_side(self) -> tuple[int, int]:
        return self.image_shape[1] // 4, self.image_shape[2] // 4

    def _check(self, pixels: int, replicas: int | None) -> None:
        if replicas is not None:
            raise ValueError("DCGAN has no replicas: train one seed at a time")
        if pixels != math.prod(self.image_shape):
            raise ValueError(f"{pixels} pixels are not images of shape {self.image_shape}")


def _initialised(*layers: nn.Module) -> tuple[nn.Module, ...]:
    """The layers with DCGAN's weights: N(0, 0.02²), batch norm's gain N(1, 0.02²), biases 0."""
    for layer in layers:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
    return layers
