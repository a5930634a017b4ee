"""Keeps a long run safe: saves it now and then, and stops it when it shall stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aae_course.training.loop import Run


class OutOfTime(Exception):
    """The time limit of a run has passed; its checkpoint is saved."""


@dataclass
class Keeper:
    """Looks after a run, with the arguments of `fit` that concern it."""

    run: Run
    path: Path | None
    save_every: float
    report: Callable[[Run], None] | None
    deadline: float | None
    interrupted: Callable[[], bool]

    def __post_init__(self):
        self.saved = time.monotonic()

    def going(self) -> None:
        """Called after every step; raises KeyboardInterrupt or OutOfTime after a last save."""
        late = self.deadline is not None and time.monotonic() > self.deadline
        if self.interrupted() or late:
            self.run.save(self.path)
            raise KeyboardInterrupt if self.interrupted() else OutOfTime
        if time.monotonic() - self.saved > self.save_every:
            self.run.save(self.path)
            if self.report is not None:
                self.report(self.run)
            self.saved = time.monotonic()
