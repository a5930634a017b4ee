"""What the models of the family `invariance` add to the paper's: views, and what y must keep."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn

from aae_course.networks.layers import BatchNorm, GaussianNoise


def disagreement(y: Tensor, other: Tensor) -> Tensor:
    """−log Σ_k y_k y′_k of two views of an image: that both fall into the same category, in nats.

    It is 0 where both views are sure of the same category, and log K where neither knows.

    Args:
        y: (batch, categories), q(y|x) of one view.
        other: (batch, categories), of the other.
    """
    return -(y * other).sum(-1).clamp_min(1e-8).log().mean(-1)


def relaxed(progress: Tensor, start: float, end: float, least: float) -> Tensor:
    """A weight: 1 until a share ``start`` of the run, then falling to ``least`` at ``end``."""
    return 1 - (1 - least) * ((progress - start) / (end - start)).clamp(0, 1)


def mutual_information(q: Tensor, p: Tensor, joint: Tensor) -> Tensor:
    """I(y; y′) of the labels of two views of an image, in nats, from a table of pairs.

    It is large where the views agree and every label is used (Ji et al., 2019). A minibatch is too
    small to fill the table, so its logarithms come from an average over minibatches.

    Args:
        q: (batch, categories), q(y|x) of one view.
        p: (batch, categories), of the other; the gradient goes there.
        joint: (categories, categories), that average, `pairs` of this minibatch included.
    """
    chance = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return (pairs(q, p) * (joint.clamp_min(1e-5) / chance.clamp_min(1e-10)).log()).sum((-2, -1))


def pairs(q: Tensor, p: Tensor) -> Tensor:
    """How often each pair of labels occurs, in either order: (categories, categories), sum 1."""
    table = (q.unsqueeze(-1) * p.unsqueeze(-2)).mean(-3)  # no product that bf16 would round
    return (table + table.transpose(-1, -2)) / 2


class Average(nn.Module):
    """A moving average of a network's weights, as a network that nothing but `follow` changes.

    Its batch norm takes the statistics of the minibatch that it sees, and it adds no noise.

    Args:
        network: that it is a copy of.
        kept: share of itself that the average keeps in a step.
    """

    def __init__(self, network: nn.Module, kept: float = 0.998):
        super().__init__()
        self.network, self.kept = deepcopy(network), kept
        self.widths = network.widths
        for layer in self.network.modules():
            for name, weight in list(layer.named_parameters(recurse=False)):
                delattr(layer, name)
                layer.register_buffer(name, weight.detach().clone())
            if isinstance(layer, GaussianNoise):
                layer.std = 0.0

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)

    @torch.no_grad()
    def follow(self, network: nn.Module) -> None:
        """Take the weights of this step into the average."""
        means = self.network.state_dict()
        for name, weight in network.named_parameters():
            means[name].lerp_(weight, 1 - self.kept)


class CrowdDiscriminator(nn.Module):
    """D of labels that sees the mean of a group too: (batch, categories) -> (batch, 1) log-odds.

    From one y it cannot be seen that a category is crowded or empty. A group shows it, as in PacGAN
    (Lin et al., 2018). Noise on draws and codes alike keeps it from telling a soft y by its
    softness only.

    Args:
        network: (batch, 2 categories) -> (batch, 1).
        group: how many neighbours in the minibatch stand in a group.
        noise: standard deviation of the noise.
    """

    def __init__(self, network: nn.Module, group: int = 10, noise: float = 0.3):
        super().__init__()
        inputs, *rest = network.widths
        self.network, self.group, self.noise = network, group, noise
        self.widths = inputs // 2, *rest

    def forward(self, y: Tensor) -> Tensor:
        groups = y.unflatten(-2, (-1, self.group))
        means = y.shape[-1] * groups.mean(-2, keepdim=True).expand_as(groups).flatten(-3, -2)
        seen = torch.cat([y, means], -1)
        return self.network(seen + self.noise * torch.randn_like(seen))


class NoisyDiscriminator(nn.Module):
    """D of labels with noise on draws and codes alike: it does not tell y by its softness only.

    Args:
        network: (batch, categories) -> (batch, 1).
        noise: standard deviation of the noise.
    """

    def __init__(self, network: nn.Module, noise: float = 0.3):
        super().__init__()
        self.network, self.noise, self.widths = network, noise, network.widths

    def forward(self, y: Tensor) -> Tensor:
        return self.network(y + self.noise * torch.randn_like(y))


def scale_logits(encoder: nn.Module, categories: int, scale: float) -> None:
    """Let the encoder's batch norm give logits of this spread, so that y is a little sure."""
    *_, norm = (layer for layer in encoder.modules() if isinstance(layer, BatchNorm))
    with torch.no_grad():
        norm.scale[..., :categories] = scale
