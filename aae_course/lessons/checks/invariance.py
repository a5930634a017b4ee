"""Checks of notebook 13: which digits change places, a gradient, the least error, a loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.lessons.checks.answers import Expected, shape_is_wrong
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.losses import loss_is_wrong
from aae_course.lessons.invariance import least_error as least_error_of
from aae_course.models.invariance import disagreement
from aae_course.models.losses import generator_loss
from aae_course.randomness import generators_restored, seeded_generator

Pairs = set[frozenset[int]]
TURNED: Pairs = {frozenset((6, 9))}
MIRRORED: Pairs = {frozenset((2, 5))}
# Pairs that are not exchanged, with the reason.
NOT_TURNED = {
    frozenset((2, 5)): "a 2 that is turned is a 2 again, and a 5 a 5: it is the mirror that "
    "exchanges them",
    frozenset((1, 7)): "the bar of a 7 that is turned lies at the foot, and a 1 has no bar there",
    frozenset((4, 7)): "a 4 that is turned has its stem at the top: that is no digit",
}
NOT_MIRRORED = {
    frozenset((6, 9)): "a 6 in the mirror still has its stem at the top: it is the turn that "
    "exchanges them",
    frozenset((1, 7)): "the bar of a 7 in the mirror points to the right, and a 1 stays a 1",
    frozenset((3, 8)): "a 3 in the mirror opens to the right, like the letter E: that is no digit",
}


def exchanged(answer: Callable[[], tuple]) -> bool:
    """Check ``answer()``: two lists of pairs, exchanged by half a turn, and by the mirror."""
    return grade("exchanged", answer, (), _exchange_is_wrong)


def _exchange_is_wrong(returned) -> str | None:
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        return f"returns a {type(returned).__name__}: two lists were asked for, turned, mirrored"
    try:
        turned, mirrored = (_pairs(part) for part in returned)
    except ValueError as error:
        return str(error)
    if (turned, mirrored) == (MIRRORED, TURNED):
        return "has the two in the other order: turned comes first"
    return _pairs_are_wrong("turned", turned, TURNED, NOT_TURNED) or _pairs_are_wrong(
        "mirrored", mirrored, MIRRORED, NOT_MIRRORED
    )


def _pairs(part) -> Pairs:
    """The pairs of a list, in no order.

    Raises:
        ValueError: it is no list of pairs of two different digits.
    """
    kinds = list | tuple | set
    if not isinstance(part, kinds) or not all(isinstance(pair, kinds) for pair in part):
        raise ValueError("holds something else than lists of pairs of digits, such as [(3, 8)]")
    for pair in part:
        if not all(digit in range(10) for digit in pair):
            raise ValueError(f"holds {pair}: a pair is of two digits")
        if len(pair) != 2 or len(set(pair)) != 2:
            raise ValueError(f"holds {pair}: a pair is of two different digits, such as (3, 8)")
    return {frozenset(pair) for pair in part}


def _pairs_are_wrong(name: str, given: Pairs, right: Pairs, reasons: dict) -> str | None:
    for pair in sorted(given - right, key=sorted):
        a, b = sorted(pair)
        why = reasons.get(pair, "draw one of them on paper, and turn or mirror the paper")
        return f"({name}) says that {a} and {b} change places: {why}"
    return f"({name}) misses a pair" if right - given else None


def gradient(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(y, other)``: ∂/∂a of −log Σ_k y_k y′_k with y = softmax(a), (categories,)."""
    logits = torch.randn(2, 5, generator=seeded_generator(13, 1))
    y, other = (1.5 * logits).softmax(-1)
    both = y * other
    r = both / both.sum()
    mistakes = {
        "has the wrong sign: the loss falls against its gradient": r - y,
        "is the gradient with respect to y: go on to the logits a": -other / both.sum(),
        "stops at the logits of the other view, y′: those of y were asked for": other - r,
        "forgets to divide by Σ_j y_j y′_j, which the logarithm brings": y - both,
        "is y − y′, the gradient of a cross entropy: here the sum is inside of the logarithm": (
            y - other
        ),
        "forgets that each y_k depends on all logits: the sum of y is 1": -r,
        "returns the shares y_k y′_k / Σ_j y_j y′_j: one step is missing": r,
        "takes the diagonal of the softmax's derivative only: ∂y_j/∂a_k = y_j (δ_jk − y_k)": (
            -r * (1 - y)
        ),
        "is a mean over the categories: leave it as it is": (y - r) / len(y),
    }
    shapes = {(): "returns one number: there is a derivative for each category"}
    return grade("gradient", answer, (y, other), Expected(y - r, mistakes, shapes).fault)


def least_error(answer: Callable[[int], float]) -> bool:
    """Check ``answer(clusters)``: the least error by majority of clusters of the same size."""

    def fault(returned) -> str | None:
        for clusters, given in ((16, returned), (30, answer(30)), (5, answer(5)), (25, answer(25))):
            if why := _least_error_is_wrong(clusters, given):
                return f"(clusters = {clusters}) {why}"
        return None

    return grade("least_error", answer, (16,), fault)


