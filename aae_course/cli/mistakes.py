"""Which exceptions end in one line instead of a traceback: a user can do something about them."""

from __future__ import annotations

import traceback
from pathlib import Path

from aae_course.settings import PACKAGE, variable


def in_one_line(error: Exception) -> str:
    """What to tell the user of ``error``.

    Raises:
        Exception: ``error`` itself, if it is a fault of this package, or AAE_DEBUG is set.
    """
    if variable("AAE_DEBUG"):
        raise error
    if hasattr(error, "format_message"):  # what was typed is not what the command understands
        context = getattr(error, "ctx", None)
        help_ = f" (see {context.command_path} --help)" if context else ""
        return f"{' '.join(error.format_message().split())}{help_}"
    if isinstance(error, ImportError) or broken_library(error):
        first_line = str(error).partition("\n")[0]
        return f"{type(error).__name__}: {first_line}. aae-course doctor looks at every library"
    if not isinstance(error, (ValueError, OSError)) and not isinstance(error, with_advice()):
        raise error
    return str(error)


def with_advice() -> tuple[type[Exception], ...]:
    """The package's own exceptions, whose messages say what to do."""
    from aae_course.data.downloads import DataError
    from aae_course.training.checkpoint import CheckpointError
    from aae_course.training.history import NonFiniteLoss

    return DataError, CheckpointError, NonFiniteLoss


def broken_library(error: Exception) -> bool:
    """Whether ``error`` came up while a library was being imported."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    imported = [Path(f.f_code.co_filename) for f in frames if f.f_code.co_name == "<module>"]
    return bool(imported) and PACKAGE not in imported[-1].parents
