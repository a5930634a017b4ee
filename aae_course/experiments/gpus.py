"""Replicas spread over several GPUs of one machine: each trains its share of the seeds.

A share is a process of its own. It leaves its finished checkpoint, which the parent then loads as
it would any other. Noise is drawn for the seeds of a share together, so a result belongs to the
seeds and to the number of devices; the record names both.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import pairwise
from typing import TypeVar

import torch

Work = TypeVar("Work")


def share_out(seeds: Sequence[int], devices: Sequence[torch.device]) -> list[tuple[int, ...]]:
    """One share of the seeds for each device, as even as can be; no share is empty."""
    count = min(len(devices), len(seeds))
    bounds = [len(seeds) * i // count for i in range(count + 1)]
    return [tuple(seeds[a:b]) for a, b in pairwise(bounds)]


def train_in_parallel(train: Callable[[Work], None], shares: Sequence[Work], devices: int) -> None:
    """Call ``train`` on every share, in as many processes as there are devices.

    What one of them raises is raised here, when all have ended.

    Args:
        train: a function of a module, since the processes start afresh and import it.
        shares: what each is called with; must survive pickling.
        devices: how many there are.

    Raises:
        KeyboardInterrupt: Ctrl-C, when the processes have saved and ended.
        ChildProcessError: one of them was killed.
    """
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(devices, context) as pool, _stopping_together():
            list(pool.map(train, shares))
    except BrokenProcessPool as error:
        raise ChildProcessError(
            "a process that trains a share of the seeds was killed, perhaps for want of memory: "
            "the same command goes on from the checkpoints"
        ) from error


@contextmanager
def _stopping_together() -> Iterator[None]:
    """What stops this process within the block stops those of the shares too, and they save.

    On Windows they have had Ctrl-C themselves, and no other signal would let them save.
    """
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and sys.platform != "win32":
            for process in multiprocessing.active_children():
                process.terminate()
        raise
