"""Many seeds in one network: stacking models with fresh weights, and taking one out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn

from aae_course.networks.layers import Module


def build_replicas(build: Callable[[int | None], Module], seeds: Sequence[int]) -> Module:
    """Build one module that holds a replica for each seed.

    ``build(replicas)`` makes the module. Replica r starts exactly as ``build(None)`` does after
    ``torch.manual_seed(seeds[r])``, whichever seeds stand beside it. With one seed the result is
    that plain module, without a replica dimension.
    """
    with torch.random.fork_rng(devices=[]):
        singles = []
        for seed in seeds:
            torch.manual_seed(seed)
            singles.append(build(None))
        if len(seeds) == 1:
            return singles[0]
        module = build(len(seeds))
    rows = [single.state_dict() for single in singles]
    module.load_state_dict({name: torch.stack([row[name] for row in rows]) for name in rows[0]})
    return module


def take_replica(module: nn.Module, single: Module, replica: int) -> Module:
    """Copy replica number ``replica`` of ``module`` into ``single``, built without replicas."""
    state = {name: value[replica] for name, value in module.state_dict().items()}
    single.load_state_dict(state)
    return single


def split_replicas(
    module: nn.Module, build: Callable[[int | None], Module], seeds: Sequence[int]
) -> list[Module]:
    """A plain module for each replica, on the same device and in evaluation mode."""
    if len(seeds) == 1:
        return [module]
    place = next(module.parameters()).device
    return [take_replica(module, build(None).to(place), r).eval() for r in range(len(seeds))]
