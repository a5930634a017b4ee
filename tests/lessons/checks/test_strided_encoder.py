"""The check of an encoder of strided blocks names the part of a block that is wrong."""

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import strided_encoder as checks
from aae_course.lessons.convolutions import strided_encoder


def halved(x, kernel):
    return F.conv2d(x, kernel, stride=2, padding=2)


def normed(h, scale, shift, over=(0, 2, 3), correction=0, epsilon=1e-5, power=0.5):
    variance = h.var(over, correction=correction, keepdim=True) + epsilon
    h = (h - h.mean(over, keepdim=True)) / variance**power
    return scale.view(-1, 1, 1) * h + shift.view(-1, 1, 1)


def encoder(
    block=lambda x, kernel, scale, shift: normed(halved(x, kernel), scale, shift).relu(),
    code=lambda x, head: F.conv2d(x, *head).flatten(1),
):
    """An answer with these blocks and this head; those of the exercise by default."""

    def answer(x, levels, head):
        for kernel, scale, shift in levels:
            x = block(x, kernel, scale, shift)
        return code(x, head)

    return answer


def by_torch(x, kernel, scale, shift):
    return F.batch_norm(halved(x, kernel), None, None, scale, shift, training=True).relu()


def every_second(x, kernel, scale, shift):
    return normed(F.conv2d(x, kernel, padding=2)[..., ::2, ::2], scale, shift).relu()


def without_epsilon(x, kernel, scale, shift):
    return normed(halved(x, kernel), scale, shift, epsilon=0).relu()


def as_linear(x, head):
    kernel, bias = head
    return x.flatten(1) @ kernel.flatten(1).T + bias


@pytest.mark.parametrize(
    "answer",
    [
        strided_encoder,
        encoder(),
        encoder(by_torch),
        encoder(every_second),
        encoder(without_epsilon),
        encoder(code=as_linear),
        encoder(code=lambda x, head: F.conv2d(x, *head)[..., 0, 0]),
    ],
)
def test_right_encoders_pass(answer, capsys):
    assert checks.strided_encoder(answer)
    assert capsys.readouterr().out == "passed: strided_encoder\n"


def pooled(pool):
    def block(x, kernel, scale, shift):
        return normed(pool(F.conv2d(x, kernel, padding=2), 2, ceil_mode=True), scale, shift).relu()

    return encoder(block)


def over(*dimensions):
    return encoder(lambda x, k, a, b: normed(halved(x, k), a, b, dimensions).relu())


def still(x, kernel, scale, shift, mean_too=True, variance_too=True):
    h = halved(x, kernel)
    mean = h.mean((0, 2, 3), keepdim=True)
    variance = h.var((0, 2, 3), correction=0, keepdim=True)
    mean = mean.detach() if mean_too else mean
    h = (h - mean) / (variance.detach() if variance_too else variance).sqrt()
    return (scale.view(-1, 1, 1) * h + shift.view(-1, 1, 1)).relu()


WRONG = {
    "pools: compute every second window": pooled(F.max_pool2d),
    "averages over squares": pooled(F.avg_pool2d),
    "normalises each place over the minibatch": over(0),
    "which is instance norm": over(2, 3),
    "which is layer norm": over(1, 2, 3),
    "normalises all channels together": over(0, 1, 2, 3),
    "the variance with n − 1": encoder(
        lambda x, k, a, b: normed(halved(x, k), a, b, correction=1).relu()
    ),
    "divides by the variance": encoder(
        lambda x, k, a, b: normed(halved(x, k), a, b, power=1).relu()
    ),
    "leaves batch norm out": encoder(lambda x, k, a, b: halved(x, k).relu()),
    "has scale and shift, and no normalisation": encoder(
        lambda x, k, a, b: (a.view(-1, 1, 1) * halved(x, k) + b.view(-1, 1, 1)).relu()
    ),
    "does not take the mean off": encoder(
        lambda x, k, a, b: (
            a.view(-1, 1, 1)
            * halved(x, k)
            / halved(x, k).std((0, 2, 3), correction=0, keepdim=True)
            + b.view(-1, 1, 1)
        ).relu()
    ),
    "does not divide by the standard deviation": encoder(
        lambda x, k, a, b: (
            a.view(-1, 1, 1) * (halved(x, k) - halved(x, k).mean((0, 2, 3), keepdim=True))
            + b.view(-1, 1, 1)
        ).relu()
    ),
    "leaves out scale and shift": encoder(
        lambda x, k, a, b: normed(halved(x, k), torch.ones_like(a), torch.zeros_like(b)).relu()
    ),
    "leaves out the scale": encoder(
        lambda x, k, a, b: normed(halved(x, k), torch.ones_like(a), b).relu()
    ),
    "leaves out the shift": encoder(
        lambda x, k, a, b: normed(halved(x, k), a, torch.zeros_like(b)).relu()
    ),
    "adds the shift before it scales": encoder(
        lambda x, k, a, b: normed(halved(x, k), a, a * b).relu()
    ),
    "in each other's place": encoder(lambda x, k, a, b: normed(halved(x, k), b, a).relu()),
    "leaves out the ReLU": encoder(lambda x, k, a, b: normed(halved(x, k), a, b)),
    "has the ReLU before batch norm:": encoder(
        lambda x, k, a, b: normed(halved(x, k).relu(), a, b)
    ),
    "has the ReLU before batch norm and after it": encoder(
        lambda x, k, a, b: normed(halved(x, k).relu(), a, b).relu()
    ),
    "has a ReLU on the code too": lambda *given: strided_encoder(*given).relu(),
    "leaves out the bias of the head": encoder(
        code=lambda x, head: F.conv2d(x, head[0]).flatten(1)
    ),
    "normalises the code too": lambda *given: F.batch_norm(
        strided_encoder(*given), None, None, training=True
    ),
    "returns codes as maps of one place": encoder(code=lambda x, head: F.conv2d(x, *head)),
    "does not halve the maps": encoder(
        lambda x, k, a, b: normed(F.conv2d(x, k, padding=2), a, b).relu()
    ),
    "has all codes in one row": encoder(code=lambda x, head: F.conv2d(x, *head).flatten()),
    "returns the last map": encoder(code=lambda x, head: x),
    "returns means of the last map": encoder(code=lambda x, head: x.mean((2, 3))),
    "gives -": lambda *given: -3 * strided_encoder(*given),
    "without a gradient": lambda *given: strided_encoder(*given).detach(),
    "takes mean and variance for constants": encoder(still),
    "takes the mean for a constant": encoder(lambda *given: still(*given, variance_too=False)),
    "takes the variance for a constant": encoder(lambda *given: still(*given, mean_too=False)),
    "but another gradient": encoder(
        lambda x, k, a, b: normed(halved(x, k), a.detach(), b).relu(),
    ),
    "a map of h rows becomes one of ⌈h / 2⌉ rows": encoder(
        lambda x, k, a, b: normed(F.conv2d(x, k, stride=2), a, b).relu()
    ),
    "take the shape (channels, 1, 1)": encoder(lambda x, k, a, b: a * halved(x, k) + b),
    "stops with TypeError": encoder(lambda x, k, a, b: halved(x, (k, a, b))),
}


@pytest.mark.parametrize("why", WRONG)
def test_a_wrong_encoder_is_told_why(why, capsys):
    assert not checks.strided_encoder(WRONG[why])
    assert why in capsys.readouterr().out
