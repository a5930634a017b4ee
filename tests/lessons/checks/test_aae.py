"""The checks of notebook 05 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.lessons.checks import aae as checks
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error


def d_loss(real, fake):
    return -torch.log(real).mean() - torch.log(1 - fake).mean()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda r, f: (d_loss(f, r), -torch.log(f).mean()), "roles swapped"),
        (lambda r, f: (d_loss(r, f), torch.log(1 - f).mean()), "minimax"),
        (lambda r, f: (d_loss(r, f) / 2, -torch.log(f).mean()), "(d_loss) is half of the loss"),
        (lambda r, f: (d_loss(r, f), torch.log(f).exp().sum()), "(g_loss) is another loss"),
        (lambda r, f: (-torch.log(r), -torch.log(f)), "two scalars"),
        (lambda r, f: d_loss(r, f), "does not return a pair: return d_loss, g_loss"),
        (lambda r, f: (-torch.log(f).mean(), d_loss(r, f)), "in the other order"),
        (lambda r, f: (d_loss(r, f).item(), -torch.log(f).mean()), "(d_loss) returns a float"),
        (lambda r, f: (d_loss(r, f), -torch.log(f).mean().detach()), "(g_loss) returns a tensor"),
        (lambda r, f: (discriminator_loss(r, f), generator_loss(f)), "takes probabilities for log"),
        (lambda r, f: (d_loss(r, f), generator_loss(f)), "(g_loss) takes probabilities for log"),
        (lambda r, f: (-r.mean() - (1 - f).mean(), -f.mean()), "leaves the logarithms out"),
        (lambda r, f: (d_loss(r, f), -f.mean()), "(g_loss) leaves the logarithm out"),
        (lambda r, f: (d_loss(r, 1 - f), -torch.log(f).mean()), "has log D(z) where"),
        (lambda r, f: (-torch.log(r).mean(), -torch.log(f).mean()), "forgets the codes"),
        (lambda r, f: (-torch.log(1 - f).mean(), -torch.log(f).mean()), "forgets the draws"),
        (lambda r, f: (50 * d_loss(r, f), -torch.log(f).sum()), "(d_loss) is a sum over"),
        (lambda r, f: (d_loss(r, f), -torch.log(f).sum()), "(g_loss) is a sum over"),
        (lambda r, f: (d_loss(r, f), -torch.log(r).mean()), "on draws of the prior"),
        (lambda r, f: (d_loss(r, f), -torch.log(1 - f).mean()), "codes' part of D's loss"),
    ],
)
def test_wrong_losses_are_told_why(answer, why, capsys):
    assert not checks.adversarial_losses(answer)
    assert why in capsys.readouterr().out


def test_half_an_answer_is_not_yet_one(capsys):
    assert not checks.adversarial_losses(lambda r, f: (d_loss(r, f), None))
    assert capsys.readouterr().out.startswith("not yet: adversarial_losses")


def step(
    detach=True,
    order=("reconstruction", "discriminator", "generator"),
    reconstruction=half_squared_error,
    draws=lambda model, z: model.prior.sample_like(z),
    adversary=discriminator_loss,
    generator=generator_loss,
):
    def answer(model, batch):
        E, D, x = model.encoder, model.discriminator, batch.x
        losses = {
            "reconstruction": lambda: reconstruction(model.decoder(E(x)), x),
            "discriminator": lambda: adversary(
                D(draws(model, E(x))), D(E(x).detach() if detach else E(x))
            ),
            "generator": lambda: generator(D(E(x))),
        }
        for phase in order:
            yield phase, losses.get(phase, losses["generator"])()

    return answer


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (step(detach=False), "detach the codes"),
        (step(generator=lambda fake: -generator_loss(fake)), "(generator) has the wrong sign"),
        (step(order=("discriminator", "reconstruction", "generator")), "paper's order"),
        (step(order=("reconstruction", "discriminator")), "paper's order"),
        (step(order=("encoder",)), "a phase called 'encoder'"),
    ],
)
def test_wrong_steps_are_told_why(answer, why, capsys):
    assert not checks.training_step(answer)
    assert why in capsys.readouterr().out


def one_call_of_the_discriminator(model, batch):
    """Draws and codes side by side, as many implementations have them."""
    yield "reconstruction", half_squared_error(model.decoder(model.encoder(batch.x)), batch.x)
    z = model.encoder(batch.x)
    logits = model.discriminator(torch.cat([model.prior.sample_like(z), z.detach()]))
    yield "discriminator", discriminator_loss(*logits.chunk(2))
    yield "generator", generator_loss(model.discriminator(z))


@pytest.mark.parametrize(
    "answer",
    [step(), one_call_of_the_discriminator, lambda model, batch: model.training_step(batch)],
)
def test_right_steps_pass(answer, capsys):
    assert checks.training_step(answer)
    assert capsys.readouterr().out == "passed: training_step\n"


def codes_of_the_first_phase(model, batch):
    z = model.encoder(batch.x)
    yield "reconstruction", half_squared_error(model.decoder(z), batch.x)
    real, fake = model.discriminator(model.prior.sample_like(z)), model.discriminator(z.detach())
    yield "discriminator", discriminator_loss(real, fake)
    yield "generator", generator_loss(model.discriminator(z))


def logits_of_the_second_phase(model, batch):
    yield "reconstruction", half_squared_error(model.decoder(model.encoder(batch.x)), batch.x)
    z = model.encoder(batch.x)
    fake = model.discriminator(z)
    real = model.discriminator(model.prior.sample_like(z))
    yield "discriminator", discriminator_loss(real, model.discriminator(z.detach()))
    yield "generator", generator_loss(fake)


def few_codes(model, batch):
    yield "reconstruction", half_squared_error(model.decoder(model.encoder(batch.x)), batch.x)
    z = model.encoder(batch.x)
    real, fake = (
        model.discriminator(model.prior.sample_like(z)),
        model.discriminator(z[:10].detach()),
    )
    yield "discriminator", discriminator_loss(real, fake)
    yield "generator", generator_loss(model.discriminator(z))


def stale_codes_for_the_discriminator(model, batch):
    z = model.encoder(batch.x).detach()
    yield "reconstruction", half_squared_error(model.decoder(model.encoder(batch.x)), batch.x)
    real, fake = model.discriminator(model.prior.sample_like(z)), model.discriminator(z)
    yield "discriminator", discriminator_loss(real, fake)
    yield "generator", generator_loss(model.discriminator(model.encoder(batch.x)))


def detached_generator(model, batch):
    yield "reconstruction", half_squared_error(model.decoder(model.encoder(batch.x)), batch.x)
    z = model.encoder(batch.x).detach()
    real, fake = model.discriminator(model.prior.sample_like(z)), model.discriminator(z)
    yield "discriminator", discriminator_loss(real, fake)
    yield "generator", generator_loss(model.discriminator(z))


def draws_of_the_prior_for_the_generator(model, batch):
    for phase, loss in step()(model, batch):
        if phase == "generator":
            draws = model.prior.sample_like(model.encoder(batch.x))
            loss = generator_loss(model.discriminator(draws)) + 0 * model.encoder(batch.x).sum()
        yield phase, loss


def decoded_draws(model, batch):
    draws = model.prior.sample(len(batch.x))
    yield "reconstruction", half_squared_error(model.decoder(draws), batch.x)


def cut_before_the_decoder(model, batch):
    z = model.encoder(batch.x).detach()
    yield "reconstruction", half_squared_error(model.decoder(z), batch.x)


KEPT = torch.randn(500, 2) * 2  # drawn once, for all steps


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (step(draws=lambda model, z: KEPT), "the same draws in every step"),
        (step(draws=lambda model, z: model.prior.sample(1).expand_as(z)), "one draw of the prior"),
        (draws_of_the_prior_for_the_generator, "(generator) shows D draws of the prior"),
        (decoded_draws, "(reconstruction) decodes something else"),
        (cut_before_the_decoder, "does not reach the encoder"),
        (step(reconstruction=lambda x_hat, x: half_squared_error(x_hat, x) * 500), "minibatch too"),
        (step(adversary=lambda r, f: 500 * discriminator_loss(r, f)), "(discriminator) is a sum"),
        (step(generator=lambda fake: 500 * generator_loss(fake)), "(generator) is a sum"),
        (step(adversary=lambda real, fake: discriminator_loss(fake, real)), "roles swapped"),
        (step(reconstruction=torch.nn.functional.mse_loss), "(reconstruction) is, as mse_loss"),
        (step(reconstruction=lambda x_hat, x: half_squared_error(x_hat, 0 * x)), "with zeros"),
        (step(reconstruction=lambda x_hat, x: half_squared_error(x_hat, 1 - x)), "gives"),
        (step(draws=lambda model, z: torch.randn_like(z)), "other draws than the prior's"),
        (step(draws=lambda model, z: model.prior.sample(20)), "shows D 20 draws"),
        (step(generator=lambda fake: generator_loss(-fake)), "(generator) is another loss"),
        (few_codes, "shows D 10 codes of 500"),
        (stale_codes_for_the_discriminator, "(discriminator) shows D codes from before"),
        (detached_generator, "does not reach the encoder"),
        (lambda model, batch: (loss for _, loss in step()(model, batch)), "yields a Tensor"),
        (lambda model, batch: (pair[::-1] for pair in step()(model, batch)), "a Tensor first"),
        (lambda model, batch: dict(step()(model, batch)), "returns a dict"),
        (lambda model, batch: next(step()(model, batch))[1], "returns a Tensor"),
        (lambda model, batch: (("reconstruction", None) for _ in range(3)), "returns a NoneType"),
        (step(draws=lambda model, z: torch.rand_like(z)), "other draws than the prior's"),
        (step(adversary=lambda real, fake: 2 * generator_loss(real)), "is another loss"),
        (step(draws=lambda model, z: z.detach()), "does not show D both"),
        (step(generator=lambda fake: -generator_loss(-fake)), "(generator) is the minimax loss"),
        (step(generator=lambda fake: generator_loss(fake).item()), "returns a float"),
        (lambda model, batch: list(step()(model, batch)), "before any update"),
        (codes_of_the_first_phase, "codes from before the encoder's update"),
        (logits_of_the_second_phase, "call D after its loss is yielded"),
    ],
)
def test_steps_that_would_train_wrongly_are_told_why(answer, why, capsys):
    assert not checks.training_step(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("answer", [["B", "C", "D"], "bcd", {"D", "C", "B"}, ("B", "D", "C")])
def test_the_clouds_that_a_line_cannot_tell_pass(answer, capsys):
    assert checks.blind(lambda: answer)
    assert capsys.readouterr().out == "passed: blind\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (["A", "E"], "names the clouds that it can tell"),
        ("ABCDE", "names all clouds"),
        ([], "names no cloud"),
        (["B", "C"], "wrong about D: its two lumps are in balance"),
        (["B", "D"], "wrong about C: it is a ring"),
        (["C", "D"], "wrong about B: it is narrower"),
        (["B", "C", "D", "E"], "wrong about E: its lumps are out of balance"),
        (["A", "B", "C", "D"], "wrong about A: it is shifted"),
        (["F"], "names 'F'"),
        ([2, 3], "returns no letters"),
        (5, "returns no letters"),
    ],
)
def test_wrong_predictions_are_told_why(answer, why, capsys):
    assert not checks.blind(lambda: answer)
    assert why in capsys.readouterr().out


def log_of(z, mean, std):
    return -0.5 * ((z - mean) / std) ** 2 - math.log(std)


def right_odds(z, m, s):
    return log_of(z, 0, 1) - log_of(z, m, s)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda z, m, s: -right_odds(z, m, s), "roles swapped"),
        (lambda z, m, s: right_odds(z, m, s) - math.log(s), "leaves out log σ"),
        (lambda z, m, s: right_odds(z, m, s) - 2 * math.log(s), "log σ with the wrong sign"),
        (lambda z, m, s: -(z**2) / 2 + (z - m) ** 2 / (2 * s) + math.log(s), "divides by σ:"),
        (lambda z, m, s: -(z**2) / 2 + (z - m) ** 2 / (2 * s**4) + math.log(s), "by σ⁴"),
        (lambda z, m, s: -(z**2) + (z - m) ** 2 / s**2 + math.log(s), "forgets the halves"),
        (lambda z, m, s: right_odds(z, m, s) + math.log(s), "has log σ²"),
        (lambda z, m, s: right_odds(z, 0, s), "forgets the mean"),
        (lambda z, m, s: log_of(z, 0, 1) - (z - m) ** 2 / (2 * s**2) + math.log(s), "wrong sign"),
        (lambda z, m, s: torch.distributions.Normal(0.0, 1.0).log_prob(z), "is log p(z)"),
        (lambda z, m, s: -torch.distributions.Normal(m, s).log_prob(z), "is −log q(z)"),
        (lambda z, m, s: right_odds(z, m, s).sigmoid(), "is the probability D"),
        (lambda z, m, s: right_odds(z, m, s).sigmoid().log(), "is log D"),
        (lambda z, m, s: right_odds(z, m, s).exp(), "is the ratio p/q"),
        (lambda z, m, s: right_odds(z, m, s) - math.log(2 * math.pi) / 2, "keeps a 2π"),
        (lambda z, m, s: right_odds(z, m, s).mean(), "one for each z"),
        (lambda z, m, s: right_odds(z, m, 2 * s), "in place"),
    ],
)
def test_wrong_log_odds_are_told_why(answer, why, capsys):
    assert not checks.log_odds(answer)
    assert why in capsys.readouterr().out


def test_the_right_log_odds_pass(capsys):
    assert checks.log_odds(right_odds)
    assert capsys.readouterr().out == "passed: log_odds\n"
