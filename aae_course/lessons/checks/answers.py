"""What an answer is compared with: the right value, and the values that known mistakes give."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass
class Expected:
    """The right value of an answer, and what gives wrong ones away.

    Args:
        right: a tensor, or a number.
        mistakes: reason -> the value that this mistake gives, of whatever shape.
        shapes: wrong shape -> the reason why an answer of this shape is wrong.
        otherwise: what to say of any other wrong value; without it, where the two differ.
    """

    right: Tensor | float
    mistakes: Mapping[str, Tensor | float] = field(default_factory=dict)
    shapes: Mapping[tuple[int, ...], str] = field(default_factory=dict)
    otherwise: str = ""

    def fault(self, answer) -> str | None:
        """Why ``answer`` is not the right value, None if it is."""
        right = torch.as_tensor(self.right).detach()
        if why := type_is_wrong(answer, number=right.dim() == 0):
            return why
        answer = torch.as_tensor(answer).detach()
        if right.dim() == 0 and answer.numel() == 1:
            answer = answer.reshape(())
        if close(answer, right):
            return None
        known = (why for why, value in self.mistakes.items() if close(answer, value))
        return (
            next(known, None)
            or self.shapes.get(tuple(answer.shape))
            or shape_is_wrong(answer, right.shape)
            or self.otherwise
            or _difference(answer, right)
        )


class Pair:
    """The two parts of an answer, in this order: their names, and what is expected of each."""

    def __init__(self, **parts: Expected):
        self.parts = parts

    def fault(self, answer) -> str | None:
        """Why ``answer`` is not this pair, None if it is."""
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            return f"does not return a pair: return {', '.join(self.parts)}"
        (first, left), (_, right) = self.parts.items()
        if _fits(answer[0], right, left) and _fits(answer[1], left, right):
            return f"returns both in the other order: {first} comes first"
        for (name, expected), part in zip(self.parts.items(), answer, strict=True):
            if why := expected.fault(part):
                return f"({name}) {why}"
        return None


def _fits(part, expected: Expected, other: Expected) -> bool:
    """Whether ``part`` is what was expected; its shape says so, unless both have the same."""
    shape, other_shape = (torch.as_tensor(each.right).shape for each in (expected, other))
    return not (expected.fault(part) if shape == other_shape else shape_is_wrong(part, shape))


@dataclass(frozen=True)
class Lists:
    """Two lists of names as an answer, each of those for which a measure is large.

    Args:
        what: the names are of, such as "maps".
        right: measure -> the names that belong to its list, two measures in their order.
        why: measure -> every name -> why it belongs there, or does not.
    """

    what: str
    right: Mapping[str, Collection[str]]
    why: Mapping[str, Mapping[str, str]]

    def fault(self, answer) -> str | None:
        """Why ``answer`` is not these two lists, in whatever order within each; None if it is."""
        first, second = self.right
        names = list(self.why[first])
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            return f"returns a {type(answer).__name__}: two lists were asked for, {first} first"
        for part in answer:
            if not isinstance(part, list | tuple | set) or not all(
                isinstance(n, str) for n in part
            ):
                return f"holds a {type(part).__name__} that is no list of names, as ['{names[0]}']"
            if strange := set(part) - set(names):
                return f"names {sorted(strange)[0]!r}: the {self.what} are {', '.join(names)}"
        if [set(part) for part in answer] == [set(self.right[second]), set(self.right[first])]:
            return f"has the two in the other order: {first} comes first"
        for measure, part in zip(self.right, answer, strict=True):
            for name in names:
                if (name in part) != (name in self.right[measure]):
                    verb = "has" if name in part else "misses"
                    return f"({measure}) {verb} {name!r}: {self.why[measure][name]}"
        return None


def type_is_wrong(answer, number: bool) -> str | None:
    """Why ``answer`` is no tensor, or no ``number``."""
    if isinstance(answer, tuple) and hasattr(answer, "indices"):
        return "returns values and indices together, as torch.max does: take one of the two"
    if not number and not isinstance(answer, Tensor):
        return f"returns a {type(answer).__name__}: a tensor was asked for"
    try:
        torch.as_tensor(answer)
    except (TypeError, ValueError, RuntimeError):
        return f"returns a {type(answer).__name__}: a number was asked for"
    return None


def shape_is_wrong(answer, shape: tuple[int, ...]) -> str | None:
    """Why ``answer`` is no tensor of this shape; a number will do for the shape ()."""
    if why := type_is_wrong(answer, number=not shape):
        return why
    answer = torch.as_tensor(answer)
    if not shape and answer.numel() != 1:
        return f"returns the shape {tuple(answer.shape)}: one number was asked for"
    if shape and answer.shape != shape:
        return f"returns the shape {tuple(answer.shape)} where {tuple(shape)} is right"
    return None


def close(answer, expected) -> bool:
    """Whether both are the same but for rounding; nan is the same as nan."""
    answer, expected = (torch.as_tensor(each).detach().double() for each in (answer, expected))
    return answer.shape == expected.shape and torch.allclose(
        answer, expected, rtol=1e-4, atol=1e-5, equal_nan=True
    )


def _difference(answer: Tensor, right: Tensor) -> str:
    """The first place where both differ, with as many digits as show it."""
    answer, right = answer.double(), right.double()
    place = tuple((~torch.isclose(answer, right, rtol=1e-4, atol=1e-5)).nonzero()[0].tolist())
    where = f" in place {list(place)}" if place else ""
    for digits in (4, 8):
        given, wanted = (f"{each[place]:.{digits}g}" for each in (answer, right))
        if given != wanted:
            break
    return f"gives {given}{where} where {wanted} is right"
