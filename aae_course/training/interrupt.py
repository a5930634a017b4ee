"""How a run stops without loss: Ctrl-C waits for the end of the step, and a checkpoint is saved."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class OutOfTime(Exception):
    """The time limit of a run has passed; its checkpoint is saved."""


@contextmanager
def deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Within the block Ctrl-C is only noted; the yielded function says whether it came.

    A second Ctrl-C interrupts at once. Outside the main thread, where Python delivers no signals,
    nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    asked: list[int] = []
    previous = signal.getsignal(signal.SIGINT)

    def note(signum, frame):
        asked.append(signum)
        signal.signal(signal.SIGINT, previous)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, previous)


@dataclass
class Autosave:
    """Saves a run now and then, and for the last time when it has to stop.

    Args:
        save: writes the checkpoint.
        report: tells a person how the run stands, with each save but the last; None for no report.
        every: seconds between saves.
        deadline: ``time.monotonic()`` at which to stop, or None.
        interrupted: whether Ctrl-C came.
    """

    save: Callable[[], None]
    report: Callable[[], None] | None
    every: float
    deadline: float | None
    interrupted: Callable[[], bool]

    def __post_init__(self):
        self.saved = time.monotonic()

    def after_step(self) -> None:
        """Save if it is time to.

        Raises:
            KeyboardInterrupt: Ctrl-C came; the run is saved.
            OutOfTime: the deadline has passed; the run is saved.
        """
        now = time.monotonic()
        late = self.deadline is not None and now > self.deadline
        if self.interrupted() or late:
            self.save()
            raise KeyboardInterrupt if self.interrupted() else OutOfTime
        if now - self.saved > self.every:
            self.save()
            if self.report is not None:
                self.report()
            self.saved = time.monotonic()
