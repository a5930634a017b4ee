"""What checks of a reconstruction loss have in common: its gradient, and the usual mistakes."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from aae_course.lessons.checks.answers import Expected
from aae_course.models.losses import half_squared_error


def loss_is_wrong(loss, expected: Expected) -> str | None:
    """Why ``loss`` is not the expected one, as a tensor to train with, None if it is."""
    if not isinstance(loss, Tensor):
        return f"returns a {type(loss).__name__}: stay with tensors, so that gradients can flow"
    if why := expected.fault(loss):
        return why
    if not loss.requires_grad:
        return "returns a tensor without a gradient: do not detach, and do not use .item()"
    return None


def squared_error(x_hat: Tensor, x: Tensor) -> Expected:
    """½‖x̂ − x‖², summed over the pixels and averaged over the minibatch, (batch, pixels) each."""
    (batch, pixels), right = x.shape, half_squared_error(x_hat, x)
    length = (x_hat - x).norm(dim=-1).mean()
    mistakes = {
        "forgets the half": 2 * right,
        "is, as mse_loss, the mean over the pixels: a sum was asked for": F.mse_loss(x_hat, x),
        "takes the mean over the pixels: a sum was asked for": right / pixels,
        "sums over the minibatch too: a mean was asked for": right * batch,
        "sums over the minibatch too and forgets the half": 2 * right * batch,
        "sums over the minibatch, averages over pixels: it is the other way round": (
            right * batch / pixels
        ),
        "takes the root: the squared error was asked for": length,
        "takes half the root: the squared error was asked for": length / 2,
        "adds absolute errors: they must be squared": 0.5 * (x_hat - x).abs().sum(-1).mean(),
    }
    of_each = "returns one loss for each image: average over the minibatch"
    return Expected(right, mistakes, {(batch,): of_each})
