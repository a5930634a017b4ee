"""A trained perceptron as matrices and nothing else, for programs without PyTorch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aae_course.networks.layers import MLP, BatchNorm, Linear


@dataclass(frozen=True)
class Folded:
    """Matrices and biases with a ReLU between them: (batch, inputs) -> (batch, outputs).

    Args:
        layers: W (inputs, outputs) and b (outputs,) of each.
        output: what follows the last one, "sigmoid" or "linear".
    """

    layers: tuple[tuple[Tensor, Tensor], ...]
    output: str

    def half(self) -> Folded:
        """The same, rounded to half precision, with which it is stored; it computes in single.

        Raises:
            ValueError: a weight is too large for it.
        """
        halves = tuple((W.half(), b.half()) for W, b in self.layers)
        if not all(part.isfinite().all() for layer in halves for part in layer):
            raise ValueError("a weight is not finite in half precision, whose largest is 65504")
        return Folded(halves, self.output)

    def __call__(self, x: Tensor) -> Tensor:
        for i, (W, b) in enumerate(self.layers):
            x = (x.relu() if i else x) @ W.float() + b.float()
        return x.sigmoid() if self.output == "sigmoid" else x


def folded(network: MLP) -> Folded:
    """What a network without replicas computes in evaluation, each batch norm in its layer.

    A batch norm multiplies by a gain and adds a shift, both fixed in evaluation; so do the matrix
    and the bias before it.

    Raises:
        ValueError: the network is no perceptron with ReLU, or has replicas.
    """
    layers, output = [], "linear"
    for part in network:
        if isinstance(part, Linear) and part.weight.dim() == 2:
            layers.append((part.weight.detach(), part.bias.detach()))
        elif isinstance(part, BatchNorm):
            layers[-1] = with_batch_norm(*layers[-1], part)
        elif isinstance(part, nn.Sigmoid):
            output = "sigmoid"
        elif not isinstance(part, (nn.ReLU, nn.Dropout)):
            raise ValueError(f"only a perceptron without replicas can be folded; this has a {part}")
    return Folded(tuple(layers), output)


@torch.no_grad()
def with_batch_norm(W: Tensor, b: Tensor, norm: BatchNorm) -> tuple[Tensor, Tensor]:
    """A matrix and a bias that do what these and the batch norm after them do."""
    norm = norm.eval()
    shift = norm(torch.zeros_like(b)[None])[0]
    gain = norm(torch.ones_like(b)[None])[0] - shift
    return W * gain, b * gain + shift
