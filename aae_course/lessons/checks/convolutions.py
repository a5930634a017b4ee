"""Checks of notebook 11: heads, strided blocks, batch norm, receptive fields, a 2 x 2 table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.letters import Letters
from aae_course.lessons.checks.strided_encoder import strided_encoder

__all__ = [
    "head_weights",
    "main_and_interaction",
    "receptive_field",
    "strided_encoder",
    "unseen_by_norm",
]

Layers = Sequence[tuple[int, int]]

CHANGES = Letters(  # of a level with batch norm in training, asked of its output
    {
        "A": (
            False,
            "with only one image paler, mean and std are nearly those of before, so this image "
            "comes out paler too",
        ),
        "B": (True, "the std of each channel is ten times as large too, and dividing undoes it"),
        "C": (
            False,
            "each channel changes its sign, and dividing by a std, which is positive, leaves that",
        ),
        "D": (True, "the mean of the channel is 3 larger too, and comes off"),
        "E": (
            True,
            "every number that the convolution gives is halved, and so are mean and std: one "
            "factor for all images is like one in the kernel",
        ),
        "F": (False, "mean and std are those of the minibatch, and this image is part of it"),
    },
    none="names none: a bias in front of batch norm, for one, cannot be seen behind it",
    opposite="names those that change the output: those that do not were asked for",
    everything="names all: batch norm takes off a mean and a scale, and nothing else",
)


def unseen_by_norm(answer: Callable[[], Iterable[str]]) -> bool:
    """Check ``answer()``: the letters of the changes that batch norm undoes."""
    return grade("unseen_by_norm", answer, (), CHANGES.fault)


def receptive_field(answer: Callable[[Layers], int]) -> bool:
    """Check ``answer(layers)``: pixels in a row that a unit behind (kernel, stride) layers sees."""
    layers = [(5, 2), (3, 1), (2, 2), (7, 3)]
    right = 1 + 4 * 1 + 2 * 2 + 1 * 2 + 6 * 4
    mistakes = {
        "multiplies the kernels: a field grows by (kernel − 1) × stride so far": 5 * 3 * 2 * 7,
        "adds up the kernels: a later layer's step spans the product of earlier strides": (
            5 + 3 + 2 + 7
        ),
        "leaves out the strides: a step of a later layer spans their product": 1 + 4 + 2 + 1 + 6,
        "adds kernel × stride so far: a kernel takes k − 1 steps": (
            1 + 5 * 1 + 3 * 2 + 2 * 2 + 7 * 4
        ),
        "takes a layer's own stride into account at once: it counts for the layers after it": (
            1 + 4 * 2 + 2 * 2 + 1 * 4 + 6 * 12
        ),
        "multiplies by the layer's own stride: the product of those before it was asked for": (
            1 + 4 * 2 + 2 * 1 + 1 * 2 + 6 * 3
        ),
        "goes through the layers from the last to the first: strides count for later layers": (
            1 + 6 * 1 + 1 * 3 + 2 * 6 + 4 * 6
        ),
        "starts from 0: without any layer a unit is a pixel and sees 1": right - 1,
        "returns the stride of the last map: how far apart two fields are": 2 * 1 * 2 * 3,
    }
    return grade("receptive_field", answer, (layers,), Expected(right, mistakes).fault)


def head_weights(answer: Callable[[int, int, int, int], tuple[int, int]]) -> bool:
    """Check ``answer(channels, side, units, dim)``: weights of a dense head and of a 1x1 one.

    Biases count. The dense head has a hidden layer of ``units``; both end in ``dim`` numbers.
    """
    sizes = (6, 3, 8, 5)  # small, so that a forgotten bias shows
    pair = Pair(dense=_dense(*sizes), pointwise=_pointwise(*sizes))
    return grade("head_weights", answer, sizes, pair.fault)


def _dense(channels: int, side: int, units: int, dim: int) -> Expected:
    inputs, behind = channels * side**2, (units + 1) * dim
    mistakes = {
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
    return Expected((inputs + 1) * units + behind, mistakes)


def _pointwise(channels: int, side: int, units: int, dim: int) -> Expected:
    right = (channels + 1) * dim
    mistakes = {
        "forgets the biases": channels * dim,
        "counts a weight for each place: the places share theirs": (channels * side**2 + 1) * dim,
        "has a bias for each channel of the map: each output has one": channels * dim + channels,
        "passes through the hidden units: a 1x1 convolution goes from the channels to the code": (
            (channels + 1) * units + (units + 1) * dim
        ),
        "counts the average as weights: it has none": right + side**2,
    }
    return Expected(right, mistakes)


def main_and_interaction(answer: Callable[[dict], tuple[float, float]]) -> bool:
    """Check ``answer(table)``: the main effect of the first change, and the interaction.

    ``table`` maps (first on, second on) to a mean.
    """
    table = {(False, False): 20.0, (True, False): 18.0, (False, True): 15.0, (True, True): 6.0}
    pair = Pair(main=_main_effect(*table.values()), interaction=_interaction(*table.values()))
    return grade("main_and_interaction", answer, (table,), pair.fault)


def _main_effect(off: float, first: float, second: float, both: float) -> Expected:
    alone, beside = first - off, both - second
    right = (alone + beside) / 2
    mistakes = {
        "has the wrong sign: on less off": -right,
        "looks at the rows where the second change is off: average over both": alone,
        "looks at the rows where the second change is on: average over both": beside,
        "is the effect of the second change: take the first": (second - off + both - first) / 2,
        "adds the two differences: their mean was asked for": alone + beside,
        "is half of the effect, the coefficient of a ±1 column: off to on are two steps": right / 2,
        "compares both changes with none: only the first was asked for": both - off,
    }
    return Expected(right, mistakes)


def _interaction(off: float, first: float, second: float, both: float) -> Expected:
    difference = (both - second) - (first - off)
    mistakes = {
        "has the wrong sign: with the second change less without it": -difference / 2,
        "is the difference of the differences: take half, as a main effect is half a sum": (
            difference
        ),
        "is a quarter of the difference of the differences: half was asked for": difference / 4,
        "compares both changes with none: the sum of the two effects has to come off": both - off,
    }
    return Expected(difference / 2, mistakes)
