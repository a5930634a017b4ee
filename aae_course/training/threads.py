"""What makes the processor fast for training: threads, memory, and Python's garbage collector."""

from __future__ import annotations

import ctypes
import gc
import platform
import time
import timeit
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn

from aae_course.data.minibatches import Batch
from aae_course.models.model import Model
from aae_course.networks.map_layers import sums_depend_on_threads
from aae_course.randomness import generators_restored
from aae_course.settings import variable

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
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
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

    On a core that another program keeps busy, two threads can be slower than one. There is a choice
    only where the number of threads changes how long a step takes and not what it computes, and
    where OMP_NUM_THREADS does not say it already.

    Args:
        model: whose weights the products are with.
        rows: images in a minibatch.
        labelled_rows: images in the labelled minibatch beside it, 0 for none.
    """

    def __init__(self, model: nn.Module, rows: int, labelled_rows: int = 0):
        self.most = torch.get_num_threads()
        weights = [p.detach() for p in model.parameters() if p.dim() > 1]
        self.weight = max(weights, key=Tensor.numel, default=torch.zeros(1, 1)).flatten(0, -2)
        self.x = torch.ones(rows, len(self.weight))
        free = self.most > 1 and variable("OMP_NUM_THREADS") is None
        self.free = (
            free
            and self.weight.device.type == "cpu"
            and all(self.threads_agree(model, count) for count in {rows, labelled_rows} - {0})
        )
        self.next_choice = 0.0

    def threads_agree(self, model: nn.Module, rows: int) -> bool:
        """Whether one thread and all of them compute the same, bit for bit."""
        if sums_depend_on_threads(model):
            return False
        shapes = {p.shape for p in model.parameters() if p.dim() > 1}
        one, all_of_them = (products(shapes, rows, threads) for threads in (1, self.most))
        return all(torch.equal(a, b) for a, b in zip(one, all_of_them, strict=True))

    def choose(self) -> None:
        """Set torch's number of threads; between two choices half a minute passes."""
        if self.free and time.monotonic() >= self.next_choice:
            torch.set_num_threads(min((self.most, 1), key=self.seconds))
            self.next_choice = time.monotonic() + CHOOSE_EVERY

    @torch.no_grad()
    def seconds(self, threads: int) -> float:
        """How long this many threads take for a product, at best."""
        torch.set_num_threads(threads)
        self.x @ self.weight  # wakes them
        return min(timeit.repeat(lambda: self.x @ self.weight, number=4, repeat=3))


def steps_agree(model: Model, batch: Batch, threads: int) -> bool:
    """Whether the gradients of a step are the same with one thread and with several, bit for bit.

    What products alone do not show: the same layer can be computed another way within a step.
    """
    one, *others = (_gradients(model, batch, count) for count in (1, threads, threads))
    return all(torch.equal(a, b) for other in others for a, b in zip(one, other, strict=True))


def _gradients(model: Model, batch: Batch, threads: int) -> list[Tensor]:
    torch.set_num_threads(threads)
    found = []
    with torch.enable_grad(), generators_restored(batch.x.device):
        for phase, loss in model.training_step(batch):
            weights = model.phase_parameters(phase)
            gradients = torch.autograd.grad(
                loss.sum(), weights, retain_graph=True, allow_unused=True
            )
            found += [loss.detach(), *(each for each in gradients if each is not None)]
    return found


def products(shapes: Iterable[torch.Size], rows: int, threads: int) -> list[Tensor]:
    """The products of a training step with weights of these shapes (..., inputs, outputs).

    Of each: its layer's result, and the gradients of its input and of the weight itself.
    """
    torch.set_num_threads(threads)
    generator = torch.Generator().manual_seed(0)
    made = []
    for *copies, inputs, outputs in sorted(shapes):
        w, x, g = (
            torch.randn(*copies, *sides, generator=generator)
            for sides in ((inputs, outputs), (rows, inputs), (rows, outputs))
        )
        for each in (w, x):
            each.requires_grad_()
        bias = torch.zeros(*copies, 1, outputs, requires_grad=True)
        with torch.enable_grad():  # as `Linear` computes it
            layer = torch.baddbmm(bias, x, w) if copies else nn.functional.linear(x, w.t(), bias[0])
            gradients = torch.autograd.grad(layer, (w, x, bias), g)
        made += [layer.detach(), *gradients]
    return made
