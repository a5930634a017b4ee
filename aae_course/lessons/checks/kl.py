"""Checks of notebook 02: KL of discrete distributions in nats, and Jensen-Shannon in bits."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aae_course.lessons.checks import judge
from aae_course.randomness import seeded_generator

LOG_2 = math.log(2)


def discrete_kl(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(p, q)``: KL(p ‖ q) in nats of each row, (rows, outcomes) -> (rows,)."""
    p, q = _distributions(1)

    def fault(found) -> str | None:
        return (
            _shape_is_wrong(found, p)
            or _kl_is_wrong(found, p, q)
            or _zero_of_p_is_wrong(answer)
            or _zero_of_q_is_wrong(answer)
        )

    return judge("discrete_kl", answer(p.clone(), q.clone()), fault)


def jensen_shannon(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(p, q)``: JS(p, q) in bits of each row, (rows, outcomes) -> (rows,)."""
    p, q = _distributions(2)

    def fault(found) -> str | None:
        return _shape_is_wrong(found, p) or _js_is_wrong(found, p, q) or _disjoint_is_wrong(answer)

    return judge("jensen_shannon", answer(p.clone(), q.clone()), fault)


def _distributions(seed: int) -> Tensor:
    """Two times five distributions over three outcomes, (2, 5, 3)."""
    return (1.5 * torch.randn(2, 5, 3, generator=seeded_generator(2, seed))).softmax(-1)


def _kl(p: Tensor, q: Tensor) -> Tensor:
    return (p * (p / q).log()).sum(-1)


def _js(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return (_kl(p, m) + _kl(q, m)) / 2


def _shape_is_wrong(found, p: Tensor) -> str | None:
    if not isinstance(found, Tensor):
        return f"returns a {type(found).__name__}, a tensor was asked for"
    if found.shape == p.shape:
        return "returns a term for each outcome: sum over them"
    if found.shape == ():
        return "returns one number for all rows: sum over the last dimension alone"
    if found.shape != p.shape[:1]:
        return f"returns the shape {tuple(found.shape)}, not {tuple(p.shape[:1])}: one for each row"
    return None


def _kl_is_wrong(found: Tensor, p: Tensor, q: Tensor) -> str | None:
    """Why ``found`` is not KL(p ‖ q) in nats, None if it is."""
    right = _kl(p, q)
    if _close(found, right):
        return None
    mistakes = {
        "is KL(q ‖ p), the other direction: the expectation is over p": _kl(q, p),
        "has the wrong sign: the ratio is p / q": -right,
        "weighs the logarithms of p / q by q: the expectation is over p": -_kl(q, p),
        "does not weigh the logarithms: multiply each by p": (p / q).log().sum(-1),
        "takes the mean over the outcomes: a sum was asked for": right / p.shape[-1],
        "is the cross-entropy: subtract the entropy of p": -(p * q.log()).sum(-1),
        "adds the entropy of p to the cross-entropy: subtract it": (-(p * (p * q).log()).sum(-1)),
        "is the entropy of p, q does not occur in it": -(p * p.log()).sum(-1),
        "is the sum of both directions: KL(p ‖ q) alone was asked for": right + _kl(q, p),
        "is the mean of both directions: KL(p ‖ q) alone was asked for": (right + _kl(q, p)) / 2,
        "is the Jensen-Shannon divergence: compare p with q itself, not with their mean": _js(p, q),
    }
    return _known_mistake(found, mistakes, right, "in bits", "use the natural logarithm", LOG_2)


def _zero_of_p_is_wrong(answer: Callable) -> str | None:
    """Why the answer fails where p has a zero, None if it does not."""
    p, q = torch.tensor([[0.5, 0.5, 0.0]]), torch.tensor([[0.25, 0.25, 0.5]])
    found = answer(p, q)
    if found.isnan().any():
        return "gives nan where p is 0: such an outcome adds nothing, since 0 log 0 = 0"
    if not _close(found, torch.tensor([LOG_2])):
        return f"gives {found.item():.4g} for (½, ½, 0) and (¼, ¼, ½), where log 2 is right"
    return None


def _zero_of_q_is_wrong(answer: Callable) -> str | None:
    """Why the answer fails where q alone has a zero, None if it does not."""
    found = answer(torch.tensor([[0.25, 0.25, 0.5]]), torch.tensor([[0.5, 0.5, 0.0]]))
    if torch.equal(found, torch.full_like(found, math.inf)):
        return None
    return f"gives {found.item():.4g} where q is 0 and p is not: the divergence is infinite there"


def _js_is_wrong(found: Tensor, p: Tensor, q: Tensor) -> str | None:
    """Why ``found`` is not the Jensen-Shannon divergence in bits, None if it is."""
    right, m = _js(p, q) / LOG_2, (p + q) / 2
    if _close(found, right):
        return None
    in_nats = {
        "is KL(p ‖ q): compare each of the two with their mean m": _kl(p, q),
        "is KL(q ‖ p): compare each of the two with their mean m": _kl(q, p),
        "is the mean of KL(p ‖ q) and KL(q ‖ p), which has no bound: compare each with m": (
            (_kl(p, q) + _kl(q, p)) / 2
        ),
        "is the sum of KL(p ‖ q) and KL(q ‖ p), which has no bound: compare each with m": (
            _kl(p, q) + _kl(q, p)
        ),
        "forgets the halves: it is the mean of KL(p ‖ m) and KL(q ‖ m)": 2 * _js(p, q),
        "compares with p + q, which sums to 2: halve it": _js(p, q) - LOG_2,
        "compares with p + q, which sums to 2, and forgets the halves": 2 * (_js(p, q) - LOG_2),
        "has the arguments swapped: it is KL(p ‖ m), not KL(m ‖ p)": (_kl(m, p) + _kl(m, q)) / 2,
        "has the arguments swapped: it is KL(p ‖ m), and forgets the halves": (
            _kl(m, p) + _kl(m, q)
        ),
        "is KL(p ‖ m) alone: take the mean of it and KL(q ‖ m)": _kl(p, m),
        "is KL(q ‖ m) alone: take the mean of it and KL(p ‖ m)": _kl(q, m),
        "is half of KL(p ‖ m): the other half is of KL(q ‖ m)": _kl(p, m) / 2,
        "has the wrong sign": -_js(p, q),
    }
    mistakes = {why: value / LOG_2 for why, value in in_nats.items()}
    mistakes["takes the root, which is the Jensen-Shannon distance"] = right.sqrt()
    return _known_mistake(found, mistakes, right, "in nats", "divide by log 2", 1 / LOG_2)


def _disjoint_is_wrong(answer: Callable) -> str | None:
    """Why the answer fails for two distributions that share no outcome, None if it does not."""
    found = answer(torch.tensor([[0.5, 0.5, 0.0]]), torch.tensor([[0.0, 0.0, 1.0]]))
    if found.isnan().any():
        return "gives nan where a probability is 0: such an outcome adds nothing"
    if not _close(found, torch.ones(1)):
        return f"gives {found.item():.4g} for two that share no outcome, where 1 bit is right"
    return None


def _known_mistake(
    found: Tensor, mistakes: dict[str, Tensor], right: Tensor, unit: str, cure: str, scale: float
) -> str:
    """The mistake that ``found`` comes from; ``found * scale`` is in the unit asked for."""
    if _close(found * scale, right):
        return f"is {unit}: {cure}"
    for why, value in mistakes.items():
        if _close(found, value):
            return why
    for why, value in mistakes.items():
        if _close(found * scale, value):
            return f"{why}; besides, it is {unit}"
    if not found.isfinite().all():
        return "gives values that are not finite where no probability is 0"
    return f"gives {found[0]:.4g} for the first row where {right[0]:.4g} is right"


def _close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found.float(), expected, rtol=1e-4, atol=1e-5)
