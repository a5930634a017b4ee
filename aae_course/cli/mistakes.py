"""Which exceptions are a user's mistakes, and end in one line instead of a traceback."""

from __future__ import annotations

from aae_course.data.downloads import DataError
from aae_course.training.checkpoint import CheckpointError
from aae_course.training.history import NonFiniteLoss

MISTAKES = (ValueError, DataError, CheckpointError, NonFiniteLoss, OSError)
