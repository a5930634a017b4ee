"""The checks of notebook 04 tell typical mistakes apart."""

import math

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import gan as checks


@pytest.mark.parametrize("answer", [(0.01, 0.99), [torch.tensor(0.01), 1 - 0.01]])
def test_the_two_slopes_pass(answer, capsys):
    assert checks.slopes(lambda: answer)
    assert capsys.readouterr().out == "passed: slopes\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((0.99, 0.01), "in the other order"),
        ((-0.01, 0.99), "(minimax) is a derivative with a sign"),
        ((0.01, -0.99), "(non_saturating) is a derivative with a sign"),
        ((0.99, 0.99), "(minimax) is the slope of the other loss"),
        ((1 / 0.99, 100), "(minimax) is ∂/∂D"),
        ((0.01, 100), "(non_saturating) is ∂/∂D"),
        ((0.0099, 0.99), "(minimax) is the slope of D itself"),
        ((0.01, 0.0099), "(non_saturating) is the slope of D itself"),
        ((math.log(0.99), 0.99), "is the value of the loss"),
        ((0.01, -math.log(0.01)), "is the value of the loss"),
        ((0.5, 0.5), "where D cannot tell"),
        ((0, 1), "not as small as that"),
        ((0.01, 1), "nearly, but not quite"),
        ((1, 99), "in percent"),
        (0.01, "a pair"),
        ((0.2, 0.99), "0.2 where 0.01"),
    ],
)
def test_wrong_slopes_are_told_why(answer, why, capsys):
    assert not checks.slopes(lambda: answer)
    assert why in capsys.readouterr().out


def right(p, q):
    D = p / (p + q)
    return D, -(p * torch.log(D)).sum() - (q * torch.log(1 - D)).sum()


def with_loss(loss):
    return lambda p, q: (right(p, q)[0], loss(p, q, right(p, q)[0]))


def with_best(best):
    return lambda p, q: (best(p, q), right(p, q)[1])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda p, q: p / (p + q), "a pair"),
        (with_best(lambda p, q: q / (p + q)), "roles swapped"),
        (with_best(lambda p, q: p / q), "divide by p + q"),
        (with_best(lambda p, q: (p / q).log()), "log-odds"),
        (with_best(lambda p, q: p / (p + q) / 2), "halves cancel"),
        (with_best(lambda p, q: p.sum()), "one probability for each outcome"),
        (with_best(lambda p, q: p), "which share comes from p"),
        (lambda p, q: right(p, q)[::-1], "in the other order"),
        (with_loss(lambda p, q, D: p * D.log()), "sum over the outcomes"),
        (with_loss(lambda p, q, D: -right(p, q)[1]), "wrong sign"),
        (with_loss(lambda p, q, D: right(p, q)[1] / 2), "half of the loss"),
        (
            with_loss(lambda p, q, D: -(p * D.log2()).sum() - (q * (1 - D).log2()).sum()),
            "in bits",
        ),
        (with_loss(lambda p, q, D: -D.log().mean() - (1 - D).log().mean()), "every outcome alike"),
        (with_loss(lambda p, q, D: -D.log().sum() - (1 - D).log().sum()), "without weights"),
        (
            with_loss(lambda p, q, D: -(q * D.log()).sum() - (p * (1 - D).log()).sum()),
            "p and q swapped",
        ),
        (with_loss(lambda p, q, D: -(p * D.log()).sum()), "only that of the data"),
        (with_loss(lambda p, q, D: -(q * (1 - D).log()).sum()), "only that of the generator"),
        (with_loss(lambda p, q, D: math.log(2) - right(p, q)[1] / 2), "D* pays 2 log 2 less twice"),
        (with_loss(lambda p, q, D: 2 * math.log(2) - right(p, q)[1]), "D* pays 2 log 2 less this"),
        (with_loss(lambda p, q, D: -((p + q) * D.log()).sum()), "the same term for both"),
        (with_loss(lambda p, q, D: 7.0), "7 where"),
    ],
)
def test_wrong_discriminators_are_told_why(answer, why, capsys):
    assert not checks.best_discriminator(answer)
    assert why in capsys.readouterr().out


def counts(samples, centres, radius=math.inf):
    distance, nearest = torch.cdist(samples, centres).min(1)
    return torch.bincount(nearest[distance <= radius], minlength=len(centres))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda s, c, r: (counts(s, c) >= 10).sum(), "asks for no radius, or"),
        (
            lambda s, c, r: (counts(s, c, r**0.5) >= 10).sum(),
            "compares it with a squared distance",
        ),
        (lambda s, c, r: (counts(s, c) > 0).sum(), "no radius, and counts a mode with one"),
        (lambda s, c, r: len(torch.cdist(s, c).argmin(1).unique()), "one stray sample"),
        (lambda s, c, r: (counts(s, c, r**2) >= 10).sum(), "has no sample inside"),
        (
            lambda s, c, r: (140 * counts(s, c, r) >= counts(s, c, r).sum()).sum(),
            "of those inside",
        ),
        (lambda s, c, r: (counts(s, c, r) > 0).sum(), "with one sample inside"),
        (lambda s, c, r: (counts(s, c, r) >= len(s) / len(c)).sum(), "the whole fair share"),
        (lambda s, c, r: (counts(s, c, r) >= 0.1 * len(s)).sum(), "a tenth of all samples"),
        (lambda s, c, r: (counts(s, c, r) > 0.1 * len(s) / len(c)).sum(), "exactly a tenth"),
        (lambda s, c, r: counts(s, c, r).sum(), "counts the samples inside"),
        (lambda s, c, r: len(torch.cdist(s, c).argmin(0)), "every mode"),
        (lambda s, c, r: len(s), "counts samples"),
        (lambda s, c, r: counts(s, c, r) >= 10, "one number was asked for"),
        (lambda s, c, r: torch.cdist(c, s[:5]).min(1)[0] + s, ".min(1) for each sample"),
        (lambda s, c, r: "five", "returns a str"),
        (lambda s, c, r: 8, "gives 8 where 7 is right"),
    ],
)
def test_wrong_counts_are_told_why(answer, why, capsys):
    assert not checks.modes_hit(answer)
    assert why in capsys.readouterr().out


