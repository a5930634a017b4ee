"""The checks of notebook 05 tell typical mistakes apart."""

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
        (lambda r, f: (d_loss(r, f) / 2, -torch.log(f).mean()), "D another loss"),
        (lambda r, f: (d_loss(r, f), -torch.log(r).mean()), "encoder another loss"),
        (lambda r, f: (-torch.log(r), -torch.log(f)), "two scalars"),
    ],
)
def test_wrong_losses_are_told_why(answer, why, capsys):
    assert not checks.adversarial_losses(answer)
    assert why in capsys.readouterr().out


def step(detach=True, order=("reconstruction", "discriminator", "generator"), sign=1.0):
    def answer(model, batch):
        z = model.encoder(batch.x)
        fake = model.discriminator(z.detach() if detach else z)
        losses = {
            "reconstruction": half_squared_error(model.decoder(z), batch.x),
            "discriminator": discriminator_loss(
                model.discriminator(model.prior.sample_like(z)), fake
            ),
            "generator": sign * generator_loss(model.discriminator(z)),
        }
        for phase in order:
            yield phase, losses.get(phase, losses["generator"])

    return answer


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (step(detach=False), "detach the codes"),
        (step(sign=-1.0), "sign of the generator loss"),
        (step(order=("discriminator", "reconstruction", "generator")), "paper's order"),
        (step(order=("reconstruction", "discriminator")), "paper's order"),
        (step(order=("encoder",)), "a phase called 'encoder'"),
    ],
)
def test_wrong_steps_are_told_why(answer, why, capsys):
    assert not checks.training_step(answer)
    assert why in capsys.readouterr().out
