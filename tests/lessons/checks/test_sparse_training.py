"""The check of the sparse autoencoder names what is wrong in its loss, and in its loop."""

import math

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.autoencoder import kl_of_coins, train_sparse
from aae_course.lessons.checks import sparse_training as checks


def half_squares(x_hat, x):
    return 0.5 * (x_hat - x).square().sum(1).mean()


def loop(loss_of):
    """An answer whose loop is right, with this loss."""

    def answer(encoder, decoder, optimiser, minibatches, rho, weight):
        losses = []
        for x in minibatches:
            z = encoder(x)
            loss = loss_of(decoder, x, z, rho, weight)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        return losses

    return answer


def with_penalty(penalty):
    """An answer with this in the place of the weighted divergence: (z, rho, weight) -> scalar."""
    return loop(lambda decoder, x, z, r, w: half_squares(decoder(z), x) + penalty(z, r, w))


def with_error(error):
    """An answer with this in the place of the reconstruction: (x_hat, x) -> scalar."""
    return loop(lambda d, x, z, r, w: error(d(z), x) + w * kl_of_coins(r, z.mean(0)).sum())


def heads(mean, r):
    return r * (r / mean).log()


def tails(mean, r):
    return heads(1 - mean, 1 - r)


WRONG_LOSSES = {
    "leaves out the divergence": with_penalty(lambda z, r, w: 0),
    "forgets the weight": with_penalty(lambda z, r, w: kl_of_coins(r, z.mean(0)).sum()),
    "over the units: sum": with_penalty(lambda z, r, w: w * kl_of_coins(r, z.mean(0)).mean()),
    "the other direction": with_penalty(
        lambda z, r, w: w * (heads(r, z.mean(0)) + tails(r, z.mean(0))).sum()
    ),
    "only the first half": with_penalty(lambda z, r, w: w * heads(z.mean(0), r).sum()),
    "subtracts the second half": with_penalty(
        lambda z, r, w: w * (heads(z.mean(0), r) - tails(z.mean(0), r)).sum()
    ),
    "the cross-entropy of the coins": with_penalty(
        lambda z, r, w: (
            w * F.binary_cross_entropy(z.mean(0), torch.full_like(z.mean(0), r), reduction="sum")
        )
    ),
    "one ρ̂ for all units, and one": with_penalty(lambda z, r, w: w * kl_of_coins(r, z.mean())),
    "one ρ̂ for all units:": with_penalty(lambda z, r, w: w * 3 * kl_of_coins(r, z.mean())),
    "ρ̂ is a mean over the images": with_penalty(
        lambda z, r, w: w * kl_of_coins(r, z.mean(1)).sum()
    ),
    "then over images": with_penalty(lambda z, r, w: w * kl_of_coins(r, z.mean(1)).mean()),
    "asks every activation": with_penalty(lambda z, r, w: w * kl_of_coins(r, z).sum(1).mean()),
    "and sums over the images": with_penalty(lambda z, r, w: w * kl_of_coins(r, z).sum()),
    "the square of ρ̂ − ρ": with_penalty(lambda z, r, w: w * (z.mean(0) - r).square().sum()),
    "the L1 penalty": with_penalty(lambda z, r, w: w * z.abs().sum(1).mean()),
    "is in bits": with_penalty(lambda z, r, w: w * kl_of_coins(r, z.mean(0)).sum() / math.log(2)),
    "subtracts the divergence": with_penalty(lambda z, r, w: -w * kl_of_coins(r, z.mean(0)).sum()),
    "applies a sigmoid": loop(
        lambda d, x, z, r, w: (
            half_squares(d(z.sigmoid()), x) + w * kl_of_coins(r, z.sigmoid().mean(0)).sum()
        )
    ),
    "leaves out the reconstruction": with_error(lambda x_hat, x: 0),
    "forgets the half": with_error(lambda x_hat, x: 2 * half_squares(x_hat, x)),
    "as mse_loss": with_error(F.mse_loss),
    "averages over the pixels": with_error(lambda x_hat, x: 0.5 * F.mse_loss(x_hat, x)),
    "over the minibatch: average": with_error(lambda x_hat, x: 0.5 * (x_hat - x).square().sum()),
    "over the minibatch and forgets": with_error(lambda x_hat, x: (x_hat - x).square().sum()),
    "multiplies the whole loss": loop(
        lambda d, x, z, r, w: w * (half_squares(d(z), x) + kl_of_coins(r, z.mean(0)).sum())
    ),
    "another loss": with_penalty(lambda z, r, w: 17.0),
}


@pytest.mark.parametrize("why", WRONG_LOSSES)
def test_a_wrong_loss_is_told_why(why, capsys):
    assert not checks.train_sparse(WRONG_LOSSES[why])
    assert why in capsys.readouterr().out


def with_gradient(code, mean):
    """An answer with a right loss, of these functions of z."""
    return loop(
        lambda d, x, z, r, w: (
            half_squares(d(code(z)), x) + w * kl_of_coins(r, mean(z).mean(0)).sum()
        )
    )


def same(z):
    return z


FOLLOWED = {
    "a divergence without a gradient": with_gradient(same, torch.detach),
    "the reconstruction must train the encoder": with_gradient(torch.detach, same),
    "nothing trains the encoder": with_gradient(torch.detach, torch.detach),
}


@pytest.mark.parametrize("why", FOLLOWED)
def test_a_gradient_that_is_cut_is_named(why, capsys):
    assert not checks.train_sparse(FOLLOWED[why])
    assert why in capsys.readouterr().out


def test_other_right_answers_pass(capsys):
    assert checks.train_sparse(lambda *given: torch.tensor(train_sparse(*given)))
    assert checks.train_sparse(lambda *given: [torch.tensor([x]) for x in train_sparse(*given)])
    assert capsys.readouterr().out == 2 * "passed: train_sparse\n"


def test_a_sum_over_the_wrong_dimension_is_told_of_the_shapes(capsys):
    def answer(encoder, decoder, optimiser, minibatches, rho, weight):
        return [decoder(encoder(x).mean(1)) for x in minibatches]

    assert not checks.train_sparse(answer)
    assert "so z.mean(0) is ρ̂" in capsys.readouterr().out
