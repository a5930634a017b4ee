"""Whether a run fits into memory, checked before it starts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain

import psutil
import torch
from torch import nn

from aae_course.models import Model
from aae_course.networks.layers import Linear
from aae_course.networks.map_layers import Kernels
from aae_course.training.optimisation import Training

SHARE = 0.9  # of the free memory that a run may plan with


def check_memory(
    build: Callable[[None], Model], training: Training, replicas: int, device: torch.device
) -> None:
    """Refuse more replicas than there is room for.

    Raises:
        ValueError: too many; the message says how many fit.
    """
    free = free_bytes(device)
    if free is None:
        return
    with torch.random.fork_rng(devices=[]):  # only its shapes are wanted
        each = replica_bytes(build(None), training)
    fit = int(SHARE * free / each)
    if replicas > fit:
        advice = f"{fit} fit, so use --seeds {fit}" if fit else "not even one fits"
        raise ValueError(
            f"{replicas} replicas need about {replicas * each / 1e9:.1f} GB on {device}, where "
            f"{free / 1e9:.1f} GB are free: {advice}"
        )


def replica_bytes(model: Model, training: Training) -> int:
    """Memory of one replica: weights, gradients, optimisers, activations; about, and in bytes."""
    weights, moments = _count(model.parameters()), _count_moments(model, training)
    moments += weights if training.average else 0
    # A phase frees its own gradients before the next.
    gradients = max(_count(model.phase_parameters(phase)) for phase in model.phases)
    # An activation is kept for the gradient, several times.
    activations = 8 * training.batch_size * _count_activations(model)
    initial = 2 * weights  # the copies that replicas are stacked from
    return 4 * (weights + max(gradients + moments + activations, initial))


def _count_activations(model: Model) -> int:
    """How many numbers the layers with weights give for an image, as a look at shapes tells.

    A network of the reader's own does not say what it takes, and counts for nothing.
    """
    found: list[int] = []
    shapes, device = deepcopy(model), next(model.parameters()).device
    for layer in shapes.modules():
        if isinstance(layer, Linear | Kernels):
            layer.register_forward_hook(lambda layer, x, result: found.append(result[0].numel()))
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        for name in dict.fromkeys(chain(*model.phases.values())):
            network = getattr(shapes, name)
            if hasattr(network, "widths"):
                network(torch.zeros(2, network.widths[0], device=device))
    return sum(found)


def state_bytes(model: Model, training: Training) -> int:
    """What the checkpoint of one replica takes: weights, their average, the optimisers' moments."""
    weights = _count(model.parameters()) * (2 if training.average else 1)
    return 4 * (weights + _count_moments(model, training))


def _count_moments(model: Model, training: Training) -> int:
    """How many numbers the optimisers of all phases remember."""
    return sum(
        training.optimisers[phase].moments * _count(model.phase_parameters(phase))
        for phase in model.phases
    )


def _count(parameters: Iterable[nn.Parameter]) -> int:
    return sum(p.numel() for p in parameters)


def resident_bytes() -> int:
    """Memory that this process has in use."""
    return psutil.Process().memory_info().rss


def peak_resident_bytes() -> int:
    """The most memory that this process ever had in use."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    import resource  # absent on Windows; elsewhere psutil does not know the peak

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def free_bytes(device: torch.device) -> int | None:
    """Memory that ``device`` has free, None for a device that does not tell."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return psutil.virtual_memory().available if device.type == "cpu" else None
