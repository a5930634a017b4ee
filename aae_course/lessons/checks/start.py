"""Checks of notebook 00: bytes to a minibatch of pixels, and the scale of the loss."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from aae_course.lessons.checks import judge
from aae_course.models.losses import half_squared_error
from aae_course.randomness import seeded_generator


def minibatch(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(images, index)``: bytes (n, pixels) to pixels in [0, 1], (batch, pixels)."""
    generator = seeded_generator(0, 1)
    images = torch.randint(256, (40, 12), generator=generator).to(torch.uint8)
    images[:, 0] = 255
    index = torch.randperm(len(images), generator=generator)[:7]
    x = answer(images.clone(), index.clone())
    return judge("minibatch", x, lambda x: _pixels_are_wrong(x, images[index]))


def _pixels_are_wrong(x, picked: Tensor) -> str | None:
    """Why ``x`` is not the ``picked`` bytes as pixels, None if it is."""
    if not isinstance(x, Tensor):
        return f"returns a {type(x).__name__}, a tensor was asked for"
    if x.shape != picked.shape:
        return f"returns the shape {tuple(x.shape)}, not {tuple(picked.shape)}: one row an index"
    if x.dtype != torch.float32:
        return f"returns {x.dtype}, not torch.float32"
    expected = picked.float() / 255
    if _close(x, expected):
        return None
    if _close(x, expected * 255):
        return "returns values up to 255: divide, so that pixels lie in [0, 1]"
    if _close(x, expected * 255 / 256):
        return "divides by 256, so full ink is not 1: the largest byte is 255"
    if _close(x.sort(0).values, expected.sort(0).values):
        return "returns the right images in another order than the index"
    return "returns other values than images[index] / 255"


def reconstruction_loss(answer: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(x_hat, x)``: ½‖x̂ − x‖², summed over pixels, averaged over the minibatch."""
    x, x_hat = torch.rand(2, 30, 50, generator=seeded_generator(0, 2))
    x_hat.requires_grad_()
    with torch.enable_grad():
        loss = answer(x_hat, x)
    return judge("reconstruction_loss", loss, lambda loss: _loss_is_wrong(loss, x_hat, x))


def _loss_is_wrong(loss, x_hat: Tensor, x: Tensor) -> str | None:
    """Why ``loss`` is not the half squared error, None if it is."""
    if not isinstance(loss, Tensor):
        return f"returns a {type(loss).__name__}: stay with tensors, so that gradients can flow"
    if loss.shape == x.shape[:1]:
        return "returns one loss for each image: average over the minibatch"
    if loss.dim():
        return f"returns the shape {tuple(loss.shape)}: one number was asked for"
    if not loss.requires_grad:
        return "returns a tensor without a gradient: do not detach, and do not use .item()"
    found, expected = loss.detach(), half_squared_error(x_hat, x).detach()
    return None if _close(found, expected) else _usual_mistake(found, expected, x_hat.detach(), x)


def _usual_mistake(found: Tensor, expected: Tensor, x_hat: Tensor, x: Tensor) -> str:
    batch, pixels = x.shape
    mistakes = {
        "forgets the half": 2 * expected,
        "is the mean over the pixels, as mse_loss: a sum was asked for": F.mse_loss(x_hat, x),
        "takes the mean over the pixels: a sum was asked for": expected / pixels,
        "sums over the minibatch too: a mean was asked for": expected * batch,
        "sums over the minibatch too and forgets the half": 2 * expected * batch,
        "sums over the minibatch and averages over the pixels: it is the other way round": (
            expected * batch / pixels
        ),
        "takes the root: the squared error was asked for": (x_hat - x).norm(dim=-1).mean(),
        "takes half the root: the squared error was asked for": (
            0.5 * (x_hat - x).norm(dim=-1).mean()
        ),
        "adds absolute errors: they must be squared": 0.5 * (x_hat - x).abs().sum(-1).mean(),
    }
    for why, value in mistakes.items():
        if _close(found, value):
            return why
    return f"gives {found:.4g} where {expected:.4g} is right"


def _close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found, expected, rtol=1e-4, atol=1e-6)
