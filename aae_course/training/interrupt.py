"""Ctrl-C that waits for the end of the step, so that what is saved is never half an update."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
