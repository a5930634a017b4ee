"""What the models of the family `invariance` add to the paper's: views, and what y must keep.

A demand takes q(y|x) of two views of an image and is small where they say the same. There are two:
`disagreement`, and `MutualInformation`, which also asks that every category is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from copy import deepcopy

import torch
from torch import Tensor, nn

from aae_course.models.label_and_style import make_discriminator
from aae_course.networks.distortion import Distortion
from aae_course.networks.layers import BatchNorm, GaussianNoise
from aae_course.settings import check_known

Demand = Callable[[Tensor, Tensor], Tensor]

VIEWS = {"degrees": 20.0, "scale": 0.2, "shear": 0.3, "shift": 3.0}


class TwoViews:
    """What an AAE with a label and a style has besides its networks, if it compares two views.

    It stands before the paper's class in the bases of a model.

    Args:
        networks: as those of the paper's class, with the prior and the number of categories.
        view: distorts images.
        demand: what the labels of two views must fulfil, a loss.
        consistency: weight of the demand.
        pull: weight of the labels' adversary at the start of a run, and at its end. It relaxes on
            the way: ten digits are not sixteen categories of the same size.
        style_pull: weight of the styles' adversary.
        rest: what the paper's class has besides.
    """

    def __init__(
        self, *networks, view, demand, consistency=5.0, pull=(1.0, 0.1), style_pull=1.0, **rest
    ):
        super().__init__(*networks, **rest)
        self.view, self.demand, self.consistency = view, demand, consistency
        self.pull, self.style_pull = pull, style_pull

    @classmethod
    def build(
        cls, architecture, pixels, prior, replicas=None, categories=10, strength=1.0,
        demand="disagreement", watcher="crowd", **options,
    ):  # fmt: skip
        """A fresh model of this architecture, whose encoder ends in batch norm.

        Args:
            architecture: of the networks, with the shape of an image.
            pixels: of an image.
            prior: of the style.
            replicas: number of independent copies, None for none.
            categories: how many there are.
            strength: of the distortions, as a multiple of the usual one.
            demand: on the labels of two views, "disagreement" or "mutual information".
            watcher: what the discriminator of labels sees: "crowd", also the mean of a group;
                "noisy", y with noise; "plain", y as in the paper.
            options: further arguments of the model.
        """
        model = super().build(
            architecture, pixels, prior, replicas, categories,
            make_label_discriminator=watcher_of(watcher),
            view=view(architecture, VIEWS, strength),
            demand=make_demand(demand, categories, replicas),
            **options,
        )  # fmt: skip
        scale_logits(model.encoder, categories, 3.0)
        return model


def view(architecture, most: Mapping[str, float], strength: float) -> Distortion:
    """Distortions of an architecture's images, as a multiple of the ``most`` that each may do."""
    return Distortion(
        architecture.image_shape, **{name: strength * each for name, each in most.items()}
    )


def make_demand(name: str, categories: int, replicas: int | None = None) -> Demand:
    """The demand of this name: a loss of q(y|x) of two views, (batch, categories) each.

    Raises:
        ValueError: there is none of this name.
    """
    check_known(name, ("disagreement", "mutual information"), "demand")
    return disagreement if name == "disagreement" else MutualInformation(categories, replicas)


def watcher_of(name: str) -> Callable[..., nn.Module]:
    """What makes the discriminator of labels of this name, from architecture and categories.

    Raises:
        ValueError: there is none of this name.
    """
    watchers = {
        "crowd": CrowdDiscriminator.build,
        "noisy": NoisyDiscriminator.build,
        "plain": make_discriminator,
    }
    return watchers[check_known(name, watchers, "watcher of labels")]


class MutualInformation(nn.Module):
    """−I(y; y′) as a demand, with a table of pairs that follows the minibatches while it trains.

    Args:
        categories: how many there are.
        replicas: number of independent copies, None for none.
    """

    def __init__(self, categories: int, replicas: int | None = None):
        super().__init__()
        copies = () if replicas is None else (replicas,)
        self.register_buffer(
            "joint", torch.full((*copies, categories, categories), 1 / categories**2)
        )

    def forward(self, q: Tensor, p: Tensor) -> Tensor:
        if self.training:
            self.joint.lerp_(pairs(q.detach(), p.detach()), 0.2)
        return -mutual_information(q, p, self.joint)


