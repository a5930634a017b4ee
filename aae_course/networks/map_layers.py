"""Layers on feature maps, with an optional leading replica dimension.

As in `layers`, ``replicas=R`` gives R independent copies of the weights, (R, out, in, k, k)
instead of (out, in, k, k). Vectors come and go as (R, batch, features); between `ToMaps` and
`ToVectors` the replicas stand side by side in the channels, (batch, R * channels, h, w), and a
convolution in R groups keeps them apart. Without replicas everything is the plain layer that the
shapes in the docstrings show.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aae_course.networks.layers import BatchNorm, initial_std

Size = tuple[int, int]  # height and width of a map
Shape = tuple[int, ...]


class Kernels(nn.Module):
    """A weight of four dimensions and a bias for each output, in as many copies as replicas."""

    def __init__(self, std: float, shape: Shape, outputs: int, replicas: int | None):
        super().__init__()
        copies = () if replicas is None else (replicas,)
        self.groups = replicas or 1
        self.weight = nn.Parameter(std * torch.randn(*copies, *shape))
        self.bias = nn.Parameter(torch.zeros(*copies, outputs))

    def in_groups(self) -> tuple[Tensor, Tensor]:
        """Weight and bias with the copies one after another, as torch's groups want them."""
        return self.weight.flatten(0, -4), self.bias.flatten()

    def extra_repr(self) -> str:
        return " x ".join(map(str, self.weight.shape))


SUM_NOTHING = {
    nn.Linear, nn.Sequential, nn.Identity, nn.Flatten, nn.Unflatten, nn.Dropout,
    nn.ReLU, nn.LeakyReLU, nn.ELU, nn.Sigmoid, nn.Tanh, nn.Softplus,
}  # layers of torch, but for the products of the first  # fmt: skip


def sums_depend_on_threads(network: nn.Module) -> bool:
    """Whether the number of threads may show in the last digits of the gradients.

    The gradient of a convolution's weight is a sum over minibatch and places, which threads share
    and add up in parts, and torch's batch norm does likewise. What a layer of the reader's own does
    nobody knows.
    """
    ours = __name__.partition(".")[0]
    return any(
        isinstance(layer, Kernels)
        or not (type(layer) in SUM_NOTHING or type(layer).__module__.partition(".")[0] == ours)
        for layer in network.modules()
    )


class Convolution(Kernels):
    """A weighted sum over a window: (batch, inputs, h, w) -> (batch, outputs, h', w').

    The map is padded with zeros so that h' = ⌈h / stride⌉, and w' alike.

    Args:
        inputs: channels of the input.
        outputs: channels of the result.
        kernel_size: side of the window, odd.
        stride: distance between two windows.
        initialisation: as in `Linear`, of which a unit has inputs * kernel_size² here.
        replicas: number of independent copies, None for none.

    Raises:
        ValueError: an even kernel, whose window has no pixel in the middle.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel_size: int,
        stride: int = 1,
        initialisation: str = "kaiming",
        replicas: int | None = None,
    ):
        shape = (outputs, inputs, _odd(kernel_size), kernel_size)
        std = initial_std(initialisation, inputs * kernel_size**2)
        super().__init__(std, shape, outputs, replicas)
        self.kernel_size, self.stride, self.padding = kernel_size, stride, kernel_size // 2

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, *self.in_groups(), self.stride, self.padding, groups=self.groups)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, stride {self.stride}"


class TransposedConvolution(Kernels):
    """The transpose of a convolution: (batch, inputs, h, w) -> (batch, outputs, H, W).

    Every input adds its multiple of the kernel to the output, ``stride`` apart from the next one.
    The weight is (inputs, outputs, k, k), as torch has it.

    Args:
        inputs: channels of the input.
        outputs: channels of the result.
        kernel_size: side of the kernel, odd.
        size: height and width of the result. A convolution with this kernel and stride takes them
            to h and w.
        stride: distance between the places of two inputs.
        initialisation: as in `Linear`; kernel_size² / stride² kernels overlap at an output.
        replicas: number of independent copies, None for none.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel_size: int,
        size: Size,
        stride: int = 2,
        initialisation: str = "kaiming",
        replicas: int | None = None,
    ):
        shape = (inputs, outputs, _odd(kernel_size), kernel_size)
        std = initial_std(initialisation, inputs * kernel_size**2 / stride**2)
        super().__init__(std, shape, outputs, replicas)
        self.stride, self.padding, self.size = stride, kernel_size // 2, tuple(size)
        self.output_padding = tuple((side - 1) % stride for side in size)

    def forward(self, x: Tensor) -> Tensor:
        places = self.stride, self.padding, self.output_padding
        return F.conv_transpose2d(x, *self.in_groups(), *places, groups=self.groups)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, stride {self.stride} to {self.size}"


