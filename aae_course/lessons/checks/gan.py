"""Checks of notebook 04: two slopes, the best discriminator, modes that are hit, a penalty."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.lessons.checks.answers import Expected, Pair, shape_is_wrong
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.losses import loss_is_wrong
from aae_course.lessons.gan import penalised_loss
from aae_course.models.losses import discriminator_loss
from aae_course.randomness import generators_restored, seeded_generator

LOG_2 = math.log(2)


def slopes(answer: Callable[[], tuple]) -> bool:
    """Check ``answer()``: |∂/∂a| of log(1 − D) and of −log D where D = sigmoid(a) = 0.01."""
    pair = Pair(minimax=_slope(0.01), non_saturating=_slope(0.99))
    return grade("slopes", answer, (), pair.fault)


def _slope(size: float) -> Expected:
    """The slope of one of the two losses where D = 0.01; their sizes add up to 1."""
    minimax, D = size == 0.01, 0.01
    by_D, loss = (1 / (1 - D), math.log(1 - D)) if minimax else (1 / D, -math.log(D))
    mistakes = {
        "is a derivative with a sign: its size was asked for": -size,
        "is the slope of the other loss": 1 - size,
        "is ∂/∂D: go on from D to the log-odds a, with ∂D/∂a = D (1 − D)": by_D,
        "is ∂/∂D, and with a sign: go on from D to the log-odds a": -by_D,
        "is the slope of D itself: the loss has a logarithm too": D * (1 - D),
        "is the value of the loss: its slope was asked for": loss,
        "is 1/2, the slope where D cannot tell: here D = 0.01": 0.5,
        **({"is 0: small, but not as small as that": 0.0} if minimax else {}),
        **({} if minimax else {"is 1: nearly, but not quite": 1.0}),
        "is in percent": 100 * size,
    }
    known = {why: value for why, value in mistakes.items() if value != size}
    return Expected(size, known)


def best_discriminator(answer: Callable) -> bool:
    """Check ``answer(p, q)``: D* and its loss for probabilities of the data and the generator."""
    p, q = 0.1 + torch.rand(2, 6, generator=seeded_generator(4, 1))
    p, q = p / p.sum(), q / q.sum()
    pair = Pair(D=_best(p, q), loss=_least_loss(p, q))
    return grade("best_discriminator", answer, (p, q), pair.fault)


def _best(p: Tensor, q: Tensor) -> Expected:
    """D*, the share of the data among all that looks like this."""
    D = p / (p + q)
    mistakes = {
        "has the roles swapped: D is the probability that an outcome is from the data p": 1 - D,
        "is the ratio p/q: divide by p + q, so that it is a probability": p / q,
        "is the log-odds log p/q: D is their sigmoid": (p / q).log(),
        "is p/(p+q)/2: the two kinds are equally frequent, so the halves cancel": D / 2,
    }
    shapes = {(): "is one number: one probability for each outcome was asked for"}
    return Expected(D, mistakes, shapes, "is not the best: of all x, which share comes from p?")


def _least_loss(p: Tensor, q: Tensor) -> Expected:
    """What D* pays."""
    real, fake = (p + q).log() - p.log(), (p + q).log() - q.log()
    right = (p * real + q * fake).sum()
    mistakes = {
        "has the wrong sign: it is what D minimises, and positive": -right,
        "is in bits: leave log 2 in, as the losses of the package do": right / LOG_2,
        "is half of the loss: add both expectations": right / 2,
        "weights every outcome alike in an expectation: weight by p and by q": (real + fake).mean(),
        "is without weights: an expectation sums its terms times p(x), or q(x)": (
            real + fake
        ).sum(),
        "has p and q swapped in the expectations": (q * real + p * fake).sum(),
        "is only that of the data: add the term of the generator's outcomes": (p * real).sum(),
        "is only that of the generator: add the term of the data": (q * fake).sum(),
        "is the Jensen-Shannon divergence: D* pays 2 log 2 less twice this": LOG_2 - right / 2,
        "is twice the Jensen-Shannon divergence: D* pays 2 log 2 less this": 2 * LOG_2 - right,
        "pays the same term for both: where q is drawn from, it is log(1 − D)": (
            p * real + q * real
        ).sum(),
    }
    shapes = {p.shape: "has a number for each outcome: sum over the outcomes"}
    return Expected(right, mistakes, shapes)


def modes_hit(answer: Callable) -> bool:
    """Check ``answer(samples, centres, radius)``: how many modes hold a tenth of a fair share."""
    generator, radius = seeded_generator(4, 2), 0.3
    angle = 2 * math.pi * torch.arange(14) / 14
    centres = 4 * torch.stack([angle.cos(), angle.sin()], -1)
    # Fair is a fourteenth of 1400, so 10 samples inside are just enough, and 9 too few.
    inside = torch.tensor([0, 0, 0, 1, 2, 9, 7, 10, 11, 40, 100, 110, 150, 200])
    near = torch.tensor([50, 3, 0, 60, 0, 5, 0, 0, 0, 0, 0, 200, 242, 200])  # just outside
    samples = torch.cat(
        [_around(centres, inside, 0.8 * radius), _around(centres, near, 1.5 * radius)]
    )
    order = torch.randperm(len(samples), generator=generator)
    counts = {
        "asks for no radius, or compares it with a squared distance: a sample counts only if its "
        "distance is the radius or less": inside + near >= 10,
        "asks for no radius, and counts a mode with one stray sample": inside + near > 0,
        "has no sample inside: compare the radius with the distance of the nearest centre": (
            inside < 0
        ),
        "takes a tenth of the fair share of those inside: of all samples was asked for": (
            140 * inside >= inside.sum()
        ),
        "asks for more than a tenth of the fair share: exactly a tenth is enough": inside > 10,
        "counts a mode with one sample inside: ask for a tenth of the fair share": inside > 0,
        "asks for the whole fair share: a tenth of it is enough": inside >= 100,
        "asks for a tenth of all samples: take a tenth of the fair share, 1/modes": inside >= 140,
        "counts the samples inside: count the modes that they hit": inside,
        "counts samples: count the modes that they hit": inside + near,
        "counts every mode, also one without a sample": inside >= 0,
    }
    mistakes = {why: hit.sum() for why, hit in counts.items()}
    expected = Expected((inside >= 10).sum(), mistakes)
    given = (samples[order], centres, radius)
    hint = "torch.cdist(samples, centres) is (n, modes); take .min(1) for each sample"
    return grade("modes_hit", answer, given, expected.fault, hint)


def _around(centres: Tensor, counts: Tensor, distance: float) -> Tensor:
    """So many points around each centre, all at this distance from it."""
    angle = torch.arange(int(counts.sum())).float()
    circle = distance * torch.stack([angle.cos(), angle.sin()], -1)
    return centres.repeat_interleave(counts, 0) + circle


def penalised(answer: Callable[..., Tensor]) -> bool:
    """Check ``answer(D, real, fake, gamma)``: L_D + γ/2 E‖∇ₓ a(x)‖² over real x, a scalar."""
    generator, gamma = seeded_generator(4, 3), 0.3
    with generators_restored(torch.device("cpu")):
        D = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
    for parameter in D.parameters():
        nn.init.normal_(parameter, std=1.5, generator=generator)
    real, fake = torch.randn(2, 40, 2, generator=generator)
    right = penalised_loss(D, real, fake, gamma)
    expected = Expected(right.detach(), _mistaken(D, real, fake, gamma), OF_EACH, OTHERWISE)

    def fault(loss) -> str | None:
        return loss_is_wrong(loss, expected) or _gradient_is_wrong(loss, right, D)

    return grade("penalised", partial(answer, D, real, fake, gamma), (), fault, AT_REAL)


AT_REAL = "call real.requires_grad_() before D sees it"
OF_EACH = {
    shape: "returns a loss for each sample: average over the minibatch"
    for shape in ((40,), (40, 1))
}
OTHERWISE = "is another loss than L_D + γ/2 E‖∇ₓ a(x)‖²"


def _mistaken(D: nn.Module, real: Tensor, fake: Tensor, gamma: float) -> dict[str, Tensor]:
    """Reason -> the loss that this mistake gives."""

    def squares(x: Tensor, of=lambda a: a) -> Tensor:
        x = x.clone().requires_grad_()
        return torch.autograd.grad(of(D(x)).sum(), x)[0].square()

    with torch.no_grad():
        base, other = discriminator_loss(D(real), D(fake)), discriminator_loss(D(fake), D(real))
    lengths = squares(real).sum(1)
    mean, n = lengths.mean(), len(real)
    penalty = gamma / 2 * mean
    return {
        "leaves out the penalty": base,
        "leaves out L_D": penalty,
        "leaves out γ": base + mean / 2,
        "leaves out γ and the half": base + mean,
        "forgets the half": base + 2 * penalty,
        "takes the length of the gradient: its square was asked for": (
            base + gamma / 2 * lengths.sqrt().mean()
        ),
        "averages over the two coordinates: the squared length is their sum": base + penalty / 2,
        "sums the penalty over the minibatch: average": base + n * penalty,
        "takes the gradient of the mean of a: of the sum, or each sample gets only 1/n of it": (
            base + penalty / n**2
        ),
        "takes the gradient at the generated points: at the real ones was asked for": (
            base + gamma / 2 * squares(fake).sum(1).mean()
        ),
        "takes the gradient at real and generated points: at the real ones was asked for": (
            base + penalty + gamma / 2 * squares(fake).sum(1).mean()
        ),
        "takes the gradient of D = sigmoid(a): of the log-odds a was asked for": (
            base + gamma / 2 * squares(real, torch.sigmoid).sum(1).mean()
        ),
        "wants gradients of length 1, as another penalty does: here short ones are wanted": (
            base + gamma / 2 * (lengths.sqrt() - 1).square().mean()
        ),
        "subtracts the penalty: a steep D is to pay for it": base - penalty,
        "swaps real and generated points in L_D": other + penalty,
        "has the right penalty, and the sign of L_D wrong: D minimises it": penalty - base,
    }


def _gradient_is_wrong(loss: Tensor, right: Tensor, D: nn.Module) -> str | None:
    given, wanted = (
        torch.autograd.grad(each, D.parameters(), retain_graph=True, allow_unused=True)
        for each in (loss, right)
    )
    for own, other in zip(given, wanted, strict=True):
        own = torch.zeros_like(other) if own is None else own
        if shape_is_wrong(own, other.shape) or not torch.allclose(own, other, 1e-3, 1e-5):
            return (
                "has the right value, and the penalty teaches D nothing: torch.autograd.grad "
                "needs create_graph=True"
            )
    return None