def _least_error_is_wrong(clusters: int, given) -> str | None:
    right, whole = least_error_of(clusters), 100 * (clusters // 10 * 10) / clusters
    mistakes = {
        "is a share: percent was asked for": right / 100,
        "is what is right: the error was asked for": 100 - right,
        "is a share of what is right: the error was asked for, in percent": 1 - right / 100,
        "takes all of a digit's last images as wrong: what is left of it can have a cluster of "
        "its own, which it shares": 100 - whole,
        "takes every cluster as pure: 16 of a size cannot be filled by ten digits of a size": 0.0,
        "counts every cluster after the tenth as wrong: a digit may have two": (
            100 * max(0, clusters - 10) / clusters
        ),
        "is an entropy: count images": math.log(clusters / 10),
    }
    return Expected(right, {k: v for k, v in mistakes.items() if v != right}).fault(given)


def generator_phase(answer: Callable[..., Tensor]) -> bool:
    """Check ``answer(D_y, D_z, y, z, pull)``: pull · G_y + G_z + 5 · disagreement, a scalar."""
    generator = seeded_generator(13, 2)
    with generators_restored(torch.device("cpu")):
        D_y, D_z = nn.Linear(4, 1), nn.Linear(3, 1)
    for parameter in (*D_y.parameters(), *D_z.parameters()):
        nn.init.normal_(parameter, std=2.0, generator=generator)
    y = torch.randn(40, 4, generator=generator).mul(2).softmax(-1).requires_grad_()
    z = torch.randn(40, 3, generator=generator).requires_grad_()
    pull = torch.tensor(0.3)
    right = _generator_phase(D_y, D_z, y, z, pull)
    expected = Expected(right.detach(), _mistaken_phases(D_y, D_z, y, z, pull), OF_EACH, OTHERWISE)

    def fault(loss) -> str | None:
        return loss_is_wrong(loss, expected) or _gradient_is_wrong(loss, right, (y, z))

    return grade("generator_phase", partial(answer, D_y, D_z, y, z, pull), (), fault)


OF_EACH = {
    shape: "returns a loss for each image: average over the minibatch"
    for shape in ((20,), (40,), (40, 1))
}
OTHERWISE = "is another loss than pull · G_y + G_z + 5 · (−log Σ_k y_k y′_k)"


def _generator_phase(D_y, D_z, y: Tensor, z: Tensor, pull: Tensor) -> Tensor:
    return pull * generator_loss(D_y(y)) + generator_loss(D_z(z)) + 5 * disagreement(*y.chunk(2))


@torch.no_grad()
def _mistaken_phases(D_y, D_z, y: Tensor, z: Tensor, pull: Tensor) -> dict[str, Tensor]:
    """Reason -> the loss that this mistake gives."""
    (one, two), G_y, G_z = y.chunk(2), generator_loss(D_y(y)), generator_loss(D_z(z))
    adversarial, demand = pull * G_y + G_z, disagreement(one, two)
    same = (one * two).sum(-1)
    minimax = -pull * generator_loss(-D_y(y)) - generator_loss(-D_z(z))
    fooled = pull * generator_loss(-D_y(y)) + generator_loss(-D_z(z))
    return {
        "leaves out the demand": adversarial,
        "leaves out the adversaries": 5 * demand,
        "weighs the demand by 1: by 5 was asked for": adversarial + demand,
        "takes the demand with the wrong sign: views are to agree": adversarial - 5 * demand,
        "leaves out the pull": G_y + G_z + 5 * demand,
        "lets the pull weigh both adversaries: it is of y only": pull * (G_y + G_z) + 5 * demand,
        "lets the pull weigh z: it is of y": G_y + pull * G_z + 5 * demand,
        "lets the pull weigh the demand too: it is of the adversary on y": (
            pull * (G_y + 5 * demand) + G_z
        ),
        "has the wrong target: the generator wants D to call its codes draws": fooled + 5 * demand,
        "is the minimax loss, whose gradient fades: use −log D": minimax + 5 * demand,
        "pairs neighbours: the two views of image i are the rows i and n + i": (
            adversarial + 5 * disagreement(y[0::2], y[1::2])
        ),
        "takes a cross entropy, −Σ_k y_k log y′_k: the sum stands inside of the logarithm": (
            adversarial - 5 * (one * two.log()).sum(-1).mean()
        ),
        "takes Σ_k log(y_k y′_k): the sum stands inside of the logarithm": (
            adversarial - 5 * (one * two).log().sum(-1).mean()
        ),
        "averages before the logarithm: take the logarithm of each image's sum": (
            adversarial - 5 * same.mean().log()
        ),
        "takes squared differences: the demand is −log Σ_k y_k y′_k": (
            adversarial + 5 * (one - two).square().sum(-1).mean()
        ),
        "forgets the logarithm": adversarial - 5 * same.mean(),
        "sums the demand over the images: average": adversarial + 5 * demand * len(one),
    }


def _gradient_is_wrong(loss: Tensor, right: Tensor, codes: tuple[Tensor, Tensor]) -> str | None:
    given, wanted = (
        torch.autograd.grad(each, codes, retain_graph=True, allow_unused=True)
        for each in (loss, right)
    )
    for name, own, other in zip("yz", given, wanted, strict=True):
        if own is None or shape_is_wrong(own, other.shape) or not torch.allclose(own, other):
            return f"has the right value, and another gradient for {name}: detach nothing here"
    return None
