"""Where a step's time goes: forward, backward and optimiser of each phase, and the views."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator

import torch
from torch import Tensor

from aae_course.cli.benchmark.subjects import Case
from aae_course.data.dataset import Split
from aae_course.data.minibatches import Batch
from aae_course.networks.distortion import Distortion
from aae_course.training.loop import Run

VIEWS = ("views", "forward")  # distorted images, of all phases together


class ProfiledRun:
    """Clocks a run's parts from outside: what lies between its generator, and its optimisers.

    On a GPU every mark waits for the device, so the parts are longer than in a real run; compare
    them with one another.
    """

    def __init__(self, run: Run):
        self.run, self.device = run, run.device
        self.seconds: dict[tuple[str, str], float] = defaultdict(float)
        self.named_losses = run.named_losses
        run.named_losses = self._clocked_losses
        for phase, optimiser in run.optimisers.items():
            optimiser.step = self._clocked((phase, "optimiser"), optimiser.step)
        for module in run.model.modules():
            if isinstance(module, Distortion):
                module.forward = self._clocked(VIEWS, module.forward)

    def profile(self, steps: int) -> dict[tuple[str, str], float]:
        """Milliseconds of a step by (phase, part)."""
        iterator = self.run.steps(eager=True)
        with self.run.fast_context():
            for _ in range(5):
                next(iterator)
            self.seconds.clear()
            begun = self._now()
            for _ in range(steps):
                next(iterator)
            whole = self._now() - begun
        whole -= sum(self.seconds.values())
        self.seconds["minibatch, rates, averages, progress", "rest"] = whole
        return {key: 1000 * seconds / steps for key, seconds in self.seconds.items()}

    def _clocked_losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The run's own losses, with the time of each stretch noted."""
        losses, mark, viewed = self.named_losses(batch), self._now(), self.seconds.get(VIEWS, 0.0)
        for phase, loss in losses:
            views = self.seconds.get(VIEWS, 0.0) - viewed
            self.seconds[phase, "forward"] += self._now() - mark - views
            before, mark = self.seconds[phase, "optimiser"], self._now()
            yield phase, loss
            stepped = self.seconds[phase, "optimiser"] - before
            self.seconds[phase, "backward"] += self._now() - mark - stepped
            mark, viewed = self._now(), self.seconds.get(VIEWS, 0.0)

    def _clocked(self, key: tuple[str, str], call):
        def clocked(*args):
            begun = self._now()
            result = call(*args)
            self.seconds[key] += self._now() - begun
            return result

        return clocked

    def _now(self) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()


def profile(case: Case, split: Split, steps: int = 100) -> dict[tuple[str, str], float]:
    """Milliseconds of a step of ``case`` by (phase, part)."""
    return ProfiledRun(case.run(split)).profile(steps)
