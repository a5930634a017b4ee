"""Which network feeds which, read off a model by running its training step once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from aae_course.data.minibatches import Batch
from aae_course.models import Model
from aae_course.models.invariance import Average, MutualInformation
from aae_course.models.priors import Prior
from aae_course.networks.distortion import Distortion
from aae_course.randomness import generators_restored


def trace_wiring(model: Model, pixels: int, batch: int = 10) -> list[tuple[str, str]]:
    """Edges (source, network) of a model; a source is a network, a prior, "x" or "y".

    One training step runs on made-up images, and nothing is updated.

    Args:
        model: any model of the course, on the CPU and without replicas.
        pixels: width of an image.
        batch: images in the minibatch.
    """
    edges: dict[tuple[str, str], None] = {}  # a dict keeps the order
    x, y = torch.rand(batch, pixels), torch.zeros(batch, dtype=torch.long)
    with generators_restored(x.device), _Origins() as origins, ExitStack() as watches:
        origins.set(x, {"x"})
        origins.set(y, {"y"})
        labelled = Batch(x, y)  # more images of the same kind
        for name, child in model.named_children():
            if isinstance(child, Distortion | Average | MutualInformation):  # no part of the code
                continue
            watch = _watch_prior if isinstance(child, Prior) else _watch_network
            watches.enter_context(watch(name, child, origins, edges))
        for _phase, _loss in model.training_step(Batch(x, y, labelled, torch.zeros(()))):
            pass
    return list(edges)


class _Origins(TorchFunctionMode):
    """Carries the origins of tensors, a set of names, through every torch function."""

    def __init__(self):
        super().__init__()
        self.known: dict[
            int, tuple[Tensor, set[str]]
        ] = {}  # holds the tensor: its id stays its own

    def of(self, value) -> set[str]:
        if isinstance(value, list | tuple):
            return set().union(*map(self.of, value))
        return self.known[id(value)][1] if id(value) in self.known else set()

    def set(self, value, names: set[str]) -> None:
        if isinstance(value, Tensor):
            self.known[id(value)] = (value, names)
        elif isinstance(value, list | tuple):
            for item in value:
                self.set(item, names)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        names = self.of([*args, *(kwargs or {}).values()])
        if names:
            self.set(result, names)
        return result


@contextmanager
def _watch_network(name: str, network: nn.Module, origins: _Origins, edges: dict) -> Iterator[None]:
    """Note what enters a network, down to its layers: a model may call another method."""

    def before(module, args):
        edges.update(dict.fromkeys((source, name) for source in sorted(origins.of(args) - {name})))

    def after(module, args, result):
        origins.set(result, {name})

    handles = [module.register_forward_pre_hook(before) for module in network.modules()]
    handles += [module.register_forward_hook(after) for module in network.modules()]
    yield
    for handle in handles:
        handle.remove()


@contextmanager
def _watch_prior(name: str, prior: Prior, origins: _Origins, edges: dict) -> Iterator[None]:
    """Mark what a prior draws as its own."""
    draw = prior.draw

    def marked(shape, labels):
        z = draw(shape, labels)
        origins.set(z, {name})
        return z

    prior.draw = marked
    yield
    del prior.draw
