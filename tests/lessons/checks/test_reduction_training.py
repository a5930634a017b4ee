"""The check of the six phases of notebook 10 names what is wrong in each of them."""

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import reduction_training as checks
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error

ORDER = (
    "reconstruction", "label discriminator", "style discriminator", "generator", "classification",
    "head distance",
)  # fmt: skip


def summed(m, y, z):
    return y @ m.heads.points + z


def head_distance(m):
    return (m.margin - torch.pdist(m.heads.points)).relu()


def step(order=ORDER, **changed):
    """An answer with the right losses, but for those in ``changed``: (model, batch) -> loss."""

    def of_label(m, b):
        y, D = m.label_and_style(b.x)[0], m.label_discriminator
        return discriminator_loss(D(m.label_prior.sample_like(y)), D(y.detach()))

    def of_style(m, b):
        z, D = m.label_and_style(b.x)[1], m.style_discriminator
        return discriminator_loss(D(m.prior.sample_like(z)), D(z.detach()))

    def of_generator(m, b):
        y, z = m.label_and_style(b.x)
        return generator_loss(m.label_discriminator(y)) + generator_loss(m.style_discriminator(z))

    right = {
        "reconstruction": lambda m, b: rebuilt(m, b, summed(m, *m.label_and_style(b.x))),
        "label discriminator": of_label,
        "style discriminator": of_style,
        "generator": of_generator,
        "classification": lambda m, b: F.cross_entropy(m.logits(b.labelled.x), b.labelled.y),
        "head distance": lambda m, b: head_distance(m).sum(),
    }
    losses = right | {name.replace("_", " "): loss for name, loss in changed.items()}

    def answer(model, batch):
        for phase in order:
            yield phase, losses[phase](model, batch)

    return answer


def rebuilt(m, b, code):
    return half_squared_error(m.decode(code), b.x)


def coded(code):
    """A wrong phase 1 that decodes ``code(model, y, z)``."""
    return step(reconstruction=lambda m, b: rebuilt(m, b, code(m, *m.label_and_style(b.x))))


def labelled(loss):
    """A wrong phase 5, from the logits of the labelled images and their labels."""
    return step(classification=lambda m, b: loss(m.logits(b.labelled.x), b.labelled.y))


def repelled(loss):
    """A wrong phase 6, from the model."""
    return step(head_distance=lambda m, b: loss(m))


def hard(y):
    return F.one_hot(y.argmax(1), y.shape[1]).float()


WRONG = {
    "decodes only the heads": coded(lambda m, y, z: y @ m.heads.points),
    "decodes only the style": coded(lambda m, y, z: z + 0 * y.sum()),
    "subtracts the style": coded(lambda m, y, z: y @ m.heads.points - z),
    "subtracts the heads": coded(lambda m, y, z: z - y @ m.heads.points),
    "multiplies the heads by the logits": step(
        reconstruction=lambda m, b: rebuilt(
            m, b, m.logits(b.x) @ m.heads.points + m.label_and_style(b.x)[1]
        )
    ),
    "makes y one-hot": coded(lambda m, y, z: hard(y) @ m.heads.points + z),
    "averages over the heads": coded(lambda m, y, z: y @ m.heads.points / 4 + z),
    "averages head and style": coded(lambda m, y, z: summed(m, y, z) / 2),
    "adds all heads": coded(lambda m, y, z: m.heads.points.sum(0) + z),
    "forgets the half": step(
        reconstruction=lambda m, b: 2 * rebuilt(m, b, summed(m, *m.label_and_style(b.x)))
    ),
    "does not reach the heads": coded(lambda m, y, z: y @ m.heads.points.detach() + z),
    "does not reach the encoder": coded(lambda m, y, z: summed(m, y.detach(), z.detach())),
    "encode() adds up nothing: write the sum": step(
        reconstruction=lambda m, b: rebuilt(m, b, m.encode(b.x))
    ),
    "heads.points is (m, n)": coded(lambda m, y, z: m.heads.points @ y + z),
    "reaches the encoder: detach": step(
        label_discriminator=lambda m, b: discriminator_loss(
            m.label_discriminator(m.label_prior.sample_like(m.label_and_style(b.x)[0])),
            m.label_discriminator(m.label_and_style(b.x)[0]),
        )
    ),
    "(classification) has the wrong sign": labelled(lambda a, y: -F.cross_entropy(a, y)),
    "takes the softmax twice": labelled(lambda a, y: F.cross_entropy(a.softmax(1), y)),
    "nll_loss of the logits": labelled(F.nll_loss),
    "nll_loss of the probabilities": labelled(lambda a, y: F.nll_loss(a.softmax(1), y)),
    "sums over the minibatch: average": labelled(
        lambda a, y: F.cross_entropy(a, y, reduction="sum")
    ),
    "averages over the categories": labelled(lambda a, y: F.cross_entropy(a, y) / 4),
    "has 1 − q": labelled(lambda a, y: (1 - a.softmax(1).gather(1, y[:, None])).mean()),
    "is in bits": labelled(lambda a, y: F.cross_entropy(a, y) / 0.6931472),
    "the likeliest category": labelled(lambda a, y: F.cross_entropy(a, a.argmax(1))),
    "the labelled images have labels of their own": step(
        classification=lambda m, b: F.cross_entropy(m.logits(b.x), b.labelled.y)
    ),
    "(head distance) counts every pair twice: i < j": repelled(
        lambda m: 2 * head_distance(m).sum()
    ),
    "takes the mean": repelled(lambda m: head_distance(m).mean()),
    "lets far pairs pay back": repelled(lambda m: (m.margin - torch.pdist(m.heads.points)).sum()),
    "squares the shortfall": repelled(lambda m: head_distance(m).square().sum()),
    "near heads cost something": repelled(lambda m: -head_distance(m).sum()),
    "forgets the margin": repelled(lambda m: torch.pdist(m.heads.points).sum()),
    "a tensor without a gradient": repelled(lambda m: head_distance(m).sum().detach()),
    "the order is reconstruction, label": step(order=(*ORDER[:4], ORDER[5], ORDER[4])),
    "yields reconstruction, label": step(order=ORDER[:5]),
    "a phase called 'heads'": lambda model, batch: iter([("heads", 1.0)]),
    "for each of the 6 phases": lambda model, batch: 1.0,
    "before any update: yield each loss": lambda model, batch: list(step()(model, batch)),
}


@pytest.mark.parametrize(("why", "answer"), WRONG.items(), ids=WRONG)
def test_wrong_steps_are_told_why(why, answer, capsys):
    assert not checks.training_step(answer)
    out = capsys.readouterr().out
    assert out.startswith("not right: training_step ")
    assert why in out


def test_a_right_step_passes(capsys):
    assert checks.training_step(step())
    assert capsys.readouterr().out == "passed: training_step\n"
