"""How every check works: it calls the reader's function and prints how the exercise stands."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from inspect import unwrap
from traceback import extract_tb

import torch

from aae_course.randomness import generators_restored

# What goes wrong with values and shapes; a wrong name or type is a slip of another kind.
OF_VALUES = (IndexError, RuntimeError, ValueError)


def grade(
    name: str,
    answer: Callable,
    inputs: tuple,
    fault: Callable[..., str | None],
    hint: str = "",
) -> bool:
    """Say how the exercise stands; True if it is solved.

    Args:
        name: of the exercise.
        answer: the reader's function.
        inputs: what the function is called with. It gets copies.
        fault: tells why what it returned is wrong; None or "" if it is right.
        hint: the usual reason why an error of values or shapes stops the function.
    """
    try:
        with generators_restored(torch.device("cpu")), torch.enable_grad():
            torch.manual_seed(0)
            returned = answer(*deepcopy(inputs))
            waits = unfinished(returned)
            why = None if waits else fault(returned)
    except Exception as error:
        waits, why = False, _stopped(error, answer, hint)
    if waits:
        print(f"not yet: {name} returns None, fill in its body and run the cell again")
    else:
        print(f"not right: {name} {why}" if why else f"passed: {name}")
    return not (waits or why)


def unfinished(returned) -> bool:
    """Whether an answer, or a part of it, is still to be written."""
    parts = returned if isinstance(returned, tuple | list) else [returned]
    return any(part is None or part is ... for part in parts)


def _stopped(error: Exception, answer: Callable, hint: str) -> str:
    """Which error stops the reader's function, and in which line."""
    function = unwrap(getattr(answer, "func", answer))  # behind a partial, or a wrapper
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = [frame.line for frame in extract_tb(error.__traceback__) if frame.filename == file]
    where = f" at `{lines[-1]}`" if lines and lines[-1] else ""
    advice = f": {hint}" if hint and isinstance(error, OF_VALUES) else ""
    return f"stops with {error!r}{where}{advice}"
