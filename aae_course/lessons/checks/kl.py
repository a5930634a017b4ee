"""Checks of notebook 02: KL in nats, where a fit settles, JS in bits, a discriminator."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, close
from aae_course.lessons.checks.discriminator_training import train_discriminator
from aae_course.lessons.checks.grade import grade
from aae_course.randomness import seeded_generator

__all__ = ["discrete_kl", "jensen_shannon", "settles", "train_discriminator"]

LOG_2 = math.log(2)
# Of the mixture with two modes: weight and place of the larger and of the smaller one.
LARGER, SMALLER = (0.6, -2.2), (0.4, 2.2)


def discrete_kl(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(p, q)``: KL(p ‖ q) in nats of each row, (rows, outcomes) -> (rows,)."""
    p, q = _distributions(1)
    right, reverse, entropy = _kl(p, q), _kl(q, p), -(p * p.log()).sum(-1)
    in_nats = {
        "is KL(q ‖ p), the other direction: the expectation is over p": reverse,
        "has the wrong sign: the ratio is p / q": -right,
        "weighs the logarithms of p / q by q: the expectation is over p": -reverse,
        "does not weigh the logarithms: multiply each by p": (p / q).log().sum(-1),
        "takes the mean over the outcomes: a sum was asked for": right / p.shape[-1],
        "is the cross-entropy: subtract the entropy of p": right + entropy,
        "adds the entropy of p to the cross-entropy: subtract it": right + 2 * entropy,
        "is the entropy of p, q does not occur in it": entropy,
        "is the sum of both directions: only KL(p ‖ q) was asked for": right + reverse,
        "is the mean of both directions: only KL(p ‖ q) was asked for": (right + reverse) / 2,
        "is the Jensen-Shannon divergence: compare p with q itself, not with their mean": _js(p, q),
        "has q itself where kl_div wants its logarithm: kl_div(q.log(), p)": (
            (torch.xlogy(p, p) - p * q).sum(-1)
        ),
    }
    in_bits = _in_unit("in bits", 1 / LOG_2, in_nats)
    mistakes = {
        "is in bits: use the natural logarithm": right / LOG_2,
        "has logarithms to base 10: use the natural one": right / math.log(10),
    }
    mistakes |= in_nats | in_bits
    at_p = (
        "p is 0: such an outcome adds nothing, since 0 log 0 = 0. Try (½, ½, 0) and (¼, ¼, ½), "
        "where log 2 is right"
    )
    at_q = "q is 0 and p is not: the divergence is infinite there"

    def fault(divergence) -> str | None:
        return (
            _rows_are_wrong(divergence, right, mistakes)
            or _at_zeros(answer, p=[0.5, 0.5, 0], q=[0.25, 0.25, 0.5], right=LOG_2, why=at_p)
            or _at_zeros(answer, p=[0.25, 0.25, 0.5], q=[0.5, 0.5, 0], right=math.inf, why=at_q)
        )

    return grade("discrete_kl", answer, (p, q), fault)


def settles(answer: Callable[[], tuple]) -> bool:
    """Check ``answer()``: the mean at which the reverse fit settles, and its KL in nats."""
    return grade("settles", answer, (), _place_is_wrong)


def _place_is_wrong(returned) -> str | None:
    """Why this is not the pair (mean, nats), up to two digits."""
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        return f"returns a {type(returned).__name__}: a pair was asked for, the mean, then the nats"
    try:
        mean, nats = (float(part) for part in returned)
    except (TypeError, ValueError, RuntimeError):
        return "does not return two numbers: the mean, then the nats"
    (more, left), (less, right) = LARGER, SMALLER
    wanted = -math.log(less)
    if _about(nats, right) and _about(mean, wanted):
        return "returns both in the other order: the mean comes first"
    places = {
        left: "settles on the larger mode: the fit starts on the right, and there is a ridge "
        "between the two",
        more * left + less * right: "is the mean of p, where the forward fit settles",
        0.0: "settles in the gap, where q would be large and p is small: that is what costs most",
        1.0: "stays where it starts: the slope leads from there to a mode",
    }
    if not _about(mean, right):
        found = (why for place, why in places.items() if _about(mean, place))
        return next(found, f"is at {mean:.4g}: the modes are at {left} and {right}")
    amounts = {
        0.0: "has no divergence: that would take q = p, and p has another mode",
        -math.log(more): "has −log of the weight of the other mode",
        math.log(less): "has a divergence below 0: it is −log of the weight",
        less: "has the weight of the mode, or its logarithm to base 10: take minus the natural one",
        more: "has the weight of the other mode: take −log of that of its own",
        1 / less: "has p/q turned over, without the logarithm",
        wanted / LOG_2: "is in bits: use the natural logarithm",
        less * wanted: "multiplies by the weight: the expectation is over q, which has it not",
    }
    if not _about(nats, wanted):
        found = (why for amount, why in amounts.items() if _about(nats, amount))
        return next(found, f"has {nats:.4g} nats: on a mode of weight w, p is about w times q")
    return None


