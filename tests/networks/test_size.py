"""The sizes of networks: counts worked by hand, and architectures matched to each other."""

from dataclasses import replace

import pytest

from aae_course.networks.convolutional import CONVOLUTIONAL, Convolutional
from aae_course.networks.perceptrons import Perceptrons
from aae_course.networks.size import count_flops, count_parameters, match_flops, match_parameters

TINY = Convolutional((1, 8, 8), width=2, kernel=3, levels=2)  # maps of 2 x 4 x 4 and 4 x 2 x 2
HALF = 20 + 76  # 2 * 9 + 2 and 4 * 18 + 4 weights, in encoder and (74 + 19) in decoder


def test_the_weights_of_perceptrons_worked_by_hand():
    encoder = 784 * 500 + 500 + 500 * 500 + 500 + 500 * 8 + 8
    decoder = 8 * 500 + 500 + 500 * 500 + 500 + 500 * 784 + 784
    assert count_parameters(Perceptrons(), 784, 8) == encoder + decoder
    multiplications = 2 * (784 * 500 + 500 * 500 + 500 * 8)
    assert count_flops(Perceptrons(), 784, 8) == 2 * multiplications


def test_the_weights_of_convolutions_worked_by_hand():
    averaged = HALF + (4 * 3 + 3) + (3 * 16 + 4) + 74 + 19
    assert count_parameters(TINY, 64, 3) == averaged
    assert count_parameters(replace(TINY, strided=False), 64, 3) == averaged
    whole = HALF + (16 * 3 + 3) + (3 * 16 + 4) + 74 + 19
    assert count_parameters(replace(TINY, readout="whole map"), 64, 3) == whole
    dense = (16 * 16 + 16) + (16 * 3 + 3) + (3 * 16 + 16) + (16 * 16 + 16)
    assert count_parameters(replace(TINY, readout="dense"), 64, 3) == HALF + dense + 74 + 19


def test_the_operations_of_convolutions_worked_by_hand():
    encoder = 16 * 2 * 9 + 4 * 4 * 18 + 4 * 4 * 3  # places, channels, window
    decoder = 3 * 16 + 4 * 4 * 18 + 16 * 2 * 9
    assert count_flops(TINY, 64, 3) == 2 * (encoder + decoder)


def test_the_operations_of_pooled_and_dense_networks_worked_by_hand():
    pooled = replace(TINY, strided=False, readout="dense")
    maps = 64 * 2 * 9 + 16 * 4 * 18
    dense = 16 * 16 + 16 * 3
    assert count_flops(pooled, 64, 3) == 2 * 2 * (maps + dense)


@pytest.mark.parametrize("architecture", CONVOLUTIONAL.values(), ids=CONVOLUTIONAL)
def test_matched_architectures_are_as_large_as_perceptrons(architecture):
    weights = count_parameters(Perceptrons(), 784, 8)
    matched = match_parameters(architecture, 8, weights)
    assert count_parameters(matched, 784, 8) == pytest.approx(weights, rel=0.05)
    operations = count_flops(CONVOLUTIONAL["pooled_dense"], 784, 8)
    matched = match_flops(architecture, 8, operations)
    assert count_flops(matched, 784, 8) == pytest.approx(operations, rel=0.06)
    assert replace(matched, width=architecture.width) == architecture


def test_a_target_out_of_reach_is_refused():
    with pytest.raises(ValueError, match=r"10 asked for, and at the nearest width, 3, it is"):
        match_parameters(Convolutional(), 10, 10)
    with pytest.raises(ValueError, match=r"at the nearest width, 1024"):
        match_flops(Convolutional((1, 8, 8)), 2, 10**15)