def test_the_share_may_be_a_fraction(capsys):
    """0.1 / K is not exact in binary; a count on the border must not hang on its rounding."""
    for share in (
        lambda s, c, r: counts(s, c, r) / len(s),
        lambda s, c, r: (counts(s, c, r) / len(s)).double(),
    ):
        assert checks.modes_hit(lambda s, c, r, of=share: (of(s, c, r) >= 0.1 / len(c)).sum())


def base(D, real, fake):
    return F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()


def squared(D, x, create_graph=True, of=lambda a: a.sum()):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(of(D(x)), x, create_graph=create_graph)[0].square()


def with_penalty(penalty):
    return lambda D, real, fake, gamma: base(D, real, fake) + penalty(D, real, fake, gamma)


def right_loss(D, real, fake, gamma):
    return base(D, real, fake) + gamma / 2 * squared(D, real).sum(1).mean()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (with_penalty(lambda D, x, f, g: 0), "leaves out the penalty"),
        (lambda D, x, f, g: g / 2 * squared(D, x).sum(1).mean(), "leaves out L_D"),
        (with_penalty(lambda D, x, f, g: squared(D, x).sum(1).mean() / 2), "leaves out γ"),
        (with_penalty(lambda D, x, f, g: squared(D, x).sum(1).mean()), "γ and the half"),
        (with_penalty(lambda D, x, f, g: g * squared(D, x).sum(1).mean()), "forgets the half"),
        (
            with_penalty(lambda D, x, f, g: g / 2 * squared(D, x).sum(1).sqrt().mean()),
            "takes the length",
        ),
        (with_penalty(lambda D, x, f, g: g / 2 * squared(D, x).mean()), "over the two coordinates"),
        (with_penalty(lambda D, x, f, g: g / 2 * squared(D, x).sum()), "sums the penalty"),
        (
            with_penalty(
                lambda D, x, f, g: g / 2 * squared(D, x, of=lambda a: a.mean()).sum(1).mean()
            ),
            "the gradient of the mean of a",
        ),
        (with_penalty(lambda D, x, f, g: g / 2 * squared(D, f).sum(1).mean()), "generated points"),
        (
            with_penalty(
                lambda D, x, f, g: (
                    g / 2 * (squared(D, x).sum(1).mean() + squared(D, f).sum(1).mean())
                )
            ),
            "at real and generated points",
        ),
        (
            with_penalty(
                lambda D, x, f, g: (
                    g / 2 * squared(D, x, of=lambda a: a.sigmoid().sum()).sum(1).mean()
                )
            ),
            "of the log-odds a was asked for",
        ),
        (
            with_penalty(
                lambda D, x, f, g: g / 2 * (squared(D, x).sum(1).sqrt() - 1).square().mean()
            ),
            "gradients of length 1",
        ),
        (with_penalty(lambda D, x, f, g: -g / 2 * squared(D, x).sum(1).mean()), "subtracts"),
        (
            lambda D, x, f, g: base(D, f, x) + g / 2 * squared(D, x).sum(1).mean(),
            "swaps real and generated",
        ),
        (
            lambda D, x, f, g: g / 2 * squared(D, x).sum(1).mean() - base(D, x, f),
            "the sign of L_D wrong",
        ),
        (
            with_penalty(
                lambda D, x, f, g: g / 2 * squared(D, x, create_graph=False).sum(1).mean()
            ),
            "needs create_graph=True",
        ),
        (with_penalty(lambda D, x, f, g: g / 2 * squared(D, x).sum(1)), "a loss for each sample"),
        (with_penalty(lambda D, x, f, g: 7.0), "is another loss than"),
        (lambda *given: right_loss(*given).item(), "stay with tensors"),
        (lambda *given: right_loss(*given).detach(), "without a gradient"),
        (
            lambda D, x, f, g: torch.autograd.grad(D(x).sum(), x)[0].sum(),
            "requires_grad_() before D sees it",
        ),
    ],
)
def test_wrong_penalties_are_told_why(answer, why, capsys):
    assert not checks.penalised(answer)
    assert why in capsys.readouterr().out


def test_the_right_penalty_passes(capsys):
    assert checks.penalised(right_loss)
    assert capsys.readouterr().out == "passed: penalised\n"
