"""What happened in a run: the losses of each phase and what was measured on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

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

    def of(self, replicas: Sequence[int]) -> History:
        """The same run, as some of its replicas saw it."""
        losses = {
            phase: [[point[replica] for replica in replicas] for point in points]
            for phase, points in self.losses.items()
        }
        evaluations = [
            {"epoch": row["epoch"]}
            | {key: [row[key][replica] for replica in replicas] for key in row if key != "epoch"}
            for row in self.evaluations
        ]
        return replace(self, losses=losses, evaluations=evaluations)

    def latest(self) -> dict[str, float]:
        """The newest loss of every phase, averaged over the replicas."""
        return {
            phase: sum(points[-1]) / len(points[-1])
            for phase, points in self.losses.items()
            if points
        }


class LossRecorder:
    """Collects losses on the device and reads them a stretch at a time, so training never waits.

    Args:
        history: where the block averages go.
        phases: names of the phases, in order.
        replicas: how many losses each phase yields.
        steps_per_epoch: steps that the device can hold.
        total_steps: length of the run, which sets the length of a block.
        device: where the losses are.
    """

    def __init__(
        self,
        history: History,
        phases: list[str],
        replicas: int,
        steps_per_epoch: int,
        total_steps: int,
        device: torch.device,
    ):
        self.history, self.phases = history, phases
        self.block_length, self.total_steps = max(1, total_steps // POINTS), total_steps
        self.rows = torch.zeros(steps_per_epoch, len(phases), replicas, device=device)
        self.collected = 0  # steps read so far
        self.pending = torch.zeros(0, len(phases), replicas)  # the block that is not full yet
        for phase in phases:
            history.losses.setdefault(phase, [])

    def record(self, phase: str, loss: Tensor, row: Tensor) -> None:
        """Note the loss of a phase; ``row`` (1,) is the step within the epoch, on the device."""
        column = self.rows[:, self.phases.index(phase)]
        column.index_copy_(0, row, loss.detach().view(1, -1).to(column.dtype))

    def after(self, step: int) -> None:
        """Read the losses after step number ``step`` (from 1), where that makes nothing wait.

        A GPU is asked at the end of an epoch only, a processor whenever a block is full.

        Raises:
            NonFiniteLoss: one of them is nan or infinite.
        """
        block_is_full = self.rows.device.type == "cpu" and step % self.block_length == 0
        if block_is_full or step % len(self.rows) == 0:
            self.collect(step)
        if step == self.total_steps:
            self.finish(step)

    def collect(self, step: int) -> None:
        """Read every loss up to step number ``step`` (from 1); full blocks go to the history.

        Raises:
            NonFiniteLoss: one of them is nan or infinite.
        """
        if step == self.collected:
            return
        filled = (step - 1) % len(self.rows) + 1  # rows of this epoch
        new = self.rows[filled - (step - self.collected) : filled].cpu()
        self._check(new, self.collected + 1)
        self.collected = step
        self.pending = torch.cat([self.pending, new])
        while len(self.pending) >= self.block_length:
            end = step - len(self.pending) + self.block_length
            self._close(self.pending[: self.block_length], end)
            self.pending = self.pending[self.block_length :]

    def finish(self, step: int) -> None:
        """Put what is left into the history as a last, shorter block."""
        if len(self.pending):
            self._close(self.pending, step)
            self.pending = self.pending[:0]

    def resume(self, step: int, pending: Tensor) -> None:
        """Go on after ``step`` steps with the unfinished block that ``pending`` held there."""
        self.pending, self.collected = pending, step

    def _close(self, block: Tensor, step: int) -> None:
        self.history.steps.append(step)
        for phase, values in zip(self.phases, block.mean(0).tolist(), strict=True):
            self.history.losses[phase].append(values)

    def _check(self, losses: Tensor, first_step: int) -> None:
        broken = (~losses.isfinite()).any(-1).nonzero()
        if len(broken):
            row, phase = broken[0].tolist()
            raise NonFiniteLoss(
                f"the {self.phases[phase]} loss is not finite at step {first_step + row}: the "
                "learning rate of this phase, or of the one before, is probably too high; other "
                "causes are pixels outside [0, 1], a log σ that runs away, or weights that start "
                "too large"
            )


def side_by_side(histories: Sequence[History]) -> History:
    """One history of all replicas, joined from the histories of their shares."""
    first = histories[0]
    losses = {
        phase: [
            list(chain(*rows)) for rows in zip(*(h.losses[phase] for h in histories), strict=True)
        ]
        for phase in first.losses
    }
    evaluations = [
        {"epoch": rows[0]["epoch"]}
        | {key: list(chain(*(row[key] for row in rows))) for key in rows[0] if key != "epoch"}
        for rows in zip(*(h.evaluations for h in histories), strict=True)
    ]
    seconds = max(h.seconds for h in histories)
    return replace(first, losses=losses, evaluations=evaluations, seconds=seconds)
