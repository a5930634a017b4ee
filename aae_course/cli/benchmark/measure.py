"""Timing in rounds: every subject has a short turn in each, and ratios are taken within a round.

The speed of a shared machine drifts by half within minutes. What is timed a second apart meets the
same machine, so the median of the rounds' ratios holds where the speeds themselves do not.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict

import torch
from tqdm import tqdm

from aae_course.cli.benchmark.subjects import Case, Square, Steps
from aae_course.data.dataset import Split
from aae_course.training.memory import resident_bytes

IMAGES = 60_000  # of an epoch, as MNIST has them
TURN = 0.5  # seconds that a subject gets in a round, at least


class Timer:
    """Times one thing, a turn in every round.

    Args:
        call: what is timed.
        context: makes the context that it is timed in.
        device: a GPU is waited for at both ends.
    """

    def __init__(
        self,
        call: Callable[[], object],
        context: Callable[[], AbstractContextManager],
        device: torch.device,
    ):
        self.call, self.context, self.device = call, context, device
        self.rounds: list[float] = []  # seconds of a call
        self.count = 1

    def turn(self) -> None:
        """Call it for about `TURN` seconds, after a first call that only warms up."""
        with self.context():
            self._seconds(1)
            self.rounds.append(self._seconds(self.count) / self.count)
        self.count = max(1, round(TURN / self.rounds[-1]))

    def _seconds(self, count: int) -> float:
        wait_for(self.device)
        begun = time.perf_counter()
        for _ in range(count):
            self.call()
        wait_for(self.device)
        return time.perf_counter() - begun


class Trial:
    """One case: its steps, their products alone, and the two limits, timed side by side."""

    def __init__(self, case: Case, split: Split):
        device = split.images.device
        before = memory_in_use(device)
        self.case, self.steps = case, Steps(case, split)
        best, plain = Square(case.precision, False, device), Square("fp32", True, device)
        self.timers = {
            "step": Timer(self.steps.step, self.steps.fast_context, device),
            "products": Timer(self.steps.products.repeat, self.steps.fast_context, device),
            "loader": Timer(self.steps.load, self.steps.fast_context, device),
            "best": Timer(best.multiply, best.fast_context, device),
            "plain": Timer(plain.multiply, plain.fast_context, device),
        }
        for _ in range(6):  # on a GPU the step is captured after three
            self.steps.step()
        self.memory = memory_in_use(device) - before

    def turn(self) -> None:
        for timer in self.timers.values():
            timer.turn()

    def rows(self) -> dict[str, list[float]]:
        """The seconds of every timer by round, without the first, which warmed up."""
        return {name: timer.rounds[1:] for name, timer in self.timers.items()}

    def results(self) -> dict:
        """What was found, medians over the rounds."""
        seconds, images = self.rows(), self.case.images_per_step
        step, flop = seconds["step"], self.steps.flop_per_image * images
        rate = statistics.median(images / s for s in step)
        return {
            **asdict(self.case),
            "images_per_second": rate,
            "images_per_second_quartiles": statistics.quantiles([images / s for s in step], n=4),
            "epoch_seconds": IMAGES * self.case.replicas / rate,
            "flop_per_image": self.steps.flop_per_image,
            "square_flop_per_second": Square.flop / statistics.median(seconds["best"]),
            "plain_square_flop_per_second": Square.flop / statistics.median(seconds["plain"]),
            "fraction_of_limit": ratio(seconds["best"], step, flop / Square.flop),
            "fraction_of_plain_limit": ratio(seconds["plain"], step, flop / Square.flop),
            "fraction_of_own_products": ratio(seconds["products"], step),
            "loader_share": ratio(seconds["loader"], step),
            "memory_bytes": self.memory,
        }


def ratio(above: Sequence[float], below: Sequence[float], factor: float = 1.0) -> float:
    """Median over the rounds of ``factor`` times one thing's seconds over another's."""
    return statistics.median(factor * a / b for a, b in zip(above, below, strict=True))


def wait_for(device: torch.device) -> None:
    """Wait until a GPU has done all that it was given; a processor has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def memory_in_use(device: torch.device) -> int:
    """Bytes: on a GPU the most that was allocated, on a CPU what is resident."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return resident_bytes()


def in_rounds(turns: Sequence[Callable[[], None]], rounds: int) -> None:
    """Give every one its turn, ``rounds`` times over after a first round that does not count."""
    for _ in tqdm(range(rounds + 1), desc="rounds", unit="round"):
        for turn in turns:
            turn()
