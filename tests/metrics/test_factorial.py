"""The factorial analysis finds effects that were planted, and knows how sure it is."""

import itertools

import numpy as np
import pytest
from scipy import stats

from aae_course.metrics.factorial import effects

FACTORS = ("a", "b", "c")
COMBINATIONS = list(itertools.product((False, True), repeat=3))
PLANTED = {
    "a": 3.0,
    "b": -1.5,
    "c": 0.0,
    "a × b": 2.0,
    "a × c": 0.0,
    "b × c": 0.0,
    "a × b × c": 0.5,
}


def planted(noise, seeds, generator):
    """Numbers whose effects are `PLANTED`."""
    values = {}
    for on in COMBINATIONS:
        sign = dict(zip(FACTORS, (1 if each else -1 for each in on), strict=True))
        mean = 10 + sum(
            size / 2 * np.prod([sign[factor] for factor in name.split(" × ")])
            for name, size in PLANTED.items()
        )
        values[on] = mean + noise * generator.standard_normal(seeds)
    return values


def test_without_noise_planted_effects_are_found_exactly():
    found = effects(planted(0.0, 2, np.random.default_rng(0)), FACTORS)
    assert {name: effect.size for name, effect in found.items()} == pytest.approx(PLANTED)
    assert {name for name, e in found.items() if e.told_from_zero} >= {"a", "b", "a × b"}


def test_a_main_effect_is_the_difference_of_means():
    values = planted(1.0, 3, np.random.default_rng(1))
    on = np.mean([values[each] for each in COMBINATIONS if each[1]])
    off = np.mean([values[each] for each in COMBINATIONS if not each[1]])
    assert effects(values, FACTORS)["b"].size == pytest.approx(on - off)


def test_intervals_hold_the_truth_as_often_as_they_say():
    generator, held = np.random.default_rng(2), []
    for _ in range(400):
        found = effects(planted(1.0, 3, generator), FACTORS)
        held += [abs(e.size - PLANTED[name]) <= e.half_width for name, e in found.items()]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_with_one_factor_it_is_student_s_test():
    generator = np.random.default_rng(3)
    values = {(False,): generator.normal(0, 1, 6), (True,): generator.normal(1, 1, 6)}
    (effect,) = effects(values, ["a"]).values()
    test = stats.ttest_ind(values[(True,)], values[(False,)])
    interval = test.confidence_interval(0.95)
    assert (effect.size - effect.half_width, effect.size + effect.half_width) == pytest.approx(
        (interval.low, interval.high)
    )


def test_missing_seeds_leave_the_effects_unbiased():
    values = planted(0.0, 3, np.random.default_rng(4))
    values[COMBINATIONS[3]] = values[COMBINATIONS[3]][:1]
    found = effects(values, FACTORS)
    assert {name: effect.size for name, effect in found.items()} == pytest.approx(PLANTED)


def without(combination):
    values = {each: [1.0, 2.0] for each in COMBINATIONS}
    del values[combination]
    return values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (without(COMBINATIONS[0]), "3 factors have 8 combinations, 7 were given"),
        ({each: [] for each in COMBINATIONS}, "no number with nothing on"),
        ({each: [1.0, float("nan")] for each in COMBINATIONS}, "not finite"),
        ({each: [1.0] for each in COMBINATIONS}, "with one seed nothing tells"),
    ],
)
def test_what_cannot_be_analysed_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        effects(values, FACTORS)
