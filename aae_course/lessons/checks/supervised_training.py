"""Check of the phases of the supervised AAE that the reader writes in notebook 07."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.data.minibatches import Batch
from aae_course.lessons.checks import aae
from aae_course.lessons.checks.answers import close
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.losses import loss_is_wrong, squared_error
from aae_course.models import SupervisedAutoencoder
from aae_course.networks.perceptrons import Perceptrons
from aae_course.randomness import generators_restored, seeded_generator

CLASSES = 4
HINT = (
    "batch.y is (batch,) of whole numbers; the decoder takes (batch, classes + dim), one-hot "
    "labels first, and the discriminator only the styles, (batch, dim)"
)


def training_step(answer: Callable[[SupervisedAutoencoder, Batch], Iterable]) -> bool:
    """Check a training step: the phases and their order, each loss, and what its gradient reaches.

    After each phase the networks that it trains change, as an optimiser would change them.
    """
    trial = Trial()

    def fault(steps) -> str | None:
        return trial.fault(steps) or _draws_are_old(answer, trial.draws)

    return grade("training_step", partial(answer, trial.model, trial.batch), (), fault, HINT)


def _draws_are_old(answer: Callable, draws: Tensor) -> str | None:
    """Whether a second step shows D the draws of the first one."""
    again = Trial()
    again.fault(answer(again.model, again.batch))
    if close(again.draws, draws):
        return "(discriminator) shows D the same draws in every step: draw them inside of the step"
    return None


class Trial(aae.Trial):
    """The trial of notebook 05 with labels, and a decoder that takes them beside the style."""

    def __init__(self):
        super().__init__()
        generator, base = seeded_generator(7, 3), self.model
        (count, pixels), dim = self.batch.x.shape, base.prior.dim
        with generators_restored(torch.device("cpu")), torch.no_grad():
            decoder = Perceptrons((16,)).make_decoder(CLASSES + dim, pixels)
            for parameter in decoder.parameters():  # far from 0, so that wrong losses show
                parameter.normal_(std=0.5, generator=generator)
        decoder.register_forward_pre_hook(lambda _, inputs: self.decoded.append(inputs[0].detach()))
        self.model = SupervisedAutoencoder(
            base.encoder, decoder, base.discriminator, base.prior, CLASSES
        )
        y = torch.randint(CLASSES, (count,), generator=generator)
        self.batch = Batch(self.batch.x, y)

    def reconstruction(self, loss) -> str | None:
        """Why this is not the loss of the reconstruction from label and style."""
        x = self.batch.x
        label = one_hot(self.batch.y, CLASSES)
        if not self.decoded:
            return "does not call the decoder: it makes the images from label and style"
        if why := _input_is_wrong(self.decoded[-1], label, self.codes[0]):
            return f"gives the decoder {why}"
        x_hat = self.model.decoder(torch.cat([label, self.model.encoder(x)], 1))
        expected = squared_error(x_hat, x)
        expected.mistakes["compares with zeros: the target is the images"] = squared_error(
            x_hat, 0 * x
        ).right
        return loss_is_wrong(loss, expected)


def _input_is_wrong(seen: Tensor, label: Tensor, z: Tensor) -> str | None:
    """Why this is not what the decoder should see, None if it is.

    Args:
        seen: (batch, CLASSES + dim).
        label: (batch, CLASSES), one-hot.
        z: (batch, dim) styles of the images.
    """
    if close(seen, torch.cat([label, z], 1)):
        return None
    if close(seen, torch.cat([z, label], 1)):
        return "the style first: the label comes first"
    if len(seen) != len(z):
        return f"{len(seen)} rows for {len(z)} images"
    first, second = seen[:, :CLASSES], seen[:, CLASSES:]
    if not close(first, label):
        return _label_is_wrong(first, label)
    if close(second, torch.zeros_like(z)):
        return "no style: the second part is encoder(x)"
    return "another style than that of the image: the second part is encoder(x)"


def _label_is_wrong(first: Tensor, label: Tensor) -> str:
    """Why the decoder's first columns are no one-hot labels of the images."""
    number = label.argmax(1, keepdim=True).float()
    if not first.any():
        return "no label: its first columns are 0"
    if close(first, number.expand_as(first)):
        return "the whole number in every column: make the label one-hot"
    if close(first, label.roll(1, 1)):
        return "the label of the next digit: that of each image was asked for"
    if close(first, 1 - label):
        return "a 0 at the label and 1 elsewhere: one-hot is the other way round"
    if close(first, label / CLASSES) or close(first, label.softmax(1)):
        return "a softened label: one-hot is 1 in the place of the label and 0 elsewhere"
    if close(first.sum(1), torch.ones(len(first))) and first.max() == 1:
        return "labels of other images: batch.y belongs to batch.x, row by row"
    return "other first columns than the one-hot labels of the images"
