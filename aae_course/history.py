"""What happened in a run: the losses of each phase and what was measured on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

POINTS = 400  # a curve has about this many points, however long the run


class NonFiniteLoss(ArithmeticError):
    """A loss became nan or infinite; the message says where and what usually causes it."""


@dataclass
class History:
    """Loss curves: ``losses[phase][i]`` is a list over replicas, averaged up to step ``steps[i]``.

    ``evaluations`` holds what the evaluation hook returned, with its epoch; ``seconds`` is the
    training time, stops and restarts included.
    """

    steps: list[int] = field(default_factory=list)
    losses: dict[str, list[list[float]]] = field(default_factory=dict)
    evaluations: list[dict] = field(default_factory=list)
    seconds: float = 0.0

    def curve(self, phase: str, replica: int = 0) -> list[float]:
        """The loss of a phase over the run, one number for each entry of ``steps``."""
        return [values[replica] for values in self.losses[phase]]

    def latest(self) -> dict[str, float]:
        """The newest loss of every phase, averaged over the replicas."""
        return {
            phase: sum(points[-1]) / len(points[-1])
            for phase, points in self.losses.items()
            if points
        }


class LossRecorder:
    """Collects losses on the device and reads them in blocks, so that training never waits.

    Args:
        history: where the block averages go.
        phases: names of the phases, in order.
        replicas: how many losses each phase yields.
        total_steps: length of the run, which sets the length of a block.
        device: where the losses are.
    """

    def __init__(
        self, history: History, phases: list[str], replicas: int, total_steps: int, device
    ):
        self.history, self.phases = history, phases
        self.block = max(1, total_steps // POINTS)
        self.pending = torch.zeros(self.block, len(phases), replicas, device=device)
        self.filled = 0
        for phase in phases:
            history.losses.setdefault(phase, [])

    def record(self, phase: str, loss: Tensor) -> None:
        """Note the loss of a phase in the current step."""
        self.pending[self.filled, self.phases.index(phase)] = loss.detach()

    def end_step(self, step: int) -> None:
        """Close step number ``step`` (from 1); a full block goes to the history."""
        self.filled += 1
        if self.filled == self.block:
            self.flush(step)

    def flush(self, step: int) -> None:
        """Move what is pending to the history.

        Raises:
            NonFiniteLoss: one of the pending losses is nan or infinite.
        """
        if not self.filled:
            return
        self.check(step)
        means = self.pending[: self.filled].mean(0).tolist()
        self.history.steps.append(step)
        for phase, values in zip(self.phases, means, strict=True):
            self.history.losses[phase].append(values)
        self.filled = 0

    def check(self, step: int) -> None:
        """Raise NonFiniteLoss if a pending loss is not finite; ``step`` is the last recorded."""
        broken = (~self.pending[: self.filled].isfinite()).any(-1).nonzero()
        if len(broken):
            row, phase = broken[0].tolist()
            at = step - self.filled + row + 1
            raise NonFiniteLoss(
                f"the {self.phases[phase]} loss is not finite at step {at}: the learning rate of "
                "this phase, or of the one before, is probably too high; other causes are pixels "
                "outside [0, 1], a log σ that runs away, or weights that start too large"
            )
