"""Checks of the exercises, a module for each notebook: one line that says how it stands, and why.

A check takes the reader's function, tries it on random inputs, and prints "not yet" while it
returns None, "not right" with the reason while it is wrong, and "passed" when it is right. It
never raises for an unfinished exercise, so a notebook runs from top to bottom.
"""

from __future__ import annotations

from collections.abc import Callable


def judge(name: str, result, fault: Callable[..., str | None]) -> bool:
    """Say how the exercise stands; True if it is solved.

    Args:
        name: of the exercise.
        result: what the reader's function returned, None while it is unfinished.
        fault: tells why such a result is wrong; None or "" if it is right.
    """
    if result is None:
        return not_yet(name)
    why = fault(result)
    return wrong(name, why) if why else passed(name)


def passed(name: str) -> bool:
    """Say that the exercise is solved; True."""
    print(f"passed: {name}")
    return True


def not_yet(name: str) -> bool:
    """Say that the exercise still waits for its answer; False."""
    print(f"not yet: {name} returns None, fill in its body and run the cell again")
    return False


def wrong(name: str, why: str) -> bool:
    """Say what is wrong with the answer; False."""
    print(f"not right: {name} {why}")
    return False
