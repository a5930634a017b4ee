"""The check of a discriminator names what is wrong in its loss, and in its loop."""

import math

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import discriminator_training as checks
from aae_course.lessons.divergence import train_discriminator


def loop(loss_of):
    """An answer whose loop is right, with this loss of the log-odds of both kinds of draws."""

    def answer(D, optimiser, minibatches):
        losses = []
        for real, fake in minibatches:
            loss = loss_of(D(real), D(fake))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        return losses

    return answer


def cost(a, b):
    return F.softplus(-a).mean() + F.softplus(b).mean()


def together(a, b):
    """One mean over both kinds, as from a single call of the binary cross-entropy."""
    targets = torch.cat([torch.ones_like(a), torch.zeros_like(b)])
    return F.binary_cross_entropy_with_logits(torch.cat([a, b]), targets)


WRONG_LOSSES = {
    "has the roles swapped": loop(lambda a, b: cost(-a, -b)),
    "averages the two terms": loop(together),
    "sums over the minibatch:": loop(lambda a, b: len(a) * cost(a, b)),
    "then halves": loop(lambda a, b: 0.5 * len(a) * cost(a, b)),
    "only the term of the draws from p": loop(lambda a, b: F.softplus(-a).mean()),
    "only the term of the draws from q": loop(lambda a, b: F.softplus(b).mean()),
    "subtracts the second term": loop(lambda a, b: F.softplus(-a).mean() - F.softplus(b).mean()),
    "is V, which D makes large": loop(lambda a, b: -cost(a, b)),
    "has −log D for both": loop(lambda a, b: cost(a, -b)),
    "the loss of a generator": loop(lambda a, b: F.softplus(-b).mean()),
    "softplus without the minus": loop(lambda a, b: cost(-a, b)),
    "applies the sigmoid twice": loop(lambda a, b: cost(a.sigmoid(), b.sigmoid())),
    "is in bits": loop(lambda a, b: cost(a, b) / math.log(2)),
    "the estimate of JS in bits": loop(lambda a, b: 1 - cost(a, b) / (2 * math.log(2))),
    "adds squared errors": loop(
        lambda a, b: (1 - a.sigmoid()).square().mean() + b.sigmoid().square().mean()
    ),
    "difference of the mean log-odds": loop(lambda a, b: b.mean() - a.mean()),
    "has probabilities where logarithms": loop(
        lambda a, b: 1 - a.sigmoid().mean() + b.sigmoid().mean()
    ),
    "not finite: D gives log-odds": loop(lambda a, b: -a.log().mean() - (1 - b).log().mean()),
    "no gradient through from the draws of p": loop(lambda a, b: cost(a.detach(), b)),
    "no gradient through from the draws of q": loop(lambda a, b: cost(a, b.detach())),
}


@pytest.mark.parametrize("why", WRONG_LOSSES)
def test_a_wrong_loss_is_told_why(why, capsys):
    assert not checks.train_discriminator(WRONG_LOSSES[why])
    assert why in capsys.readouterr().out


def test_a_slip_in_the_loop_is_named(capsys):
    assert not checks.train_discriminator(
        lambda D, optimiser, pairs: [cost(D(real), D(fake)).item() for real, fake in pairs]
    )
    assert "never changes the weights" in capsys.readouterr().out
    assert not checks.train_discriminator(
        lambda D, optimiser, pairs: train_discriminator(D, optimiser, iter(pairs[:2]))
    )
    assert "returns 2 losses for 4 minibatches" in capsys.readouterr().out


def test_a_loop_over_single_draws_is_told_of_the_pairs(capsys):
    assert not checks.train_discriminator(lambda D, optimiser, pairs: [D(pair) for pair in pairs])
    assert "stops with TypeError" in capsys.readouterr().out
    assert not checks.train_discriminator(
        lambda D, optimiser, pairs: [D(torch.cat(pair, 1)) for pair in pairs]
    )
    assert "for real, fake in minibatches" in capsys.readouterr().out


def test_other_right_answers_pass(capsys):
    twice = loop(lambda a, b: 2 * together(a, b))
    assert checks.train_discriminator(twice)
    assert checks.train_discriminator(lambda *given: torch.tensor(train_discriminator(*given)))
    assert capsys.readouterr().out == 2 * "passed: train_discriminator\n"
