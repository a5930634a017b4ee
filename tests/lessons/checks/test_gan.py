"""The checks of notebook 04 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.lessons.checks import gan as checks


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
        (with_loss(lambda p, q, D: 7.0), "7 where"),
    ],
)
def test_wrong_discriminators_are_told_why(answer, why, capsys):
    assert not checks.best_discriminator(answer)
    assert why in capsys.readouterr().out


def counts(samples, centres):
    nearest = torch.cdist(samples, centres).argmin(1)
    return torch.bincount(nearest, minlength=len(centres))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda s, c: (counts(s, c) > 0).sum(), "one stray sample"),
        (lambda s, c: len(torch.cdist(s, c).argmin(1).unique()), "one stray sample"),
        (lambda s, c: (counts(s, c) >= len(s) / len(c)).sum(), "the whole fair share"),
        (lambda s, c: (counts(s, c) >= 0.1 * len(s)).sum(), "a tenth of all samples"),
        (lambda s, c: (counts(s, c) > 0.1 * len(s) / len(c)).sum(), "exactly a tenth"),
        (lambda s, c: len(torch.cdist(s, c).argmin(0)), "every centre"),
        (lambda s, c: len(s), "counts samples"),
        (lambda s, c: counts(s, c) >= 10, "one number was asked for"),
        (lambda s, c: "five", "returns a str"),
        (lambda s, c: 6, "gives 6 where 5 is right"),
    ],
)
def test_wrong_counts_are_told_why(answer, why, capsys):
    assert not checks.modes_hit(answer)
    assert why in capsys.readouterr().out


def test_the_share_may_be_a_fraction(capsys):
    """0.1 / K is not exact in binary; a count on the border must not hang on its rounding."""
    for share in (
        lambda s, c: counts(s, c) / len(s),
        lambda s, c: (counts(s, c) / len(s)).double(),
    ):
        assert checks.modes_hit(lambda s, c, of=share: (of(s, c) >= 0.1 / len(c)).sum())
