"""The check of the three phases of notebook 07 names what is wrong, above all with the label."""

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import supervised_training as checks
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error


def label_of(model, batch):
    return F.one_hot(batch.y, model.classes).float()


def step(into=None, error=half_squared_error, target=None, **changed):
    """The right phases but for what is given.

    Args:
        into: (label, z, model, batch) -> what the decoder gets.
        error: (x_hat, x) -> loss of the reconstruction.
        target: x -> what x_hat is compared with.
        changed: discriminator or generator, (model, batch) -> its loss.
    """

    def reconstruction(model, batch):
        label, z = label_of(model, batch), model.encoder(batch.x)
        given = into(label, z, model, batch) if into else torch.cat([label, z], 1)
        return error(model.decoder(given), target(batch.x) if target else batch.x)

    def answer(model, batch):
        phases = {"reconstruction": reconstruction, **RIGHT, **changed}
        for phase, loss in phases.items():
            yield phase, loss(model, batch)

    return answer


def decoded(into, **changed):
    return step(lambda label, z, model, batch: into(label, z), **changed)


def with_label(label, z):
    return torch.cat([label, z], 1)


def of_discriminator(model, z, draws=None):
    real = model.prior.sample_like(z) if draws is None else draws
    return discriminator_loss(model.discriminator(real), model.discriminator(z.detach()))


RIGHT = {
    "discriminator": lambda model, batch: of_discriminator(model, model.encoder(batch.x)),
    "generator": lambda model, batch: generator_loss(model.discriminator(model.encoder(batch.x))),
}


def only_the_first(model, batch):
    yield (
        "reconstruction",
        half_squared_error(
            model.decoder(with_label(label_of(model, batch), model.encoder(batch.x))), batch.x
        ),
    )


DRAWS = torch.randn(500, 2, generator=torch.Generator().manual_seed(3)) * 2
WRONG = {
    "gives the decoder the style first": decoded(lambda y, z: torch.cat([z, y], 1)),
    "gives the decoder no label": decoded(lambda y, z: with_label(0 * y, z)),
    "the whole number in every column": step(
        lambda y, z, model, batch: with_label(batch.y[:, None].expand_as(y), z)
    ),
    "the label of the next digit": decoded(lambda y, z: with_label(y.roll(1, 1), z)),
    "one-hot is the other way round": decoded(lambda y, z: with_label(1 - y, z)),
    "a softened label": decoded(lambda y, z: with_label(y.softmax(1), z)),
    "labels of other images": decoded(lambda y, z: with_label(y.flip(0), z)),
    "other first columns": decoded(lambda y, z: with_label(2 * y, z)),
    "gives the decoder no style": decoded(lambda y, z: with_label(y, 0 * z)),
    "another style than that of the image": decoded(lambda y, z: with_label(y, z.flip(0))),
    "rows for 500 images": decoded(lambda y, z: with_label(y, z)[:100], target=lambda x: x[:100]),
    "does not call the decoder": lambda model, batch: iter(
        [("reconstruction", model.encoder(batch.x).sum())]
    ),
    "one-hot labels first, and the discriminator only the styles": decoded(lambda y, z: z),
    "stops with RuntimeError": step(
        lambda y, z, model, batch: with_label(batch.y[:, None].float(), z)
    ),
    "(reconstruction) forgets the half": step(error=lambda a, x: 2 * half_squared_error(a, x)),
    "(reconstruction) is, as mse_loss": step(error=F.mse_loss),
    "compares with zeros": step(target=torch.zeros_like),
    "(reconstruction) has a gradient that does not reach the encoder": decoded(
        lambda y, z: with_label(y, z.detach())
    ),
    "(discriminator) has a gradient that reaches the encoder": step(
        discriminator=lambda model, batch: discriminator_loss(
            model.discriminator(model.prior.sample_like(model.encoder(batch.x))),
            model.discriminator(model.encoder(batch.x)),
        )
    ),
    "and the discriminator only the styles, (batch, dim)": step(
        discriminator=lambda model, batch: of_discriminator(
            model, with_label(label_of(model, batch), model.encoder(batch.x))
        )
    ),
    "other draws than the prior's": step(
        discriminator=lambda model, batch: of_discriminator(
            model, model.encoder(batch.x), torch.randn(500, 2)
        )
    ),
    "the same draws in every step": step(
        discriminator=lambda model, batch: of_discriminator(model, model.encoder(batch.x), DRAWS)
    ),
    "(generator) has the wrong sign": step(
        generator=lambda model, batch: -generator_loss(model.discriminator(model.encoder(batch.x)))
    ),
    "yields reconstruction; the paper's order": only_the_first,
    "yield each loss when its phase begins": lambda model, batch: list(model.training_step(batch)),
    "a phase called 'label'": lambda model, batch: iter([("label", torch.ones(()))]),
    "yield a phase and its loss": lambda model, batch: 1.0,
}


@pytest.mark.parametrize(("why", "answer"), WRONG.items(), ids=WRONG)
def test_wrong_steps_are_told_why(why, answer, capsys):
    assert not checks.training_step(answer)
    out = capsys.readouterr().out
    assert out.startswith("not right: training_step ")
    assert why in out


def test_losses_that_are_computed_at_once_do_not_pass(capsys):
    assert not checks.training_step(lambda model, batch: iter(list(model.training_step(batch))))
    assert "codes from before the encoder's update" in capsys.readouterr().out


def encodes_for_every_phase(model, batch):
    z = model.encoder(batch.x)
    yield "reconstruction", half_squared_error(model.decode(z, batch.y), batch.x)
    yield "discriminator", of_discriminator(model, model.encoder(batch.x))
    yield "generator", generator_loss(model.discriminator(model.encoder(batch.x)))


@pytest.mark.parametrize(
    "answer",
    [step(), encodes_for_every_phase, lambda model, batch: model.training_step(batch)],
)
def test_right_steps_pass(answer, capsys):
    assert checks.training_step(answer)
    assert capsys.readouterr().out == "passed: training_step\n"