def _about(value: float, wanted: float) -> bool:
    return abs(value - wanted) < 0.02


def jensen_shannon(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(p, q)``: JS(p, q) in bits of each row, (rows, outcomes) -> (rows,)."""
    p, q = _distributions(2)
    m, right = (p + q) / 2, _js(p, q) / LOG_2
    to_m, both = _kl(m, p) + _kl(m, q), _kl(p, q) + _kl(q, p)
    in_nats = {
        "is KL(p ‖ q): compare each of the two with their mean m": _kl(p, q),
        "is KL(q ‖ p): compare each of the two with their mean m": _kl(q, p),
        "is the mean of KL(p ‖ q) and KL(q ‖ p), which has no bound: compare each with m": both / 2,
        "is the sum of KL(p ‖ q) and KL(q ‖ p), which has no bound: compare each with m": both,
        "forgets the halves: it is the mean of KL(p ‖ m) and KL(q ‖ m)": 2 * _js(p, q),
        "compares with p + q, which sums to 2: halve it": _js(p, q) - LOG_2,
        "compares with p + q, which sums to 2, and forgets the halves": 2 * (_js(p, q) - LOG_2),
        "has the arguments swapped: it is KL(p ‖ m), not KL(m ‖ p)": to_m / 2,
        "has the arguments swapped: it is KL(p ‖ m), and forgets the halves": to_m,
        "is only KL(p ‖ m): take the mean of it and KL(q ‖ m)": _kl(p, m),
        "is only KL(q ‖ m): take the mean of it and KL(p ‖ m)": _kl(q, m),
        "is half of KL(p ‖ m): the other half is of KL(q ‖ m)": _kl(p, m) / 2,
        "has the wrong sign": -_js(p, q),
    }
    mistakes = (
        {"is in nats: divide by log 2": right * LOG_2}
        | {"is multiplied by log 2 where nats are to be divided by it": right * LOG_2**2}
        | {why: value / LOG_2 for why, value in in_nats.items()}
        | {"takes the root, which is the Jensen-Shannon distance": right.sqrt()}
        | _in_unit("in nats", 1, in_nats)
    )
    disjoint = (
        "a probability is 0: such an outcome adds nothing. Try (½, ½, 0) and (0, 0, 1), "
        "where 1 bit is right"
    )

    def fault(divergence) -> str | None:
        return _rows_are_wrong(divergence, right, mistakes) or _at_zeros(
            answer, p=[0.5, 0.5, 0], q=[0, 0, 1.0], right=1, why=disjoint
        )

    return grade("jensen_shannon", answer, (p, q), fault)


def _distributions(seed: int) -> Tensor:
    """Two times five distributions over three outcomes, (2, 5, 3)."""
    return (1.5 * torch.randn(2, 5, 3, generator=seeded_generator(2, seed))).softmax(-1)


def _kl(p: Tensor, q: Tensor) -> Tensor:
    return (p * (p / q).log()).sum(-1)


def _js(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return (_kl(p, m) + _kl(q, m)) / 2


def _in_unit(unit: str, scale: float, mistakes: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same mistakes, made in another unit than the one that was asked for."""
    return {f"{why}; besides, it is {unit}": scale * value for why, value in mistakes.items()}


def _rows_are_wrong(divergence, right: Tensor, mistakes: Mapping[str, Tensor]) -> str | None:
    """Why ``divergence`` is not the right one of each row where no probability is 0."""
    if isinstance(divergence, Tensor) and not divergence.isfinite().all():
        return "gives values that are not finite where no probability is 0"
    shapes = {
        (5, 3): "returns a term for each outcome: sum over them",
        (): "returns one number for all rows: sum only over the last dimension",
        (3,): "returns one number for each outcome: sum over the last dimension, not the first",
    }
    return Expected(right, mistakes, shapes).fault(divergence)


def _at_zeros(
    answer: Callable, p: list[float], q: list[float], right: float, why: str
) -> str | None:
    """Why the answer fails for this ``p`` and this ``q``, None if it does not."""
    value = answer(torch.tensor([p]), torch.tensor([q]))
    if value.shape != (1,):
        return f"returns the shape {tuple(value.shape)} for a single row: (1,) was asked for"
    return None if close(value, [right]) else f"gives {value.item():.4g} where {why}"
