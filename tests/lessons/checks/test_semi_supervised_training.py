"""The check of the five phases of notebook 08 names what is wrong, above all in the fifth."""

import math

import pytest
import torch
import torch.nn.functional as F

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import semi_supervised_training as checks
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error


def step(classification=None, **changed):
    """The right phases but for those in ``changed``, whose losses are made of the right ones.

    Args:
        classification: (model, batch) -> loss.
        changed: name of a phase with _ for a space, (loss, model, batch) -> loss.
    """

    def answer(model, batch):
        for phase, loss in type(model).training_step(model, batch):
            if phase == "classification" and classification:
                loss = classification(model, batch)
            change = changed.get(phase.replace(" ", "_"))
            yield phase, change(loss, model, batch) if change else loss

    return answer


def classified(loss):
    """A wrong phase 5, from the logits of the labelled images and their labels."""
    return step(lambda model, batch: loss(model.logits(batch.labelled.x), batch.labelled.y))


def old_logits(at):
    """Phase 5 with logits from the beginning of another phase."""

    def answer(model, batch):
        for phase, loss in model.training_step(batch):
            if phase == at:
                late = F.cross_entropy(model.logits(batch.labelled.x), batch.labelled.y)
            yield phase, late if phase == "classification" else loss

    return answer


def true(q, y):
    return q.gather(1, y[:, None])


WRONG = {
    "(classification) has two softmaxes": classified(lambda a, y: F.cross_entropy(a.softmax(1), y)),
    "takes the style for logits too": step(
        lambda model, batch: F.cross_entropy(model.encoder(batch.labelled.x), batch.labelled.y)
    ),
    "the labels belong to batch.labelled.x": step(
        lambda model, batch: F.cross_entropy(model.logits(batch.x), batch.labelled.y)
    ),
    "stops with IndexError": step(
        lambda model, batch: F.cross_entropy(model.logits(batch.x), batch.y)
    ),
    "(classification) has the wrong sign": classified(lambda a, y: -F.cross_entropy(a, y)),
    "sums over the minibatch": classified(lambda a, y: F.cross_entropy(a, y, reduction="sum")),
    "returns one loss for each image": classified(
        lambda a, y: F.cross_entropy(a, y, reduction="none")
    ),
    "is in bits": classified(lambda a, y: F.cross_entropy(a, y) / math.log(2)),
    "forgets the logarithm": classified(lambda a, y: -true(a.softmax(1), y).mean()),
    "is the mean of q": classified(lambda a, y: true(a.softmax(1), y).mean()),
    "is a squared error": classified(
        lambda a, y: (a.softmax(1) - one_hot(y, 4)).square().sum(1).mean()
    ),
    "is the entropy of y": classified(lambda a, y: torch.special.entr(a.softmax(1)).sum(1).mean()),
    "divides by the number of classes": classified(lambda a, y: F.cross_entropy(a, y) / 4),
    "encode the labelled images now": old_logits("generator"),
    "encode the labelled images when this phase begins": old_logits("reconstruction"),
    "without a gradient": classified(lambda a, y: F.cross_entropy(a.detach(), y)),
    "returns a float": classified(lambda a, y: F.cross_entropy(a, y).item()),
    "(reconstruction) forgets the half": step(reconstruction=lambda loss, m, b: 2 * loss),
    "is, as mse_loss, the mean over the pixels": step(
        reconstruction=lambda loss, m, b: F.mse_loss(m.decode(m.encode(b.x)), b.x)
    ),
    "(reconstruction) has a gradient that does not reach the encoder": step(
        reconstruction=lambda loss, m, b: half_squared_error(m.decode(m.encode(b.x).detach()), b.x)
    ),
    "(label discriminator) has the wrong sign": step(label_discriminator=lambda loss, m, b: -loss),
    "reaches the encoder: detach the code": step(
        label_discriminator=lambda loss, m, b: discriminator_loss(
            m.label_discriminator(m.label_prior.draws),
            m.label_discriminator(m.label_and_style(b.x)[0]),
        )
    ),
    "(style discriminator) averages the two halves": step(
        style_discriminator=lambda loss, m, b: loss / 2
    ),
    "fools the label discriminator only": step(
        generator=lambda loss, m, b: generator_loss(
            m.label_discriminator(m.label_and_style(b.x)[0])
        )
    ),
    "averages the two losses": step(generator=lambda loss, m, b: loss / 2),
    "the order is reconstruction, label": lambda m, b: list(m.training_step(b))[::-1].__iter__(),
    "yields reconstruction; the order is": lambda m, b: (s for s in [next(m.training_step(b))]),
    "before any update: yield each loss": lambda m, b: list(m.training_step(b)),
    "yield a phase and its loss": lambda m, b: 1.0,
    "yield the pair": lambda m, b: (loss for _, loss in m.training_step(b)),
    "a phase called 'labels'": lambda m, b: (("labels", loss) for _, loss in m.training_step(b)),
}


@pytest.mark.parametrize(("why", "answer"), WRONG.items(), ids=WRONG)
def test_wrong_steps_are_told_why(why, answer, capsys):
    assert not checks.training_step(answer)
    out = capsys.readouterr().out
    assert out.startswith("not right: training_step ")
    assert why in out


def test_losses_that_are_computed_at_once_do_not_pass(capsys):
    assert not checks.training_step(lambda m, b: iter(list(m.training_step(b))))
    assert "(label discriminator)" in capsys.readouterr().out


def test_four_phases_are_not_enough(capsys):
    four = lambda m, b: (s for s in m.training_step(b) if s[0] != "classification")  # noqa: E731
    assert not checks.training_step(four)
    assert "the order is" in capsys.readouterr().out


def thrice(model, batch):
    """Right, and it encodes anew for every phase."""
    D_y, D_z = model.label_discriminator, model.style_discriminator
    yield "reconstruction", half_squared_error(model.decode(model.encode(batch.x)), batch.x)
    y = model.label_and_style(batch.x)[0].detach()
    yield "label discriminator", discriminator_loss(D_y(model.label_prior.sample_like(y)), D_y(y))
    z = model.label_and_style(batch.x)[1].detach()
    yield "style discriminator", discriminator_loss(D_z(model.prior.sample_like(z)), D_z(z))
    y, z = model.label_and_style(batch.x)
    yield "generator", generator_loss(D_y(y)) + generator_loss(D_z(z))
    labelled = batch.labelled
    yield "classification", F.cross_entropy(model.logits(labelled.x), labelled.y)


@pytest.mark.parametrize("answer", [step(), thrice])
def test_right_steps_pass(answer, capsys):
    assert checks.training_step(answer)
    assert capsys.readouterr().out == "passed: training_step\n"
