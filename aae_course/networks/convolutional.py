"""Convolutional encoders and decoders, of which three things can be changed one at a time.

The paper has multilayer perceptrons only; this is the study that the course adds. A level of the
encoder is a convolution that halves the map and doubles the channels, and the decoder goes the
same way back.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import partial

from torch import nn

from aae_course.networks.encoders import ENCODERS, GaussianPosterior, UniversalApproximator
from aae_course.networks.layers import MLP, BatchNorm, GaussianNoise, Linear, Network
from aae_course.networks.map_layers import (
    ChannelNorm,
    Convolution,
    FirstMap,
    Size,
    ToMaps,
    ToVectors,
    TransposedConvolution,
    Upsampling,
)
from aae_course.networks.perceptrons import Perceptrons
from aae_course.settings import check_known

NORMED_ENCODER = ("hidden", "hidden and code", "encoder", "all")
NORMED_DECODER = ("hidden", "hidden and code", "decoder", "all")
NORMED_CODE = ("hidden and code", "encoder", "all")
READOUTS = ("dense", "whole map", "average")


@dataclass(frozen=True)
class Convolutional:
    """Convolutional encoder and decoder; the discriminators of codes are perceptrons as ever.

    Args:
        image_shape: (channels, height, width); each side is 2^levels pixels or more.
        width: channels of the first level; each further level has twice as many.
        strided: halve the map by a stride of 2 (Springenberg et al., 2014, all-convolutional),
            otherwise by max pooling after the convolution. The weights are as many.
        readout: from the last map to the code. "dense": through a fully connected hidden layer of
            8 * width units, and the decoder has one too. "whole map": by a convolution whose kernel
            is as large as the map, which is a linear layer (Springenberg et al., 2014). "average":
            of a 1x1 convolution over the map (Lin et al., 2013). With the last two a transposed
            convolution spreads the code to the decoder's first map.
        batch_norm: "none", "hidden" layers of encoder and decoder, "hidden and code" for the
            encoder's output too, hidden layers of the "decoder" only, "encoder" for all its layers,
            or "all" layers of both, as in `Perceptrons`.
        discriminator_norm: batch norm in the hidden layers of the discriminators. These look at
            codes and at draws one after the other, each with its own statistics, and so cannot see
            a difference of place or of scale.
        upsampling: how the decoder doubles a map, "transposed" convolution or "resize" (repeat
            the pixels, then convolve; Odena et al., 2016). None is the counterpart of ``strided``.
        kernel: side of the kernels that halve or double a map, odd.
        levels: how often the map is halved.
        encoder: "deterministic", "gaussian" or "universal", whose noise is one more channel.
        initialisation: "paper" or "kaiming", see `Linear`.
        input_noise: std of the noise on the encoder's input while training.
        input_dropout: share of the encoder's inputs set to 0 while training.
        output: of the decoder, "sigmoid" for pixels in [0, 1] or "linear".
        hidden: widths of the hidden layers of the discriminators.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    width: int = 16
    strided: bool = True
    readout: str = "average"
    batch_norm: str = "none"
    discriminator_norm: bool = False
    upsampling: str | None = None
    kernel: int = 5  # three levels of stride 2 then see 29 x 29 pixels, with 3 they see 15 x 15
    levels: int = 3
    encoder: str = "deterministic"
    initialisation: str = "kaiming"
    input_noise: float = 0.0
    input_dropout: float = 0.0
    output: str = "sigmoid"
    hidden: tuple[int, ...] = (500, 500)

    def __post_init__(self):
        check_known(self.readout, READOUTS, "readout")
        places = ("none", *dict.fromkeys(NORMED_ENCODER + NORMED_DECODER))
        check_known(self.batch_norm, places, "place for batch norm")
        if self.upsampling is not None:
            check_known(self.upsampling, ("transposed", "resize"), "upsampling")
        check_known(self.encoder, ENCODERS, "encoder")
        check_known(self.output, ("sigmoid", "linear"), "output")
        if min(self.width, self.levels) < 1:
            raise ValueError(f"width {self.width} and levels {self.levels}: both must be 1 or more")
        least, (_, height, side) = 2**self.levels, self.image_shape
        if min(height, side) < least:
            raise ValueError(
                f"images of {height} x {side} cannot be halved {self.levels} times: each side must "
                f"be {least} or more"
            )

    @property
    def pixels(self) -> int:
        """Numbers of an image."""
        return math.prod(self.image_shape)

    @property
    def sizes(self) -> list[Size]:
        """Height and width of the image and of the map after each level; halves are rounded up."""
        _, height, width = self.image_shape
        return [(-(-height // 2**level), -(-width // 2**level)) for level in range(self.levels + 1)]

    @property
    def channels(self) -> list[int]:
        """Channels of the image and of the map after each level."""
        return [self.image_shape[0], *(self.width * 2**level for level in range(self.levels))]

    def make_encoder(self, pixels: int, dim: int, replicas: int | None = None) -> nn.Module:
        """(batch, pixels) -> (batch, dim)."""
        self._check_pixels(pixels)
        channels, height, width = self.image_shape
        if self.encoder == "gaussian":
            return GaussianPosterior(self._encoder(channels, 2 * dim, replicas))
        if self.encoder == "universal":
            return UniversalApproximator(self._encoder(channels + 1, dim, replicas), height * width)
        return self._encoder(channels, dim, replicas)

    def make_decoder(
        self, dim: int, pixels: int, replicas: int | None = None, logits: bool = False
    ) -> Network:
        """(batch, dim) -> (batch, pixels); with ``logits`` their log-odds, without a sigmoid."""
        self._check_pixels(pixels)
        sigmoid = self.output == "sigmoid" and not logits
        layers = self._from_code(dim, replicas)
        for level in reversed(range(self.levels)):
            layers += self._double(level, replicas)
        layers += [nn.Sigmoid()] if sigmoid else []
        return Network([*layers, ToVectors(replicas)], (dim, *self._widths[::-1], pixels))

    def make_discriminator(self, dim: int, replicas: int | None = None) -> MLP:
        """(batch, dim) -> (batch, 1) log-odds."""
        return MLP(
            (dim, *self.hidden, 1),
            initialisation=self.initialisation,
            batch_norm=self.discriminator_norm,
            replicas=replicas,
        )

    def smallest_width(self, dim: int) -> int:
        """The least width at which an encoder to codes of ``dim`` numbers is not refused.

        The average and a 1x1 convolution commute: more numbers than the last map has channels
        would be linear functions of each other, and no such code can follow a prior. For a kernel
        as large as the map the same holds of the map's numbers.
        """
        numbers = 2 * dim if self.encoder == "gaussian" else dim
        room = self._room // self.width
        return 1 if self.readout == "dense" else -(-numbers // room)

    @property
    def _room(self) -> int:
        """How many numbers of a code do not depend on each other, without a hidden layer."""
        places = math.prod(self.sizes[-1]) if self.readout == "whole map" else 1
        return self.channels[-1] * places

    @property
    def _widths(self) -> list[int]:
        """Numbers of each hidden layer between image and code."""
        shapes = zip(self.channels[1:], self.sizes[1:], strict=True)
        maps = [channels * height * width for channels, (height, width) in shapes]
        return maps + ([8 * self.width] if self.readout == "dense" else [])

    def _encoder(self, channels: int, outputs: int, replicas: int | None) -> Network:
        of_map = "channels" if self.readout == "average" else "numbers"
        self._check_room(outputs, self._room, f"the encoder's last map has {{}} {of_map}")
        layers: list[nn.Module] = [GaussianNoise(self.input_noise)] if self.input_noise else []
        layers += [nn.Dropout(self.input_dropout)] if self.input_dropout else []
        layers.append(ToMaps((channels, *self.sizes[0]), replicas))
        for inputs, wider in itertools.pairwise((channels, *self.channels[1:])):
            layers += self._halve(inputs, wider, replicas)
        layers += self._to_code(outputs, replicas)
        pixels = channels * math.prod(self.sizes[0])
        return Network(layers, (pixels, *self._widths, outputs))

    def _halve(self, inputs: int, outputs: int, replicas: int | None) -> list[nn.Module]:
        """A level of the encoder. Pooling and ReLU commute; a quarter of the map is less work."""
        stride, settings = 2 if self.strided else 1, self._settings(replicas)
        return [
            Convolution(inputs, outputs, self.kernel, stride, **settings),
            *self._norm(self.batch_norm in NORMED_ENCODER, ChannelNorm, outputs, replicas),
            *([] if self.strided else [nn.MaxPool2d(2, ceil_mode=True)]),
            nn.ReLU(),
        ]

    def _to_code(self, outputs: int, replicas: int | None) -> list[nn.Module]:
        """From the encoder's last map to the code."""
        last_norm = self._norm(self.batch_norm in NORMED_CODE, BatchNorm, outputs, replicas)
        settings = self._settings(replicas)
        if self.readout == "average":
            pointwise = Convolution(self.channels[-1], outputs, 1, **settings)
            return [pointwise, nn.AdaptiveAvgPool2d(1), ToVectors(replicas), *last_norm]
        if self.readout == "whole map":
            return [ToVectors(replicas), Linear(self._room, outputs, **settings), *last_norm]
        *_, features, dense = self._widths
        return [
            ToVectors(replicas),
            Linear(features, dense, **settings),
            *self._norm(self.batch_norm in NORMED_ENCODER, BatchNorm, dense, replicas),
            nn.ReLU(),
            Linear(dense, outputs, **settings),
            *last_norm,
        ]

    def _from_code(self, dim: int, replicas: int | None) -> list[nn.Module]:
        """From the code to the decoder's first map."""
        channels, size, settings = self.channels[-1], self.sizes[-1], self._settings(replicas)
        norm = partial(self._norm, self.batch_norm in NORMED_DECODER)
        first_norm = norm(ChannelNorm, channels, replicas)
        if self.readout != "dense":
            self._check_room(
                dim, channels * math.prod(size), "the decoder's first map has {} numbers"
            )
            first = FirstMap(dim, channels, size, **settings)
            return [ToMaps((dim, 1, 1), replicas), first, *first_norm, nn.ReLU()]
        *_, features, dense = self._widths
        return [
            Linear(dim, dense, **settings), *norm(BatchNorm, dense, replicas), nn.ReLU(),
            Linear(dense, features, **settings), ToMaps((channels, *size), replicas),
            *first_norm, nn.ReLU(),
        ]  # fmt: skip

    def _double(self, level: int, replicas: int | None) -> list[nn.Module]:
        """A level of the decoder; the last one, level 0, gives the image."""
        inputs, outputs, size = self.channels[level + 1], self.channels[level], self.sizes[level]
        settings = self._settings(replicas)
        if self.upsampling == "transposed" or (self.upsampling is None and self.strided):
            layers = [TransposedConvolution(inputs, outputs, self.kernel, size, **settings)]
        else:
            layers = [Upsampling(size), Convolution(inputs, outputs, self.kernel, **settings)]
        normed = self.batch_norm in NORMED_DECODER if level else self.batch_norm == "all"
        layers += self._norm(normed, ChannelNorm, outputs, replicas)
        return layers + ([nn.ReLU()] if level else [])

    def _settings(self, replicas: int | None) -> dict:
        return {"initialisation": self.initialisation, "replicas": replicas}

    @staticmethod
    def _norm(wanted: bool, kind: type[BatchNorm], features: int, replicas: int | None) -> list:
        return [kind(features, replicas=replicas)] if wanted else []

    def _check_pixels(self, pixels: int) -> None:
        if pixels != self.pixels:
            raise ValueError(f"{pixels} pixels are not images of shape {self.image_shape}")

    def _check_room(self, numbers: int, room: int, where: str) -> None:
        if numbers > room and self.readout != "dense":
            raise ValueError(
                f"{where.format(room)}, too few for the {numbers} of the code: choose "
                f"width={-(-numbers * self.width // room)} or more, or readout='dense'"
            )


def _name(strided: bool, readout: str, normed: bool) -> str:
    """Such as "strided_whole_normed"."""
    words = {"dense": "dense", "whole map": "whole", "average": "averaged"}
    parts = ["strided" if strided else "pooled", words[readout]]
    return "_".join(parts + (["normed"] if normed else []))


CONVOLUTIONAL: dict[str, Convolutional] = {
    _name(strided, readout, norm != "none"): Convolutional(
        strided=strided, readout=readout, batch_norm=norm
    )
    for readout in READOUTS
    for strided in (False, True)
    for norm in ("none", "hidden and code")
}
ARCHITECTURES: dict[str, Convolutional | Perceptrons] = {
    "perceptrons": Perceptrons(),
    "perceptrons_normed": Perceptrons(batch_norm="encoder"),
    **CONVOLUTIONAL,
}
