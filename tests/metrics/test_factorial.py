"""Effects are found that were planted, intervals hold what they say, verdicts need every seed."""

import itertools

import numpy as np
import pytest
from scipy import stats

from aae_course.metrics.factorial import contrasts, effects

FACTORS = ["a", "b", "c"]
CELLS = {on: on for on in itertools.product((False, True), repeat=3)}
WANTED = contrasts(CELLS, FACTORS)
PLANTED = {"a": 3.0, "b": -1.5, "c": 0.0, "a × b": 2.0, "a × c": 0.0, "b × c": 0.0}
PAIR = {"change": {"with": 1.0, "without": -1.0}}


def planted(noise, seeds, generator):
    """Numbers whose effects are `PLANTED`, each seed at a level of its own."""
    values, levels = {}, generator.normal(0, 10, seeds)
    for on in CELLS:
        sign = dict(zip(FACTORS, (1 if each else -1 for each in on), strict=True))
        mean = 10 + sum(
            size / 2 * np.prod([sign[factor] for factor in name.split(" × ")])
            for name, size in PLANTED.items()
        )
        drawn = mean + levels + noise * generator.standard_normal(seeds)
        values[on] = dict(enumerate(drawn.tolist()))
    return values


def of_seeds(**rows):
    return {name: dict(enumerate(values)) for name, values in rows.items()}


def test_without_noise_planted_effects_are_found_exactly():
    found = effects(planted(0.0, 2, np.random.default_rng(0)), WANTED)
    assert {name: effect.size for name, effect in found.items()} == pytest.approx(PLANTED, abs=1e-9)


def test_a_main_effect_is_the_difference_of_means():
    values = planted(1.0, 3, np.random.default_rng(1))
    mean = {on: np.mean(list(seeds.values())) for on, seeds in values.items()}
    with_b = np.mean([mean[on] for on in CELLS if on[1]])
    without_b = np.mean([mean[on] for on in CELLS if not on[1]])
    assert effects(values, WANTED)["b"].size == pytest.approx(with_b - without_b)


def test_an_interaction_is_half_the_difference_of_two_effects():
    weights = contrasts({on: on for on in itertools.product((False, True), repeat=2)}, ["a", "b"])
    assert weights["a × b"] == {
        (False, False): 0.5, (False, True): -0.5, (True, False): -0.5, (True, True): 0.5,
    }  # fmt: skip


def test_with_two_combinations_it_is_the_paired_test():
    generator = np.random.default_rng(3)
    level, before = generator.normal(0, 5, 6), generator.normal(0, 1, 6)
    a, b = level + before, level + generator.normal(1, 1, 6)
    effect = effects(of_seeds(**{"without": a, "with": b}), PAIR)["change"]
    interval = stats.ttest_rel(b, a).confidence_interval(0.95)
    low, high = effect.size - effect.half_width, effect.size + effect.half_width
    assert (low, high) == pytest.approx((interval.low, interval.high))


def test_intervals_hold_the_truth_as_often_as_they_say():
    generator, one, together = np.random.default_rng(2), [], []
    for _ in range(300):
        values = planted(1.0, 3, generator)
        for held, comparisons in ((one, 1), (together, len(WANTED))):
            found = effects(values, WANTED, comparisons)
            held.append([abs(e.size - PLANTED[n]) <= e.half_width for n, e in found.items()])
    assert np.mean(one) == pytest.approx(0.95, abs=0.015)
    assert np.mean(np.all(together, axis=1)) == pytest.approx(0.95, abs=0.025)


def test_more_comparisons_make_wider_intervals_by_sidak_s_rule():
    values = of_seeds(**{"without": [1.0, 2.0, 4.0], "with": [2.0, 4.0, 5.0]})
    narrow, wide = (effects(values, PAIR, n)["change"].half_width for n in (1, 4))
    expected = stats.t.ppf(0.5 + 0.95**0.25 / 2, 2) / stats.t.ppf(0.975, 2)
    assert wide / narrow == pytest.approx(expected)


def test_missing_seeds_leave_the_effects_unbiased():
    values = planted(0.0, 3, np.random.default_rng(4))
    values[True, False, True] = {2: values[True, False, True][2]}
    found = effects(values, WANTED)
    assert {name: effect.size for name, effect in found.items()} == pytest.approx(PLANTED, abs=1e-9)


def test_an_effect_on_one_seed_is_not_steady():
    noise = [0.1, -0.1, 0.05, -0.05]
    steady = of_seeds(**{"without": [0.0] * 4, "with": [5 + each for each in noise]})
    assert effects(steady, PAIR)["change"].steady
    cells = {f"{kind}{n}": sign / 6 for kind, sign in (("on", 1), ("off", -1)) for n in range(6)}
    rows = {name: list(np.roll(noise, n)) for n, name in enumerate(cells)}
    for name in rows:
        if name.startswith("on"):
            rows[name][0] += 1.5
    outlying = effects(of_seeds(**rows), {"change": cells})["change"]
    assert outlying.told_from_zero and not outlying.steady


def test_two_seeds_are_too_few_to_leave_one_out():
    values = of_seeds(**{"without": [0.0, 1.0], "with": [9.0, 10.01]})
    effect = effects(values, PAIR)["change"]
    assert effect.told_from_zero and not effect.steady


def test_what_a_combination_without_numbers_needs_is_left_out():
    values = {**planted(1.0, 3, np.random.default_rng(5)), "more": {0: 1.0, 1: 2.0}}
    values[False, False, False] = {}
    other = {"other": {"more": 1.0, (True, True, True): -1.0}}
    assert list(effects(values, WANTED | other)) == ["other"]


def test_combinations_that_share_no_seed_are_not_compared():
    apart = {"without": {0: 1.0}, "with": {1: 2.0}, "a": {0: 1.0, 2: 3.0}, "b": {0: 1.5, 2: 3.0}}
    wanted = PAIR | {"other": {"a": 1.0, "b": -1.0}}
    assert list(effects(apart, wanted)) == ["other"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"with": {0: 1.0, 1: float("nan")}, "without": {0: 1.0, 1: 2.0}}, "not finite"),
        ({"with": {0: 1.0}, "without": {0: 1.0}}, "with one seed nothing tells"),
        ({"with": {}, "without": {}}, "no combination has a number"),
    ],
)
def test_what_cannot_be_analysed_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        effects(values, PAIR)


def test_factors_need_all_their_combinations():
    with pytest.raises(ValueError, match="3 factors have 8 combinations, 7 were given"):
        contrasts({on: on for on in list(CELLS)[1:]}, FACTORS)
    twice = {n: on for n, on in enumerate([*list(CELLS)[1:], (True, True, True)])}
    with pytest.raises(ValueError, match="3 factors have 8 combinations, 7 were given"):
        contrasts(twice, FACTORS)
