"""The check of a whole Wasserstein autoencoder names what is wrong in its loss, and in its loop."""

import pytest

from aae_course.lessons.checks import wae_training as checks


def half_error(x_hat, x):
    return 0.5 * (x_hat - x).square().sum(1).mean()


def loop(loss_of, step=None, after=False, last=True):
    """An answer with this loss; ``step(optimiser, loss)`` ends each minibatch."""

    def answer(encoder, decoder, optimiser, minibatches, mmd, weight):
        losses = []
        for i, (x, draws) in enumerate(minibatches):
            loss = loss_of(encoder, decoder, x, draws, mmd, weight)
            if last or i + 1 < len(minibatches):
                (step or usual)(optimiser, loss)
            if after:
                loss = loss_of(encoder, decoder, x, draws, mmd, weight)
            losses.append(loss.item())
        return losses

    return answer


def usual(optimiser, loss):
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def adding(optimiser, loss):
    loss.backward()
    optimiser.step()


def right(encoder, decoder, x, draws, mmd, weight):
    z = encoder(x)
    return half_error(decoder(z), x) + weight * mmd(z, draws)


def with_terms(terms):
    """A loss from the squared error, the discrepancy and its weight."""
    return loop(
        lambda e, d, x, draws, mmd, weight: terms(half_error(d(e(x)), x), mmd(e(x), draws), weight)
    )


def with_pair(pair):
    """A loss whose discrepancy compares what ``pair(z, draws, x, x_hat)`` gives."""

    def loss(encoder, decoder, x, draws, mmd, weight):
        z = encoder(x)
        x_hat = decoder(z)
        return half_error(x_hat, x) + weight * mmd(*pair(z, draws, x, x_hat))

    return loop(loss)


def decoding(code):
    """A loss that decodes ``code(z, draws)``."""

    def loss(encoder, decoder, x, draws, mmd, weight):
        z = encoder(x)
        return half_error(decoder(code(z, draws)), x) + weight * mmd(z, draws)

    return loop(loss)


WRONG = {
    "leaves out the discrepancy": with_terms(lambda r, m, w: r + 0 * m),
    "leaves out the reconstruction": with_terms(lambda r, m, w: w * m + 0 * r),
    "forgets the weight": with_terms(lambda r, m, w: r + m),
    "multiplies the reconstruction by the weight": with_terms(lambda r, m, w: w * r + m),
    "multiplies the whole loss": with_terms(lambda r, m, w: w * (r + m)),
    "divides by the weight": with_terms(lambda r, m, w: r + m / w),
    "subtracts the discrepancy": with_terms(lambda r, m, w: r - w * m),
    "squares the discrepancy": with_terms(lambda r, m, w: r + w * m**2),
    "forgets the half of the squared error": with_terms(lambda r, m, w: 2 * r + w * m),
    "as mse_loss": with_terms(lambda r, m, w: 2 * r / 6 + w * m),
    "averages over the pixels": with_terms(lambda r, m, w: r / 6 + w * m),
    "over the minibatch: average": with_terms(lambda r, m, w: 7 * r + w * m),
    "over the minibatch and forgets": with_terms(lambda r, m, w: 14 * r + w * m),
    "compares the codes with themselves": with_pair(lambda z, p, x, x_hat: (z, z)),
    "compares the draws with themselves": with_pair(lambda z, p, x, x_hat: (p, p)),
    "compares images with reconstructions": with_pair(lambda z, p, x, x_hat: (x_hat, x)),
    "decodes the draws": decoding(lambda z, p: p),
    "adds the draws to the codes": decoding(lambda z, p: z + p),
    "detaches the code that it decodes": decoding(lambda z, p: z.detach()),
    "a discrepancy without a gradient": with_terms(lambda r, m, w: r + w * m.item()),
    "nothing trains the encoder": loop(
        lambda e, d, x, p, mmd, w: half_error(d(e(x).detach()), x) + w * mmd(e(x).detach(), p)
    ),
    "never changes the weights": loop(right, lambda optimiser, loss: loss.backward()),
    "adds up the gradients": loop(right, adding),
    "steps upwards": loop(right, lambda optimiser, loss: usual(optimiser, -loss)),
    "notes each loss after its step": loop(right, after=True),
    "no step after the last minibatch": loop(right, last=False),
    "has another loss": with_terms(lambda r, m, w: r + w * m + 7),
    "has the right loss at first": loop(right, lambda o, loss: usual(o, 3 * loss)),
    "a float: a list was asked for": lambda *given: loop(right)(*given)[0],
    "1 losses for 4 minibatches": lambda *given: loop(right)(*given)[:1],
}


@pytest.mark.parametrize(("why", "answer"), WRONG.items(), ids=WRONG)
def test_wrong_answers_are_told_why(why, answer, capsys):
    assert not checks.train_wae(answer)
    out = capsys.readouterr().out
    assert out.startswith("not right: train_wae ")
    assert why in out


def test_shapes_that_do_not_fit_are_told_what_mmd_compares(capsys):
    assert not checks.train_wae(with_pair(lambda z, p, x, x_hat: (z, x)))
    assert "mmd compares codes with draws" in capsys.readouterr().out


def test_a_right_answer_passes(capsys):
    assert checks.train_wae(loop(right))
    assert capsys.readouterr().out == "passed: train_wae\n"
