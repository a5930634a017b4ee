"""The check of a whole VAE names what is wrong in its loss, and what is wrong in its loop."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from aae_course.lessons.checks import vae_training as checks
from aae_course.lessons.vae import train_vae


def nats(decoder, z, x):
    return F.binary_cross_entropy_with_logits(decoder(z), x, reduction="none").sum(1).mean()


def kl(mean, log_variance):
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()


def draw(mean, log_variance, epsilon):
    return mean + (0.5 * log_variance).exp() * epsilon


def loop(loss_of):
    """An answer whose loop is right, with this loss."""

    def answer(encoder, decoder, optimiser, minibatches):
        losses = []
        for x, epsilon in minibatches:
            mean, log_variance = encoder(x).chunk(2, 1)
            loss = loss_of(decoder, x, mean, log_variance, epsilon)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        return losses

    return answer


def with_code(code):
    return loop(lambda decoder, x, m, v, e: nats(decoder, code(m, v, e), x) + kl(m, v))


def with_terms(terms):
    return loop(lambda decoder, x, m, v, e: terms(nats(decoder, draw(m, v, e), x), kl(m, v)))


def with_kl(divergence):
    return loop(lambda decoder, x, m, v, e: nats(decoder, draw(m, v, e), x) + divergence(m, v))


def with_pixels(reconstruction):
    return loop(lambda d, x, m, v, e: reconstruction(d(draw(m, v, e)), x) + kl(m, v))


WRONG_LOSSES = {
    "decodes the mean": with_code(lambda m, v, e: m),
    "multiplies ε by log σ²": with_code(lambda m, v, e: m + v * e),
    "multiplies ε by σ²": with_code(lambda m, v, e: m + v.exp() * e),
    "does not multiply ε by σ": with_code(lambda m, v, e: m + e),
    "subtracts the noise": with_code(lambda m, v, e: draw(m, v, -e)),
    "the ε of the first image": with_code(lambda m, v, e: draw(m, v, e[:1])),
    "one ε for all dimensions": with_code(lambda m, v, e: draw(m, v, e[:, :1])),
    "noise of its own": with_code(lambda m, v, e: draw(m, v, torch.randn_like(m))),
    "for log σ: it is log σ²": loop(
        lambda d, x, m, s, e: nats(d, m + s.exp() * e, x) + kl(m, 2 * s)
    ),
    "in the other order": loop(lambda d, x, v, m, e: nats(d, draw(m, v, e), x) + kl(m, v)),
    "over the pixels: sum": with_pixels(F.binary_cross_entropy_with_logits),
    "sums the reconstruction over the minibatch": with_pixels(
        lambda a, x: F.binary_cross_entropy_with_logits(a, x, reduction="sum")
    ),
    "has a squared error: these": with_pixels(
        lambda a, x: 0.5 * (a.sigmoid() - x).square().sum(1).mean()
    ),
    "a squared error of the log-odds": with_pixels(
        lambda a, x: 0.5 * (a - x).square().sum(1).mean()
    ),
    "the sigmoid twice": with_pixels(
        lambda a, x: F.binary_cross_entropy_with_logits(a.sigmoid(), x, reduction="sum") / len(x)
    ),
    "leaves out the divergence": with_terms(lambda r, k: r + 0 * k),
    "leaves out the reconstruction": with_terms(lambda r, k: k + 0 * r),
    "subtracts the divergence": with_terms(lambda r, k: r - k),
    "is the bound": with_terms(lambda r, k: -r - k),
    "sign of the reconstruction": with_terms(lambda r, k: k - r),
    "forgets the half": with_terms(lambda r, k: r + 2 * k),
    "averages the divergence": with_terms(lambda r, k: r + k / 2),
    "sums the divergence over the minibatch": with_terms(lambda r, k: r + 5 * k),
    "size of the minibatch twice": with_terms(lambda r, k: r + k / 5),
    "average both terms": with_terms(lambda r, k: 5 * (r + k)),
    "over the pixels, and over the dimensions": with_terms(lambda r, k: r / 6 + k / 2),
    "for log σ in the divergence": with_kl(lambda m, v: kl(m, 2 * v)),
    "forgets the −1": with_kl(lambda m, v: kl(m, v) + 1),
    "μ where μ² belongs": with_kl(lambda m, v: 0.5 * (m + v.exp() - 1 - v).sum(1).mean()),
    "σ where σ² belongs": with_kl(
        lambda m, v: 0.5 * (m**2 + (0.5 * v).exp() - 1 - v).sum(1).mean()
    ),
    "has another loss": with_terms(lambda r, k: r + k + 7),
}


@pytest.mark.parametrize(("why", "answer"), WRONG_LOSSES.items(), ids=WRONG_LOSSES)
def test_wrong_losses_are_told_why(why, answer, capsys):
    assert not checks.train_vae(answer)
    out = capsys.readouterr().out
    assert out.startswith("not right: train_vae ")
    assert why in out


def right(decoder, x, mean, log_variance, epsilon):
    return nats(decoder, draw(mean, log_variance, epsilon), x) + kl(mean, log_variance)


def other_loop(step, after=False, last=True):
    """An answer with the right loss, whose minibatches each end with ``step(optimiser, loss)``."""

    def answer(encoder, decoder, optimiser, minibatches):
        losses = []
        for i, (x, epsilon) in enumerate(minibatches):
            loss = right(decoder, x, *encoder(x).chunk(2, 1), epsilon)
            if last or i + 1 < len(minibatches):
                step(optimiser, loss)
            if after:
                loss = right(decoder, x, *encoder(x).chunk(2, 1), epsilon)
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


def clearing_too_late(optimiser, loss):
    loss.backward()
    optimiser.zero_grad()
    optimiser.step()


WRONG_LOOPS = {
    "never changes the weights": other_loop(lambda optimiser, loss: loss.backward()),
    "zero_grad, then backward, then step": other_loop(clearing_too_late),
    "adds up the gradients": other_loop(adding),
    "steps upwards": other_loop(lambda optimiser, loss: usual(optimiser, -loss)),
    "notes each loss after its step": other_loop(usual, after=True),
    "no step after the last minibatch": other_loop(usual, last=False),
    "detaches z": with_code(lambda m, v, e: draw(m, v, e).detach()),
    "through to σ": with_code(lambda m, v, e: draw(m, v.detach(), e)),
    "through to μ": with_code(lambda m, v, e: draw(m.detach(), v, e)),
    "a divergence without a gradient": with_terms(lambda r, k: r + k.item()),
    "has the right loss at first": other_loop(lambda o, loss: usual(o, 3 * loss)),
    "1 losses for 4 minibatches": lambda *given: train_vae(*given)[:1],
    "a float: a list was asked for": lambda *given: train_vae(*given)[-1],
    "losses of more than one number": lambda *given: [torch.zeros(5)] * 4,
}


@pytest.mark.parametrize(("why", "answer"), WRONG_LOOPS.items(), ids=WRONG_LOOPS)
def test_wrong_loops_are_told_why(why, answer, capsys):
    assert not checks.train_vae(answer)
    out = capsys.readouterr().out
    assert out.startswith("not right: train_vae ")
    assert why in out


def test_shapes_that_do_not_fit_are_told_what_the_encoder_gives(capsys):
    def answer(encoder, decoder, optimiser, minibatches):
        return [decoder(encoder(x)) for x, _ in minibatches]

    assert not checks.train_vae(answer)
    assert "gives the mean, then log σ²" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        loop(right),
        lambda *given: torch.tensor(train_vae(*given)),
        lambda *given: [torch.tensor([loss]) for loss in train_vae(*given)],
    ],
)
def test_right_losses_pass_as_numbers_and_as_tensors(answer, capsys):
    assert checks.train_vae(answer)
    assert capsys.readouterr().out == "passed: train_vae\n"


def test_other_spellings_pass():
    def answer(encoder, decoder, optimiser, minibatches):
        losses = []
        for x, epsilon in minibatches:
            mean, log_variance = encoder(x).split(2, 1)
            q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
            p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
            logits = decoder(q.loc + q.scale * epsilon)
            likelihood = nn.BCEWithLogitsLoss(reduction="sum")(logits, x) / len(x)
            loss = likelihood + torch.distributions.kl_divergence(q, p).sum(1).mean()
            loss.backward()
            optimiser.step()
            optimiser.zero_grad()
            losses.append(loss.detach())
        return losses

    assert checks.train_vae(answer)
