"""Checks of notebook 11: a receptive field, the weights of two heads, effects of a 2 x 2 table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch

from aae_course.lessons.checks import judge
from aae_course.lessons.checks.answers import as_number, compared, finished, is_pair

Layers = Sequence[tuple[int, int]]


def receptive_field(answer: Callable[[Layers], int]) -> bool:
    """Check ``answer(layers)``: pixels in a row that a unit behind (kernel, stride) layers sees."""
    layers = [(5, 2), (3, 1), (2, 2), (7, 3)]
    found = answer(list(layers))
    return judge("receptive_field", found, lambda found: _field_is_wrong(found, layers))


def _field_is_wrong(found, layers: Layers) -> str | None:
    found, why = as_number(found)
    if why:
        return why
    kernels, strides = zip(*layers, strict=True)
    guesses = {
        "multiplies the kernels: a field grows by (kernel − 1) × stride so far": _product(kernels),
        "adds up the kernels: a step of a later layer spans the product of the strides before it": (
            sum(kernels)
        ),
        "leaves out the strides: a step of a later layer spans their product": 1
        + sum(kernel - 1 for kernel in kernels),
        "adds kernel × stride so far: a kernel of k takes k − 1 steps": 1
        + _spanned(layers, lambda kernel, before, stride: kernel * before),
        "takes a layer's own stride into account at once: it counts for the layers after it": 1
        + _spanned(layers, lambda kernel, before, stride: (kernel - 1) * before * stride),
        "multiplies by the layer's own stride: the product of those before it was asked for": 1
        + sum((kernel - 1) * stride for kernel, stride in layers),
        "goes through the layers from the last to the first: strides count for later layers": 1
        + _spanned(layers[::-1], lambda kernel, before, stride: (kernel - 1) * before),
        "starts from 0: without any layer a unit is a pixel and sees 1": _field(layers) - 1,
        "returns the stride of the last map: how far apart two fields are": _product(strides),
    }
    return compared(found, torch.tensor(float(_field(layers))), _as_floats(guesses))


def _field(layers: Layers) -> int:
    return 1 + _spanned(layers, lambda kernel, before, stride: (kernel - 1) * before)


def _spanned(layers: Layers, grows: Callable[[int, int, int], int]) -> int:
    """Sum over the layers of ``grows(kernel, product of the strides before, stride)``."""
    total, before = 0, 1
    for kernel, stride in layers:
        total += grows(kernel, before, stride)
        before *= stride
    return total


def _product(numbers: Sequence[int]) -> int:
    product = 1
    for number in numbers:
        product *= number
    return product


def head_weights(answer: Callable[[int, int, int, int], tuple[int, int]]) -> bool:
    """Check ``answer(channels, side, units, dim)``: weights of a dense head and of a 1x1 one.

    Biases count. The dense head has a hidden layer of ``units``; both end in ``dim`` numbers.
    """
    sizes = (6, 3, 8, 5)  # small, so that a forgotten bias shows
    pair = finished(answer(*sizes))
    return judge("head_weights", pair, lambda pair: _heads_are_wrong(pair, *sizes))


def _heads_are_wrong(pair, channels: int, side: int, units: int, dim: int) -> str | None:
    if not is_pair(pair):
        return "does not return a pair: return dense, pointwise"
    (dense, why), (pointwise, other) = map(as_number, pair)
    if why or other:
        return f"{why}, for the dense head" if why else f"{other}, for the 1x1 convolution"
    inputs, behind = channels * side**2, (units + 1) * dim
    right, right_pointwise = (inputs + 1) * units + behind, (channels + 1) * dim
    if dense == right_pointwise and pointwise == right:
        return "returns both in the other order: the dense head comes first"
    of_dense = {
        "forgets the biases": inputs * units + units * dim,
        "forgets the biases of the hidden layer": inputs * units + behind,
        "forgets the biases of the code": (inputs + 1) * units + units * dim,
        "counts one side of the map: it has side² places": (channels * side + 1) * units + behind,
        "counts the channels and forgets the places: each place has weights of its own": (
            (channels + 1) * units + behind
        ),
        "leaves out the second layer, from the units to the code": (inputs + 1) * units,
        "goes from the map to the code at once: the hidden units stand between": (inputs + 1) * dim,
    }
    of_pointwise = {
        "forgets the biases": channels * dim,
        "counts a weight for each place: the places share theirs": (channels * side**2 + 1) * dim,
        "has a bias for each channel of the map: each output has one": channels * dim + channels,
        "passes through the hidden units: a 1x1 convolution goes from the channels to the code": (
            (channels + 1) * units + behind
        ),
        "counts the average as weights: it has none": right_pointwise + side**2,
    }
    for name, found, truth, guesses in (
        ("dense head", dense, right, of_dense),
        ("1x1 convolution", pointwise, right_pointwise, of_pointwise),
    ):
        if why := compared(found, torch.tensor(float(truth)), _as_floats(guesses)):
            return f"{why}, for the {name}"
    return None


def main_and_interaction(answer: Callable[[dict], tuple[float, float]]) -> bool:
    """Check ``answer(table)``: the main effect of the first change, and the interaction.

    ``table`` maps (first on, second on) to a mean.
    """
    table = {(False, False): 20.0, (True, False): 18.0, (False, True): 15.0, (True, True): 6.0}
    pair = finished(answer(dict(table)))
    return judge("main_and_interaction", pair, lambda pair: _effects_are_wrong(pair, table))


def _effects_are_wrong(pair, table: dict) -> str | None:
    if not is_pair(pair):
        return "does not return a pair: return main, interaction"
    (main, why), (interaction, other) = map(as_number, pair)
    if why or other:
        return f"{why}, for the main effect" if why else f"{other}, for the interaction"
    off, first = table[False, False], table[True, False]
    second, both = table[False, True], table[True, True]
    alone, beside = first - off, both - second
    right, right_interaction = (alone + beside) / 2, (beside - alone) / 2
    if main == right_interaction and interaction == right:
        return "returns both in the other order: the main effect comes first"
    of_main = {
        "has the wrong sign: on less off": -right,
        "looks at the rows where the second change is off: average over both": alone,
        "looks at the rows where the second change is on: average over both": beside,
        "takes the effect of the second change: that of the first was asked for": (
            second - off + both - first
        )
        / 2,
        "adds the two differences: their mean was asked for": alone + beside,
        "takes half of the effect, the coefficient of a ±1 column: from off to on are two steps": (
            right / 2
        ),
        "compares both changes with none: only the first was asked for": both - off,
    }
    of_interaction = {
        "has the wrong sign: with the second change less without it": -right_interaction,
        "is the difference of the differences: half of it, as a main effect is half of a sum": (
            beside - alone
        ),
        "is a quarter of the difference of the differences: half was asked for": (beside - alone)
        / 4,
        "compares both changes with none: the sum of the two effects has to come off": both - off,
    }
    for name, found, truth, guesses in (
        ("main effect", main, right, of_main),
        ("interaction", interaction, right_interaction, of_interaction),
    ):
        if why := compared(found, torch.tensor(float(truth)), _as_floats(guesses)):
            return f"{why}, for the {name}"
    return None


def _as_floats(guesses: Mapping[str, float]) -> dict[str, torch.Tensor]:
    return {why: torch.tensor(float(guess)) for why, guess in guesses.items()}