class FirstMap(Kernels):
    """The transposed convolution of a single pixel: (batch, dim, 1, 1) -> (batch, outputs, H, W).

    The kernel is as large as the result, so every output has a weight of its own for every
    number of the code.

    Args:
        dim: of the code.
        outputs: channels of the result.
        size: height and width of the result.
        initialisation: as in `Linear`.
        replicas: number of independent copies, None for none.
    """

    def __init__(
        self,
        dim: int,
        outputs: int,
        size: Size,
        initialisation: str = "kaiming",
        replicas: int | None = None,
    ):
        std = initial_std(initialisation, dim)
        super().__init__(std, (dim, outputs, *size), outputs, replicas)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv_transpose2d(x, *self.in_groups(), groups=self.groups)


class Upsampling(nn.Module):
    """Double the map by repeating each pixel, cut to a size: (batch, c, h, w) -> (batch, c, H, W).

    Args:
        size: 2h or 2h - 1, and 2w or 2w - 1.
    """

    def __init__(self, size: Size):
        super().__init__()
        self.size = tuple(size)

    def forward(self, x: Tensor) -> Tensor:
        height, width = self.size
        return F.interpolate(x, scale_factor=2, mode="nearest")[..., :height, :width]

    def extra_repr(self) -> str:
        return f"to {self.size}"


class ChannelNorm(BatchNorm):
    """Batch norm of each channel over the minibatch and all places: (batch, channels, h, w).

    Weights, running statistics and momentum are those of `BatchNorm`.
    """

    def forward(self, x: Tensor) -> Tensor:
        # Views, which torch's kernel updates in place. Replicas have channels of their own.
        mean, variance = self.running_mean.view(-1), self.running_variance.view(-1)
        scale, shift = self.scale.flatten(), self.shift.flatten()
        return F.batch_norm(x, mean, variance, scale, shift, self.training, self.momentum, eps=1e-5)


class ToMaps(nn.Module):
    """Vectors as maps: (batch, c * h * w) -> (batch, c, h, w), replicas side by side in c."""

    def __init__(self, shape: tuple[int, int, int], replicas: int | None = None):
        super().__init__()
        self.shape, self.replicas = tuple(shape), replicas

    def forward(self, x: Tensor) -> Tensor:
        if self.replicas is not None:
            x = x.transpose(0, 1)
        maps = x.reshape(len(x), -1, *self.shape[1:])
        # Pooling and batch norm are faster on the CPU where the channels of a place lie together.
        return maps.to(memory_format=torch.channels_last)

    def extra_repr(self) -> str:
        return " x ".join(map(str, self.shape))


class ToVectors(nn.Module):
    """Maps as vectors: (batch, c, h, w) -> (batch, c * h * w), replicas in front again."""

    def __init__(self, replicas: int | None = None):
        super().__init__()
        self.replicas = replicas

    def forward(self, x: Tensor) -> Tensor:
        if self.replicas is None:
            return x.flatten(1)
        return x.reshape(len(x), self.replicas, -1).transpose(0, 1)


def _odd(kernel_size: int) -> int:
    if kernel_size < 1 or kernel_size % 2 == 0:
        raise ValueError(f"a kernel has a pixel in its middle: an odd side, not {kernel_size}")
    return kernel_size
