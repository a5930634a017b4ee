"""Which pixels a unit of a convolutional encoder can see (Araujo, Norris & Sim, 2019)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from aae_course.networks.map_layers import Convolution

SLIDING = Convolution | nn.MaxPool2d


@dataclass(frozen=True)
class ReceptiveField:
    """The pixels that the units of a layer see, the same in height and in width.

    Args:
        layer: what the layer is called.
        size: pixels in a row, those beyond the image's edge included.
        stride: pixels from a unit's field to its neighbour's.
        centre: the middle of the first unit's field, in pixels from the first pixel.
    """

    layer: str
    size: int = 1
    stride: int = 1
    centre: float = 0.0

    def span(self, unit: int) -> tuple[int, int]:
        """First and last pixel that unit number ``unit`` of a row sees; they may lie outside."""
        first = self.centre + unit * self.stride - (self.size - 1) / 2
        return int(first), int(first) + self.size - 1

    def behind(self, layer: str, kernel_size: int, stride: int, padding: int) -> ReceptiveField:
        """The field after one more layer, whose windows slide over this one's units."""
        return ReceptiveField(
            layer,
            self.size + (kernel_size - 1) * self.stride,
            self.stride * stride,
            self.centre + ((kernel_size - 1) / 2 - padding) * self.stride,
        )


def receptive_fields(encoder: nn.Module) -> list[ReceptiveField]:
    """The fields of an encoder's convolutions and poolings, from the image on.

    What stands behind the last map, an average or a linear layer, sees all its units.

    Args:
        encoder: such as `Convolutional.make_encoder` gives.
    """
    fields = [ReceptiveField("image")]
    for name, layer in _named_sliding(encoder):
        geometry = layer.kernel_size, layer.stride, layer.padding
        fields.append(fields[-1].behind(name, *geometry))
    return fields


def _named_sliding(encoder: nn.Module) -> Iterator[tuple[str, SLIDING]]:
    """The layers whose windows slide over a map, each kind numbered from 1."""
    names = {Convolution: "convolution", nn.MaxPool2d: "pooling"}
    numbers = dict.fromkeys(names, 0)
    for layer in encoder.modules():
        if isinstance(layer, SLIDING):
            numbers[type(layer)] += 1
            yield f"{names[type(layer)]} {numbers[type(layer)]}", layer
