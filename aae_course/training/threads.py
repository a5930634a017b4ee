"""What makes the processor fast for training: threads, memory, and Python's garbage collector."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import time
import timeit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # names of malloc.h
CHOOSE_EVERY = 30.0  # seconds; other programs come and go


@contextmanager
def processor_ready() -> Iterator[None]:
    """Within it memory and Python's garbage collector are set up for training."""
    threads = torch.get_num_threads()
    keep_freed_memory()
    gc.freeze()  # what exists already is not searched for garbage again and again
    try:
        yield
    finally:
        gc.unfreeze()
        torch.set_num_threads(threads)


@cache
def processor_says(what: str) -> str:
    """A line of /proc/cpuinfo, such as "model name" or "flags"; empty where there is none."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(what)), "")


def processor_name() -> str:
    """What the processor is called, or at least its kind."""
    return processor_says("model name") or platform.machine()


def keep_freed_memory() -> bool:
    """Ask glibc not to return freed memory to the system; return whether it will.

    Every step frees and takes again some megabytes for its gradients. Returned to the system, each
    page costs a fault when it comes back.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc
        return False
    whole, most = 1 << 30, 32 << 20  # some versions take no more than the second
    large = mallopt(M_MMAP_THRESHOLD, whole) or mallopt(M_MMAP_THRESHOLD, most)
    return bool(large and mallopt(M_TRIM_THRESHOLD, whole))


class Threads:
    """Chooses how many threads compute: all of torch's, or one if that is faster here and now.

    On a core that another program keeps busy, two threads can be slower than one. The
    number changes how long a step takes and not what it computes. The reader who sets
    OMP_NUM_THREADS has chosen already.

    Args:
        weight: (..., outputs), the largest of the model.
        rows: images in a minibatch.
        steady: keep all threads, since for this model their number shows in the last digits.
    """

    def __init__(self, weight: Tensor, rows: int, steady: bool = False):
        self.most = torch.get_num_threads()
        self.weight = weight.detach().reshape(-1, weight.shape[-1])
        self.x = torch.ones(rows, len(self.weight))
        chosen = steady or "OMP_NUM_THREADS" in os.environ
        self.free = weight.device.type == "cpu" and not chosen
        self.next_choice = 0.0

    def choose(self) -> None:
        """Set torch's number of threads; between two choices half a minute passes."""
        if self.most > 1 and self.free and time.monotonic() >= self.next_choice:
            torch.set_num_threads(min((self.most, 1), key=self.seconds))
            self.next_choice = time.monotonic() + CHOOSE_EVERY

    @torch.no_grad()
    def seconds(self, threads: int) -> float:
        """How long this many threads take for a product, at best."""
        torch.set_num_threads(threads)
        self.x @ self.weight  # wakes them
        return min(timeit.repeat(lambda: self.x @ self.weight, number=4, repeat=3))
