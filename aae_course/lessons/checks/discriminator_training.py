"""Check of the exercise of notebook 02 in which a discriminator is trained: its loss and loop."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.loops import Loop, Networks, as_losses
from aae_course.models.losses import discriminator_loss
from aae_course.randomness import generators_restored, seeded_generator

DIM, BATCH, MINIBATCHES = 2, 6, 4


def train_discriminator(answer: Callable[..., list]) -> bool:
    """Check ``answer(D, optimiser, minibatches)``: the losses of a discriminator."""
    draws = torch.randn(2, MINIBATCHES, BATCH, DIM, generator=seeded_generator(2, 4))
    pairs = list(zip(draws[0], draws[1] + 1, strict=True))
    loop = Loop(_network, pairs, lambda D, real, fake: discriminator_loss(D(real), D(fake)))
    networks, optimiser = loop.start()

    def fault(losses) -> str | None:
        given = as_losses(losses, MINIBATCHES)
        if isinstance(given, Tensor) and not given.isfinite().all():
            return (
                "has losses that are not finite: D gives log-odds a and no probabilities, so "
                "−log D is softplus(−a)"
            )
        return loop.fault(losses, networks, _mistaken_losses, FOLLOWED)

    given = partial(answer, *networks, optimiser, pairs)
    hint = "each minibatch is a pair: `for real, fake in minibatches`"
    return grade("train_discriminator", given, (), fault, hint)


def _network() -> Networks:
    """The same small discriminator at each call."""
    generator = seeded_generator(2, 3)
    with generators_restored(torch.device("cpu")):
        D = nn.Sequential(nn.Linear(DIM, 4), nn.Tanh(), nn.Linear(4, 1))
    for weight in D.parameters():
        nn.init.normal_(weight, std=0.8, generator=generator)
    return (D,)


def _mistaken_losses(D: nn.Module, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    """Reason -> the loss of a minibatch that this mistake gives."""
    a, b = D(real), D(fake)
    on_real, on_fake = F.softplus(-a).mean(), F.softplus(b).mean()
    right = on_real + on_fake
    return {
        "has the roles swapped: D is the probability that a draw is from p, the first": (
            F.softplus(a).mean() + F.softplus(-b).mean()
        ),
        "averages the two terms: L_D is their sum": right / 2,
        "sums over the minibatch: each expectation is a mean": right * BATCH,
        "sums over the minibatch, then halves: each expectation is a mean": right * BATCH / 2,
        "has only the term of the draws from p": on_real,
        "has only the term of the draws from q": on_fake,
        "subtracts the second term: both are costs, and are added": on_real - on_fake,
        "is V, which D makes large: the loss is −V": -right,
        "has −log D for both: a draw from q costs −log(1 − D)": on_real + F.softplus(-b).mean(),
        "is the loss of a generator: D should call draws from q unlikely": F.softplus(-b).mean(),
        "has softplus without the minus: −log D is softplus(−a)": F.softplus(a).mean() + on_fake,
        "applies the sigmoid twice: softplus(−a) has it already": (
            F.softplus(-a.sigmoid()).mean() + F.softplus(b.sigmoid()).mean()
        ),
        "is in bits: use the natural logarithm": right / math.log(2),
        "is the estimate of JS in bits: return the losses": 1 - right / (2 * math.log(2)),
        "adds squared errors: −log D and −log(1 − D) were asked for": (
            (a.sigmoid() - 1).square().mean() + b.sigmoid().square().mean()
        ),
        "is the difference of the mean log-odds: −log D and −log(1 − D) were asked for": (
            b.mean() - a.mean()
        ),
        "has probabilities where logarithms of them belong": (
            (1 - a.sigmoid()).mean() + b.sigmoid().mean()
        ),
    }


FOLLOWED = {
    "lets no gradient through from the draws of p: do not detach D(real)": (
        lambda D, real, fake: discriminator_loss(D(real).detach(), D(fake))
    ),
    "lets no gradient through from the draws of q: detach fake, if you will, but not D(fake)": (
        lambda D, real, fake: discriminator_loss(D(real), D(fake).detach())
    ),
}
