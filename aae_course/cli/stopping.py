"""How a signal ends the command: as an exception, so that everything is left in order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from aae_course.settings import stopping_signals

WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal was closed"}


class Stopped(BaseException):
    """A signal asked to stop.

    It is no KeyboardInterrupt, for which typer has a handling of its own.

    Attributes:
        status: exit status of the command, 128 and the number of the signal.
    """

    def __init__(self, number: int):
        super().__init__(WORDS.get(signal.Signals(number).name, "interrupted"))
        self.status = 128 + number


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within the block a signal that asks to stop raises `Stopped`.

    After the first one more Ctrl-C ends the process at once; others are ignored, since batch
    systems send several.
    """
    before = {each: signal.getsignal(each) for each in stopping_signals()}

    def stop(number, frame):
        for each in before:
            signal.signal(each, signal.SIG_DFL if each == signal.SIGINT else signal.SIG_IGN)
        raise Stopped(number)

    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
