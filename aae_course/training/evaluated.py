"""The model as it is evaluated: the average of its weights, and batch norm on clean images."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from aae_course.data.dataset import Split
from aae_course.data.minibatches import as_pixels
from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.model import Model
from aae_course.networks.layers import BatchNorm

PART = 500  # images at a time


class AveragedWeights:
    """A moving average of all that a model learns: w̄ ← κ w̄ + (1 − κ) w after each step.

    κ is the share that is kept, but less in the first steps, (1 + n) / (10 + n), so that the
    average soon forgets where the weights began.

    Args:
        model: whose weights are followed.
        kept: κ, from 0 to less than 1.
    """

    def __init__(self, model: Model, kept: float):
        self.weights = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self.means = {name: p.detach().clone() for name, p in self.weights.items()}
        device = next(iter(self.weights.values())).device
        self.kept, self.steps = torch.tensor(kept, device=device), torch.zeros((), device=device)

    @torch.no_grad()
    def follow(self) -> None:
        """Take the weights of this step into the average; a step can be captured with it."""
        self.steps += 1
        kept = torch.minimum(self.kept, (1 + self.steps) / (10 + self.steps))
        for name, mean in self.means.items():
            mean.lerp_(self.weights[name], 1 - kept)

    @torch.no_grad()
    def put_in_place(self) -> None:
        """Make the average the model's weights."""
        for name, weight in self.weights.items():
            weight.copy_(self.means[name])

    def state(self) -> dict[str, Tensor]:
        """For a checkpoint."""
        return {**self.means, "steps": self.steps}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` returned."""
        for name, value in self.state().items():
            value.copy_(state[name])


@torch.no_grad()
def take_statistics(model: Model, split: Split, count: int, replicas: int = 1) -> None:
    """Give every batch norm that an image passes the mean and variance of clean training images.

    While a model trains, batch norm follows the last minibatches, in the state in which the weights
    were then, and of distorted or noisy images. Here nothing is distorted: all other layers are in
    evaluation mode. The images go through in parts; mean and variance are those of all of them.

    Args:
        model: ends in evaluation mode.
        split: training images.
        count: how many of them, the first ones.
        replicas: of the model.
    """
    model.eval()
    layers = [layer for layer in model.modules() if _normalises(layer) and _learns(layer)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.train()
        layer.momentum = 1.0  # the statistics of the last part only
    totals = [(0.0, 0.0) for _ in layers]  # sums over images of each input and of its square
    for x, y in _parts(split, count, replicas):
        _pass(model, x, y)
        totals = [
            _added(layer, x.shape[-2], *sums) for layer, sums in zip(layers, totals, strict=True)
        ]
    count = min(count, len(split))
    for layer, momentum, (total, square) in zip(layers, momenta, totals, strict=True):
        mean = total / count
        layer.momentum = momentum
        layer.running_mean.copy_(mean)
        _variance(layer).copy_(square / count - mean.square())
        layer.eval()


def _added(layer: nn.Module, images: int, total: Tensor, square: Tensor) -> tuple[Tensor, Tensor]:
    """The sums with those of the part that the layer has just seen, in double precision."""
    mean, variance = (each.cpu().double() for each in (layer.running_mean, _variance(layer)))
    if type(layer) in (BatchNorm, nn.BatchNorm1d):  # of maps the numbers are so many more
        variance = variance * (images - 1) / images
    return total + images * mean, square + images * (variance + mean.square())


def _parts(split: Split, count: int, replicas: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Equal parts of the images and labels, the same for all replicas."""
    count = min(count, len(split))
    for rows in torch.arange(count).tensor_split(-(-count // PART)):
        x, y = as_pixels(split.images[rows]), split.labels[rows]
        if replicas > 1:
            x, y = x.expand(replicas, *x.shape), y.expand(replicas, *y.shape)
        yield x, y


def _pass(model: Model, x: Tensor, y: Tensor) -> None:
    if isinstance(model, EncoderDecoder):
        model.reconstruct(x, y)
    else:
        model.logits(x)


def _normalises(layer: nn.Module) -> bool:
    return isinstance(layer, BatchNorm | nn.modules.batchnorm._BatchNorm)


def _learns(layer: nn.Module) -> bool:
    """Batch norm whose weights are frozen keeps its mean and variance, as in `Model.train`."""
    weights = list(layer.parameters(recurse=False))
    return not weights or any(weight.requires_grad for weight in weights)


def _variance(layer: nn.Module) -> Tensor:
    return layer.running_variance if isinstance(layer, BatchNorm) else layer.running_var
