"""Checks of notebook 00: a minibatch of pixels, a loop by phases, the loss and its scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, close
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.letters import Letters
from aae_course.lessons.checks.losses import loss_is_wrong, squared_error
from aae_course.lessons.checks.phases import train_phases
from aae_course.randomness import seeded_generator

__all__ = ["minibatch", "reconstruction_loss", "same_training", "train_phases"]

RUNS = Letters(  # with a loss that is 392 times smaller, beside the run with the loss as it was
    {
        "A": (False, "every gradient is 392 times smaller, and so is every step of SGD"),
        "B": (True, "392 times the rate, times a gradient that is 392 times smaller: the same"),
        "C": (False, "without momentum, gradients no longer add up, and steps get shorter"),
        "D": (True, "Adam divides the gradient by its own running size, so the 392 cancels"),
        "E": (False, "the scale does not change Adam's steps, so 392 times the rate does"),
    },
    none="names none: two of them are the same training",
    opposite="names those that change: those that stay the same were asked for",
    everything="names all of them: if A is the same training, can B be it too?",
)


def minibatch(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(images, index)``: bytes (n, pixels) to pixels in [0, 1], (batch, pixels)."""
    generator = seeded_generator(0, 1)
    images = torch.randint(251, (40, 12), generator=generator).to(torch.uint8)
    index = torch.randperm(len(images), generator=generator)[:7]
    right = images[index].float() / 255
    mistakes = {
        "returns values up to 255: divide, so that pixels lie in [0, 1]": 255 * right,
        "divides by 256, so full ink is not 1: the largest byte is 255": 255 / 256 * right,
        "divides by the darkest pixel of these images: by 255, whatever the images": (
            255 * right / images.max()
        ),
        "has pixels from -1 to 1: from 0 to 1 was asked for": 2 * right - 1,
    }
    shapes = {(40, 12): "returns all images: one row for each number in index was asked for"}
    expected = Expected(right, mistakes, shapes, "returns other values than images[index] / 255")

    def fault(x) -> str | None:
        if isinstance(x, Tensor) and x.shape == right.shape:
            if x.dtype != torch.float32:
                return f"returns {x.dtype}, not torch.float32"
            if not close(x, right) and close(x.sort(0).values, right.sort(0).values):
                return "returns the right images in another order than the index"
        return expected.fault(x)

    return grade("minibatch", answer, (images, index), fault)


def reconstruction_loss(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(x_hat, x)``: ½‖x̂ − x‖², summed over pixels, averaged over the minibatch."""
    x, x_hat = torch.rand(2, 30, 50, generator=seeded_generator(0, 2))
    expected = squared_error(x_hat, x)
    inputs = (x_hat.requires_grad_(), x)
    return grade("reconstruction_loss", answer, inputs, lambda loss: loss_is_wrong(loss, expected))


def same_training(answer: Callable[[], Iterable[str]]) -> bool:
    """Check ``answer()``: the letters of the runs that another scale of the loss leaves alone."""
    return grade("same_training", answer, (), RUNS.fault)
