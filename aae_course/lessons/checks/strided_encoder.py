"""Check of the exercise of notebook 11 in which an encoder of strided blocks is written."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from aae_course.lessons.checks.answers import Expected
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.convolutions import Head, Level, strided_encoder as right_encoder
from aae_course.randomness import seeded_generator

BATCH, DIM, HEIGHT, WIDTH = 4, 3, 9, 7  # maps of 9 x 7, 5 x 4 and 3 x 2
CHANNELS = (1, 4, 6)
OF_CHANNEL, EPSILON = (0, 2, 3), 1e-5

Layer = Callable[[Tensor], Tensor]


def strided_encoder(answer: Callable[[Tensor, Sequence[Level], Head], Tensor]) -> bool:
    """Check ``answer(x, levels, head)``: codes (batch, dim), and their gradient."""
    x, levels, head = _inputs()

    def fault(codes) -> str | None:
        return _expected(x, levels, head).fault(codes) or _gradient_is_wrong(answer)

    hint = (
        "with stride 2 and padding 2 a map of h rows becomes one of ⌈h / 2⌉ rows, and the numbers "
        "of a channel take the shape (channels, 1, 1) to meet a map"
    )
    return grade("strided_encoder", answer, (x, levels, head), fault, hint)


def _inputs() -> tuple[Tensor, list[Level], Head]:
    """The same images and weights at each call; scales of both signs, as training may make them."""
    draw = partial(torch.randn, generator=seeded_generator(11, 3))
    x = draw(BATCH, 1, HEIGHT, WIDTH).abs()
    levels = [
        tuple(
            each.requires_grad_()
            for each in (draw(outputs, inputs, 5, 5), 1 + 0.5 * draw(outputs), draw(outputs))
        )
        for inputs, outputs in itertools.pairwise(CHANNELS)
    ]
    head = draw(DIM, CHANNELS[-1], 3, 2).requires_grad_(), draw(DIM).requires_grad_()
    return x, levels, head


# The encoder again, with a part of it exchanged


def _stride(h: Tensor, kernel: Tensor) -> Tensor:
    return F.conv2d(h, kernel, stride=2, padding=2)


def _pool(h: Tensor, kernel: Tensor, pooling: Callable = F.max_pool2d) -> Tensor:
    return pooling(F.conv2d(h, kernel, padding=2), 2, ceil_mode=True)


def _norm(
    h: Tensor,
    scale: Tensor,
    shift: Tensor,
    over: tuple[int, ...] = OF_CHANNEL,
    correction: int = 0,
    power: float = 0.5,
) -> Tensor:
    """Batch norm, or one over other dimensions, with another variance or power of it."""
    mean = h.mean(over, keepdim=True)
    variance = h.var(over, correction=correction, keepdim=True) + EPSILON
    return _of_channel(scale) * (h - mean) / variance**power + _of_channel(shift)


def _of_channel(each: Tensor) -> Tensor:
    return each[:, None, None]


def _only_scale_and_shift(h: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return _of_channel(scale) * h + _of_channel(shift)


def _without(which: str) -> Callable:
    """Batch norm in which one of its parts is left out."""

    def norm(h: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        parts = {
            "scale": (h, torch.ones_like(scale), shift),
            "shift": (h, scale, torch.zeros_like(shift)),
            "both": (h, torch.ones_like(scale), torch.zeros_like(shift)),
        }
        return _norm(*parts[which])

    return norm


def _without_mean(h: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return _only_scale_and_shift(h / h.std(OF_CHANNEL, correction=0, keepdim=True), scale, shift)


def _without_std(h: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return _only_scale_and_shift(h - h.mean(OF_CHANNEL, keepdim=True), scale, shift)


def _shift_first(h: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return _of_channel(scale) * (_without("both")(h, scale, shift) + _of_channel(shift))


def _encode(
    x: Tensor,
    levels: Sequence[Level],
    head: Head,
    halve: Callable = _stride,
    norm: Callable = _norm,
    before: Layer = lambda h: h,
    after: Layer = torch.relu,
) -> Tensor:
    for kernel, scale, shift in levels:
        x = after(norm(before(halve(x, kernel)), scale, shift))
    return F.conv2d(x, *head).flatten(1)


def _expected(x: Tensor, levels: list[Level], head: Head) -> Expected:
    """The codes, and what mistakes make of them."""
    encode = partial(_encode, x, levels, head)
    right, none = encode(), torch.zeros(DIM)
    wide = (BATCH, DIM * (HEIGHT - 2) * (WIDTH - 1))  # the head slides over maps that are not small
    mistakes = {
        "pools: compute every second window, with stride=2": encode(halve=_pool),
        "averages over squares: compute every second window, with stride=2": encode(
            halve=partial(_pool, pooling=F.avg_pool2d)
        ),
        "normalises each place over the minibatch: a channel has one mean over minibatch and "
        "places, dimensions (0, 2, 3)": encode(norm=partial(_norm, over=(0,))),
        "normalises each image by itself, which is instance norm: a channel has one mean over "
        "minibatch and places, dimensions (0, 2, 3)": encode(norm=partial(_norm, over=(2, 3))),
        "normalises over the channels of an image, which is layer norm: each channel has its own "
        "mean, over dimensions (0, 2, 3)": encode(norm=partial(_norm, over=(1, 2, 3))),
        "normalises all channels together: each has its own mean, over dimensions (0, 2, 3)": (
            encode(norm=partial(_norm, over=(0, 1, 2, 3)))
        ),
        "has the variance with n − 1 below the line: in training batch norm takes the plain mean "
        "of the squares, correction=0": encode(norm=partial(_norm, correction=1)),
        "divides by the variance: by its root": encode(norm=partial(_norm, power=1.0)),
        "leaves batch norm out": encode(norm=lambda h, scale, shift: h),
        "has scale and shift, and no normalisation: the statistics are those of the minibatch": (
            encode(norm=_only_scale_and_shift)
        ),
        "does not take the mean off": encode(norm=_without_mean),
        "does not divide by the standard deviation": encode(norm=_without_std),
        "leaves out scale and shift": encode(norm=_without("both")),
        "leaves out the scale": encode(norm=_without("scale")),
        "leaves out the shift": encode(norm=_without("shift")),
        "adds the shift before it scales: scale first": encode(norm=_shift_first),
        "has scale and shift in each other's place": encode(
            norm=lambda h, scale, shift: _norm(h, shift, scale)
        ),
        "leaves out the ReLU": encode(after=lambda h: h),
        "has the ReLU before batch norm: it comes last in a block": encode(
            before=torch.relu, after=lambda h: h
        ),
        "has the ReLU before batch norm and after it: once, at the end of a block": encode(
            before=torch.relu
        ),
        "has a ReLU on the code too: the head stands by itself": right.relu(),
        "leaves out the bias of the head": _encode(x, levels, (head[0], none)),
        "normalises the code too: batch norm belongs to the blocks": (
            (right - right.mean(0)) / right.std(0, correction=0)
        ),
    }
    shapes = {
        (BATCH, DIM, 1, 1): "returns codes as maps of one place: flatten them to (batch, dim)",
        wide: "does not halve the maps: each block has stride 2",
        (BATCH * DIM,): "has all codes in one row: flatten from dimension 1 on",
        (BATCH, CHANNELS[-1], 3, 2): "returns the last map: the head is still to come",
        (BATCH, CHANNELS[-1]): "returns means of the last map: the head is a convolution",
    }
    return Expected(right, mistakes, shapes)


# Its gradient


def _gradient(encode: Callable) -> list[Tensor] | None:
    """That of a fixed sum of codes, for each weight; None where none flows at all."""
    x, levels, head = _inputs()
    codes = encode(x, levels, head)
    if not codes.requires_grad:
        return None
    weights = [each for level in levels for each in level] + list(head)
    towards = torch.linspace(-1, 1, codes.numel()).view_as(codes)
    found = torch.autograd.grad((codes * towards).sum(), weights, allow_unused=True)
    return [torch.zeros_like(w) if g is None else g for w, g in zip(weights, found, strict=True)]


def _gradient_is_wrong(answer: Callable) -> str | None:
    """Why weights could not be trained with these codes, whose values are right."""
    given, right = _gradient(answer), _gradient(right_encoder)
    if given is None:
        return "returns codes without a gradient: do not detach, and do without torch.no_grad()"
    if _all_close(given, right):
        return None
    known = {
        "takes mean and variance for constants: the gradient flows through both, so do not detach "
        "them": lambda mean, variance: (mean.detach(), variance.detach()),
        "takes the mean for a constant: do not detach it": lambda mean, variance: (
            mean.detach(),
            variance,
        ),
        "takes the variance for a constant: do not detach it": lambda mean, variance: (
            mean,
            variance.detach(),
        ),
    }
    for why, still in known.items():
        if _all_close(given, _gradient(partial(_encode, norm=partial(_still_norm, still=still)))):
            return why
    return "has the right codes, but another gradient: is anything detached on the way?"


def _still_norm(h: Tensor, scale: Tensor, shift: Tensor, still: Callable) -> Tensor:
    mean = h.mean(OF_CHANNEL, keepdim=True)
    mean, variance = still(mean, (h - mean).square().mean(OF_CHANNEL, keepdim=True))
    return _only_scale_and_shift((h - mean) / (variance + EPSILON).sqrt(), scale, shift)


def _all_close(given: list[Tensor], right: list[Tensor]) -> bool:
    """Whether gradients are the same but for rounding, by the largest number of each weight's."""
    pairs = zip(given, right, strict=True)
    return all((own - its).abs().max() < 1e-3 * its.abs().max() for own, its in pairs)
