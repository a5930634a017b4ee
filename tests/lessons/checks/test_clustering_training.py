"""The check of the four phases of notebook 09 names what is wrong in each of them."""

import pytest

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import clustering_training as checks
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error

ORDER = ("reconstruction", "label discriminator", "style discriminator", "generator")


def step(order=ORDER, **changed):
    """An answer with the right losses, but for those in ``changed``: (model, x, y, z) -> loss."""
    right = {
        "reconstruction": lambda m, x, y, z: half_squared_error(m.decode(m.encode(x)), x),
        "label discriminator": lambda m, x, y, z: discriminator_loss(
            m.label_discriminator(m.label_prior.sample_like(y)), m.label_discriminator(y.detach())
        ),
        "style discriminator": lambda m, x, y, z: discriminator_loss(
            m.style_discriminator(m.prior.sample_like(z)), m.style_discriminator(z.detach())
        ),
        "generator": lambda m, x, y, z: (
            generator_loss(m.label_discriminator(y)) + generator_loss(m.style_discriminator(z))
        ),
    }
    losses = right | {name.replace("_", " "): loss for name, loss in changed.items()}

    def answer(model, batch):
        for phase in order:
            y, z = model.label_and_style(batch.x)
            yield phase, losses.get(phase, right["generator"])(model, batch.x, y, z)

    return answer


def label(loss):
    """A wrong phase 2, from D_y's log-odds of draws and of codes, (real, fake) -> loss."""
    return step(label_discriminator=lambda m, x, y, z: loss(
        m.label_discriminator(m.label_prior.sample_like(y)), m.label_discriminator(y.detach())
    ))  # fmt: skip


def generator(loss):
    """A wrong phase 4, from the log-odds of codes by both discriminators."""
    return step(generator=lambda m, x, y, z: loss(
        m.label_discriminator(y), m.style_discriminator(z)
    ))  # fmt: skip


def encoded_once(model, batch):
    y, _ = model.label_and_style(batch.x)
    for phase, loss in step()(model, batch):
        if phase == "label discriminator":
            real = model.label_discriminator(model.label_prior.sample_like(y))
            loss = discriminator_loss(real, model.label_discriminator(y.detach()))
        yield phase, loss


def computed_at_once(model, batch):
    yield from list(step()(model, batch))


def old_discriminators(model, batch):
    for phase, loss in step()(model, batch):
        if phase == "label discriminator":
            y, z = model.label_and_style(batch.x)
            late = generator_loss(model.label_discriminator(y)) + generator_loss(
                model.style_discriminator(z)
            )
        yield phase, late if phase == "generator" else loss


WRONG = {
    "forgets the half": step(
        reconstruction=lambda m, x, y, z: 2 * half_squared_error(m.decode(m.encode(x)), x)
    ),
    "(label discriminator) has the wrong sign": label(lambda r, f: -discriminator_loss(r, f)),
    "takes codes for draws": label(lambda r, f: discriminator_loss(f, r)),
    "shows D draws only": label(lambda r, f: generator_loss(r)),
    "shows D codes only": label(lambda r, f: generator_loss(-f)),
    "averages the two halves": label(lambda r, f: discriminator_loss(r, f) / 2),
    "is the encoder's loss": label(lambda r, f: generator_loss(f)),
    "compares draws with draws": label(lambda r, f: discriminator_loss(r, r)),
    "compares codes with codes": label(lambda r, f: discriminator_loss(f, f)),
    "makes the codes one-hot": step(
        label_discriminator=lambda m, x, y, z: discriminator_loss(
            m.label_discriminator(m.label_prior.sample_like(y)),
            m.label_discriminator(one_hot(y.argmax(1), y.shape[1])),
        )
    ),
    "from before the encoder's update": encoded_once,
    "reaches the encoder: detach": step(
        style_discriminator=lambda m, x, y, z: discriminator_loss(
            m.style_discriminator(m.prior.sample_like(z)), m.style_discriminator(z)
        )
    ),
    "(style discriminator) has the wrong sign": step(
        style_discriminator=lambda m, x, y, z: (
            -discriminator_loss(
                m.style_discriminator(m.prior.sample_like(z)), m.style_discriminator(z.detach())
            )
        )
    ),
    "stops with RuntimeError": step(
        style_discriminator=lambda m, x, y, z: discriminator_loss(
            m.style_discriminator(m.label_prior.sample_like(y)), m.style_discriminator(z.detach())
        )
    ),
    "fools the label discriminator only": generator(lambda a, b: generator_loss(a) + 0 * b.sum()),
    "fools the style discriminator only": generator(lambda a, b: generator_loss(b)),
    "averages the two losses": generator(lambda a, b: (generator_loss(a) + generator_loss(b)) / 2),
    "(generator) has the wrong sign": generator(
        lambda a, b: -generator_loss(a) - generator_loss(b)
    ),
    "is the losses of the discriminators": generator(
        lambda a, b: generator_loss(-a) + generator_loss(-b)
    ),
    "the minimax form": generator(lambda a, b: -generator_loss(-a) - generator_loss(-b)),
    "from before their updates": old_discriminators,
    "does not reach the encoder": step(
        generator=lambda m, x, y, z: (
            generator_loss(m.label_discriminator(y.detach()))
            + generator_loss(m.style_discriminator(z.detach()))
        )
    ),
    "the order is reconstruction, label": step(order=(ORDER[1], ORDER[0], *ORDER[2:])),
    "yields reconstruction; the order is": step(order=ORDER[:1]),
    "a phase called 'encoder'": step(order=("encoder",)),
    "before any update: yield each loss": lambda model, batch: list(step()(model, batch)),
    "yield a phase and its loss": lambda model, batch: 1.0,
    "yield the pair": lambda model, batch: (loss for _, loss in step()(model, batch)),
}


@pytest.mark.parametrize(("why", "answer"), WRONG.items(), ids=WRONG)
def test_wrong_steps_are_told_why(why, answer, capsys):
    assert not checks.training_step(answer)
    out = capsys.readouterr().out
    assert out.startswith("not right: training_step ")
    assert why in out


def test_losses_that_are_computed_at_once_do_not_pass(capsys):
    assert not checks.training_step(computed_at_once)
    assert "(label discriminator)" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [step(), lambda model, batch: model.training_step(batch)])
def test_right_steps_pass(answer, capsys):
    assert checks.training_step(answer)
    assert capsys.readouterr().out == "passed: training_step\n"
