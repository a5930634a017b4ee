"""Where random numbers come from: what a seed decides, and how to put a generator aside.

Models draw their noise from torch's global generator. A run seeds it, keeps the draws of others
out of it, and saves it with its checkpoint, so that a result depends only on the seeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock

import numpy as np
import torch
from torch import Tensor


def seeded_generator(*seeds: int) -> torch.Generator:
    """A CPU generator that depends on all of ``seeds``."""
    return torch.Generator().manual_seed(_combined(seeds))


def seed_noise(seeds: Sequence[int]) -> None:
    """Seed torch's global generators, on every device, with all of ``seeds``."""
    torch.manual_seed(_combined(seeds))


def _combined(seeds: Sequence[int]) -> int:
    state = np.random.SeedSequence(tuple(seeds)).generate_state(1, np.uint64)
    return int(state[0] >> 1)  # torch takes 63 bits


_ALONE = RLock()  # an evaluation may train something within a training


@contextmanager
def alone() -> Iterator[None]:
    """Within it no other thread trains: its noise would come from the same global generator.

    Raises:
        ValueError: another thread does.
    """
    if not _ALONE.acquire(blocking=False):
        raise ValueError(
            "another thread of this process is training, and the two would share their random "
            "numbers: train one after the other, or in processes of their own"
        )
    try:
        yield
    finally:
        _ALONE.release()


@contextmanager
def generators_restored(device: torch.device) -> Iterator[None]:
    """Leave torch's global generators, on the CPU and on ``device``, as they were found."""
    before = generator_states(device)
    try:
        yield
    finally:
        restore_generators(before, device)


def generator_states(device: torch.device) -> dict[str, Tensor]:
    """State of the global generators of the CPU and of ``device``, by kind of device."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def restore_generators(states: dict[str, Tensor], device: torch.device) -> None:
    """Put back what `generator_states` returned, as far as this kind of device has such states."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
    elif device.type == "mps" and "mps" in states:
        torch.mps.set_rng_state(states["mps"])
