"""Dense layers and networks of them, with an optional leading replica dimension.

With ``replicas=R`` a network holds R independent copies of its weights, (R, in, out) instead of
(in, out), and maps activations (R, batch, in) to (R, batch, out). Replicas never mix, so R seeds
train in one go. Without it, everything is the plain network that the shapes in the docstrings show.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from numbers import Integral
from typing import TypeVar

import torch
from torch import Tensor, nn

Module = TypeVar("Module", bound=nn.Module)


def initial_std(initialisation: str, inputs: float) -> float:
    """Standard deviation of the weights that a unit with this many inputs starts with.

    Raises:
        ValueError: an initialisation that is not known; `Linear` describes those that are.
    """
    stds = {"paper": 0.01, "kaiming": (2 / inputs) ** 0.5}
    if initialisation not in stds:
        raise ValueError(f"initialisation is one of {', '.join(stds)}, not {initialisation!r}")
    return stds[initialisation]


class Linear(nn.Module):
    """x W + b: (batch, inputs) -> (batch, outputs).

    Args:
        inputs: features of x.
        outputs: features of the result.
        initialisation: "paper" draws W from N(0, 0.01²) (appendix A); "kaiming" from N(0, 2/inputs)
            (He et al., 2015), which learns faster with Adam. Biases start at 0.
        replicas: number of independent copies, None for none.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        initialisation: str = "paper",
        replicas: int | None = None,
    ):
        super().__init__()
        copies = () if replicas is None else (replicas,)
        std = initial_std(initialisation, inputs)
        self.weight = nn.Parameter(std * torch.randn(*copies, inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(*copies, outputs))

    def forward(self, x: Tensor) -> Tensor:
        if self.weight.dim() == 2:
            return nn.functional.linear(x, self.weight.t(), self.bias)
        return torch.baddbmm(self.bias.unsqueeze(-2), x, self.weight)

    def extra_repr(self) -> str:
        return " x ".join(map(str, self.weight.shape))


class BatchNorm(nn.Module):
    """Normalise each feature over its minibatch (Ioffe & Szegedy, 2015): (batch, features).

    While evaluating it uses the running mean and variance, which follow with ``momentum``.
    """

    def __init__(self, features: int, momentum: float = 0.1, replicas: int | None = None):
        super().__init__()
        shape = (features,) if replicas is None else (replicas, features)
        self.momentum = momentum
        self.scale = nn.Parameter(torch.ones(shape))
        self.shift = nn.Parameter(torch.zeros(shape))
        self.register_buffer("running_mean", torch.zeros(shape))
        self.register_buffer("running_variance", torch.ones(shape))

    def forward(self, x: Tensor) -> Tensor:
        mean, variance = self.running_mean, self.running_variance
        if self.training:
            variance, mean = torch.var_mean(x.float(), dim=-2, correction=0)
            self._follow(mean.detach(), variance.detach(), x.shape[-2])
        gain = self.scale * (variance + 1e-5).rsqrt()
        return x * gain.unsqueeze(-2) + (self.shift - mean * gain).unsqueeze(-2)

    def _follow(self, mean: Tensor, variance: Tensor, batch: int) -> None:
        self.running_mean.lerp_(mean, self.momentum)
        self.running_variance.lerp_(variance * batch / max(batch - 1, 1), self.momentum)


class GaussianNoise(nn.Module):
    """Add N(0, std²) to the input while training: the corruption of a denoising autoencoder."""

    def __init__(self, std: float):
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x

    def extra_repr(self) -> str:
        return f"std={self.std}"


class Network(nn.Sequential):
    """Layers whose input and output are vectors: (batch, widths[0]) -> (batch, widths[-1]).

    Args:
        layers: from input to output.
        widths: numbers of the input and of what each layer with weights gives, after pooling.
    """

    def __init__(self, layers: Sequence[nn.Module], widths: Sequence[int]):
        super().__init__(*layers)
        self.widths = tuple(widths)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).float()  # codes and losses are fp32, also under autocast


class MLP(Network):
    """Linear layers with ReLU between them: (batch, widths[0]) -> (batch, widths[-1]).

    Args:
        widths: features from input to output, such as (784, 1000, 1000, 2).
        initialisation: as in `Linear`.
        batch_norm: normalise before each ReLU.
        output_norm: normalise the last layer too, before ``output``.
        input_noise: std of Gaussian noise added to the input while training (paper: 0.3, A.2.1).
        input_dropout: share of inputs set to 0 while training (paper: 0.2, A.3).
        hidden_dropout: share of each hidden layer's outputs set to 0 while training.
        output: module applied at the end, such as ``nn.Sigmoid()``.
        replicas: number of independent copies, None for none.
    """

    def __init__(
        self,
        widths: Sequence[int],
        *,
        initialisation: str = "paper",
        batch_norm: bool = False,
        output_norm: bool = False,
        input_noise: float = 0.0,
        input_dropout: float = 0.0,
        hidden_dropout: float = 0.0,
        output: nn.Module | None = None,
        replicas: int | None = None,
    ):
        whole = all(isinstance(width, Integral) and width > 0 for width in widths)
        if len(widths) < 2 or not whole:
            raise ValueError(f"an MLP needs two or more positive whole widths, not {tuple(widths)}")
        layers: list[nn.Module] = []
        if input_noise:
            layers.append(GaussianNoise(input_noise))
        if input_dropout:
            layers.append(nn.Dropout(input_dropout))
        last = len(widths) - 2
        for i, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
            layers.append(Linear(inputs, outputs, initialisation, replicas))
            if i < last:
                layers += [BatchNorm(outputs, replicas=replicas)] if batch_norm else []
                layers.append(nn.ReLU())
                layers += [nn.Dropout(hidden_dropout)] if hidden_dropout else []
        if output_norm:
            layers.append(BatchNorm(widths[-1], replicas=replicas))
        super().__init__([*layers, *([output] if output else [])], widths)
