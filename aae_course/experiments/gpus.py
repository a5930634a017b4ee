"""Replicas spread over several GPUs of one machine: each trains its share of the seeds.

A share is a process of its own. It leaves its finished checkpoint, which the parent then loads as
it would any other. Noise is drawn for the seeds of a share together, so a result belongs to the
seeds and to the number of devices; the record names both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import torch
from torch import multiprocessing

Work = TypeVar("Work")


def share_out(seeds: Sequence[int], devices: Sequence[torch.device]) -> list[tuple[int, ...]]:
    """One share of the seeds for each device, as even as can be; no share is empty."""
    count = min(len(devices), len(seeds))
    bounds = [len(seeds) * i // count for i in range(count + 1)]
    return [tuple(seeds[a:b]) for a, b in pairwise(bounds)]


def train_in_parallel(train: Callable[[Work], None], shares: Sequence[Work]) -> None:
    """Call ``train`` on every share at once, each in a process of its own.

    Args:
        train: a function of a module, since the processes start afresh and import it.
        shares: what each is called with; must survive pickling.

    Raises:
        KeyboardInterrupt: Ctrl-C; the processes got it too and save before they end.
        ChildProcessError: one of them failed; it has printed why.
    """
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=train, args=(share,)) for share in shares]
    for process in processes:
        process.start()
    try:
        for process in processes:
            process.join()
    except KeyboardInterrupt:
        for process in processes:
            process.join()
        raise
    failed = [process for process in processes if process.exitcode]
    if failed:
        raise ChildProcessError(f"{len(failed)} of {len(processes)} shares of the seeds failed")
