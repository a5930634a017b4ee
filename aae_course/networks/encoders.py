"""The paper's three encoders: deterministic, Gaussian posterior, universal approximator."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from aae_course.networks.layers import MLP


class DeterministicEncoder(MLP):
    """z = f(x): the only randomness in q(z) is that of the data (section 2)."""


class GaussianPosterior(nn.Module):
    """z ~ N(μ(x), σ(x)²), drawn by reparameterisation: (batch, pixels) -> (batch, dim).

    Args:
        network: (batch, pixels) -> (batch, 2 dim), μ first, then log σ.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        *before, outputs = network.widths
        self.network, self.widths = network, (*before, outputs // 2)

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean μ(x) and log σ(x) of q(z|x), each (batch, dim)."""
        mean, log_std = self.network(x).chunk(2, dim=-1)
        return mean, log_std

    def forward(self, x: Tensor) -> Tensor:
        return reparameterise(*self.posterior(x))


class GaussianEncoder(GaussianPosterior):
    """A multilayer perceptron that gives μ(x) and log σ(x)."""

    def __init__(self, widths: Sequence[int], **settings):
        *before, dim = widths
        super().__init__(MLP((*before, 2 * dim), **settings))


class UniversalApproximator(nn.Module):
    """z = f(x, η), η ~ N(0, I): q(z|x) can take any form (section 2, eq. 3).

    Args:
        network: f, (batch, pixels + noise_dim) -> (batch, dim), with η behind x.
        noise_dim: how many numbers η has.
    """

    def __init__(self, network: nn.Module, noise_dim: int):
        super().__init__()
        inputs, *rest = network.widths
        self.network, self.noise_dim = network, noise_dim
        self.widths = inputs - noise_dim, *rest

    def forward(self, x: Tensor) -> Tensor:
        eta = torch.randn(*x.shape[:-1], self.noise_dim, device=x.device, dtype=x.dtype)
        return self.network(torch.cat([x, eta], dim=-1))


class UniversalApproximatorEncoder(UniversalApproximator):
    """A multilayer perceptron that sees noise beside the image."""

    def __init__(self, widths: Sequence[int], noise_dim: int = 10, **settings):
        pixels, *rest = widths
        super().__init__(MLP((pixels + noise_dim, *rest), **settings), noise_dim)


ENCODERS = {
    "deterministic": DeterministicEncoder,
    "gaussian": GaussianEncoder,
    "universal": UniversalApproximatorEncoder,
}


def reparameterise(mean: Tensor, log_std: Tensor) -> Tensor:
    """z = μ + σ ε with ε ~ N(0, I), so that gradients reach μ and σ (Kingma & Welling, 2.4)."""
    return mean + log_std.exp() * torch.randn_like(mean)
