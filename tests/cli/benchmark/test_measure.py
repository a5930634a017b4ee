"""How it is measured: turns that are long enough, ratios within a round."""

from contextlib import nullcontext

import torch

from aae_course.cli.benchmark.measure import Timer, ratio

CPU = torch.device("cpu")


def test_ratios_are_taken_within_a_round():
    assert ratio([1, 20, 3], [2, 40, 6], factor=3.0) == 1.5  # a slow second round cancels


def test_a_timer_repeats_short_calls_and_counts_one():
    calls = []
    timer = Timer(lambda: calls.append(1), nullcontext, CPU)
    timer.turn()
    assert len(calls) == 2
    assert timer.count > 100 and 0 < timer.rounds[0] < 0.01
