"""One thing after another within a time limit: what fails or finds no time is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


@dataclass
class Turns:
    """What became of each name: what was found, why it failed, or that no time was left."""

    found: dict = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def summary(self, said: str, **numbers) -> dict:
        """One part of the record: ``good`` is None where something could not be looked at."""
        failed = [f"{name} ({why})" for name, why in self.failed.items()]
        said += f"; failed: {some(failed)}" * bool(failed)
        said += f"; no time was left for {some(self.left)}" * bool(self.left)
        good = False if failed else None if self.left else True
        rest = {"failed": self.failed, "not_measured": self.left}
        return {"good": good, "found": said, **numbers, **rest}


def in_turn(
    names: Sequence[str], measure: Callable[[str, float], T], until: float, what: str
) -> Turns:
    """Call ``measure(name, end)`` for every name; ``end`` is the end of its share of the time.

    Args:
        names: the most important ones first.
        measure: may end later than it should, and then less is left for the others.
        until: ``time.monotonic()`` at which to end.
        what: for the progress bar.
    """
    turns = Turns()
    for done, name in enumerate(tqdm(names, desc=what)):
        now = time.monotonic()
        if now >= until:
            turns.left.append(name)
            continue
        try:
            turns.found[name] = measure(name, now + (until - now) / (len(names) - done))
        except Exception as error:  # of every kind, since to find them is what this is for
            turns.failed[name] = why(error)
    return turns


def why(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def some(names: Sequence[str], most: int = 4) -> str:
    """The first names, and how many more there are; the record has them all."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
