"""What checks have in common when they look at an answer: is it a tensor, is it the right one?"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


def as_number(found) -> tuple[Tensor, str | None]:
    """``found`` as a tensor (), and why it is none."""
    try:
        found = torch.as_tensor(found).float()
    except (TypeError, ValueError, RuntimeError):
        return torch.tensor(0.0), f"returns a {type(found).__name__}: a number was asked for"
    if found.numel() != 1:
        return found, f"returns the shape {tuple(found.shape)}: one number was asked for"
    return found.reshape(()), None


def is_pair(found) -> bool:
    """Whether an answer has two parts."""
    return isinstance(found, tuple | list) and len(found) == 2


def finished(found):
    """An answer, or None while one of the two parts of a pair is still to be written."""
    half_done = is_pair(found) and any(part is None or part is ... for part in found)
    return None if half_done else found


def shape_is_wrong(found, shape: tuple[int, ...]) -> str | None:
    """Why ``found`` is no tensor of this shape."""
    if not isinstance(found, Tensor):
        return f"returns a {type(found).__name__}: a tensor was asked for"
    if tuple(found.shape) != tuple(shape):
        return f"returns the shape {tuple(found.shape)} where {tuple(shape)} is right"
    return None


def compared(found: Tensor, right: Tensor, guesses: Mapping[str, Tensor]) -> str | None:
    """Why ``found`` is not ``right``, by the mistake whose result it is."""
    if close(found, right):
        return None
    known = (why for why, guess in guesses.items() if close(found, guess))
    return next(known, None) or f"gives {_shown(found, right)}"


def close(found: Tensor, expected: Tensor) -> bool:
    """Whether both are the same but for rounding."""
    return found.shape == expected.shape and torch.allclose(
        found.double(), expected.double(), rtol=1e-4, atol=1e-5
    )


def _shown(found: Tensor, right: Tensor) -> str:
    """The first place where both differ."""
    apart = ~torch.isclose(found.double(), right.double(), rtol=1e-4, atol=1e-5)
    place = tuple(apart.nonzero()[0].tolist())
    where = f" in place {list(place)}" if place else ""
    return f"{found[place]:.4g}{where} where {right[place]:.4g} is right"
