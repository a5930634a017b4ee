"""How a run stops without loss: a signal waits for the end of the step, and the run is saved."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aae_course.settings import stopping_signals


class OutOfTime(Exception):
    """The time limit of a run has passed; its checkpoint is saved."""


class Deferred:
    """Signals that ask to stop, and wait until a step is finished and the run is saved.

    A second Ctrl-C interrupts at once. A second SIGTERM waits like the first: batch systems send
    several, and have SIGKILL for haste.
    """

    def __init__(self):
        self.came: signal.Signals | None = None
        self.handlers = {}

    def hold(self) -> None:
        """From now on signals are only noted. Python delivers them to the main thread alone."""
        if threading.current_thread() is threading.main_thread():
            for each in stopping_signals():
                self.handlers[each] = signal.signal(each, self.note)

    def note(self, number, frame) -> None:
        """A handler of signals, which keeps the first.

        Raises:
            KeyboardInterrupt: this is the second Ctrl-C.
        """
        if self.came is not None and number == signal.SIGINT:
            self.came = None
            raise KeyboardInterrupt
        self.came = self.came or signal.Signals(number)

    def release(self) -> None:
        """Signals act at once again, and the one that came acts now: it may end the process.

        Raises:
            KeyboardInterrupt: a signal came. For Ctrl-C Python's own handler raises it; it is
                raised too where a handler returns, since the run has ended.
        """
        for each, handler in self.handlers.items():
            signal.signal(each, handler)
        came, self.came = self.came, None
        if came is not None:
            signal.raise_signal(came)
            raise KeyboardInterrupt


@contextmanager
def deferred_interrupt() -> Iterator[Deferred]:
    """Within the block a signal that asks to stop is only noted; it acts at the block's end."""
    deferred = Deferred()
    deferred.hold()
    try:
        yield deferred
    finally:
        deferred.release()


@dataclass
class Autosave:
    """Saves a run now and then, and for the last time when it has to stop.

    Args:
        save: writes the checkpoint.
        report: tells a person how the run stands, with each save but the last; None for no report.
        every: seconds between saves.
        deadline: ``time.monotonic()`` at which to stop, or None.
        signals: those that ask to stop.
    """

    save: Callable[[], None]
    report: Callable[[], None] | None
    every: float
    deadline: float | None
    signals: Deferred

    def __post_init__(self):
        self.saved = time.monotonic()

    def after_step(self) -> None:
        """Save if it is time to.

        Raises:
            KeyboardInterrupt: a signal came, and did not end the process; the run is saved.
            OutOfTime: the deadline has passed; the run is saved.
        """
        now = time.monotonic()
        late = self.deadline is not None and now > self.deadline
        if self.signals.came or late:
            self.save()
            self.signals.release()
            raise OutOfTime
        if now - self.saved > self.every:
            self.save()
            if self.report is not None:
                self.report()
            self.saved = time.monotonic()