def disagreement(y: Tensor, other: Tensor) -> Tensor:
    """−log Σ_k y_k y′_k of two views of an image: that both fall into the same category, in nats.

    It is 0 where both views are sure of the same category, and log K where neither knows.

    Args:
        y: (batch, categories), q(y|x) of one view.
        other: (batch, categories), of the other.
    """
    return -(y * other).sum(-1).clamp_min(1e-8).log().mean(-1)


def relaxed(progress: Tensor, pull: tuple[float, float]) -> Tensor:
    """A weight: the first until a quarter of the run, then changing to the last, from 60 % on."""
    first, last = pull
    return first + (last - first) * ((progress - 0.25) / 0.35).clamp(0, 1)


def mutual_information(q: Tensor, p: Tensor, joint: Tensor) -> Tensor:
    """I(y; y′) of the labels of two views of an image, in nats, from a table of pairs.

    It is large where the views agree and every label is used (Ji et al., 2018). A minibatch is too
    small to fill the table, so its logarithms come from an average over minibatches.

    Args:
        q: (batch, categories), q(y|x) of one view.
        p: (batch, categories), of the other.
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
        kept: share of itself that the average keeps in a step, but less in the first steps, so that
            it soon forgets where the weights began: (1 + n) / (10 + n) in step n.
        replicas: of the network, None for none.
    """

    def __init__(self, network: nn.Module, kept: float = 0.998, replicas: int | None = None):
        super().__init__()
        self.network = deepcopy(network)
        self.register_buffer("kept", torch.tensor(kept), persistent=False)
        self.register_buffer("steps", torch.zeros(() if replicas is None else (replicas,)))
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
        self.steps += 1
        kept = torch.minimum(self.kept, (1 + self.steps) / (10 + self.steps))
        means = self.network.state_dict()
        for name, weight in network.named_parameters():
            over_weights = kept.shape + (1,) * (weight.dim() - kept.dim())
            means[name].lerp_(weight, 1 - kept.view(over_weights))


class CrowdDiscriminator(nn.Module):
    """D of labels that sees the mean of a group too: (batch, categories) -> (batch, 1) log-odds.

    From one y it cannot be seen that a category is crowded or empty. A group shows it, as in PacGAN
    (Lin et al., 2017). Noise on draws and codes alike keeps it from telling a soft y by its
    softness only.

    Args:
        network: (batch, 2 categories) -> (batch, 1).
        group: how many neighbours in the minibatch stand in a group; fewer, a divisor of it, where
            the minibatch does not divide into such groups.
        noise: standard deviation of the noise.
    """

    def __init__(self, network: nn.Module, group: int = 10, noise: float = 0.3):
        super().__init__()
        inputs, *rest = network.widths
        self.network, self.group, self.noise = network, group, noise
        self.widths = inputs // 2, *rest

    @classmethod
    def build(cls, architecture, categories: int, replicas: int | None = None):
        """A fresh one for y of this width."""
        return cls(architecture.make_discriminator(2 * categories, replicas))

    def forward(self, y: Tensor) -> Tensor:
        groups = y.unflatten(-2, (-1, math.gcd(self.group, y.shape[-2])))
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

    @classmethod
    def build(cls, architecture, categories: int, replicas: int | None = None):
        """A fresh one for y of this width."""
        return cls(architecture.make_discriminator(categories, replicas))

    def forward(self, y: Tensor) -> Tensor:
        return self.network(y + self.noise * torch.randn_like(y))


def scale_logits(encoder: nn.Module, categories: int, scale: float) -> None:
    """Let the encoder's batch norm give logits of this spread, so that y is a little sure."""
    *_, norm = (layer for layer in encoder.modules() if isinstance(layer, BatchNorm))
    with torch.no_grad():
        norm.scale[..., :categories] = scale
