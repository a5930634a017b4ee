"""Which methods differ over their seeds and by how much, and which are the best."""

import pytest

from aae_course.metrics.significance import best, differ, difference, differences, holm


def test_the_best_are_those_that_welch_s_test_does_not_tell_from_the_first():
    values = {"a": [1.0, 1.1, 0.9], "b": [1.05, 1.15, 0.95], "c": [9.0, 9.1, 9.2]}
    assert best(values, more_is_better=False) == {"a", "b"}
    assert best(values, more_is_better=True) == {"c"}
    assert best({"a": [1.0], "b": [1.01]}, more_is_better=False) == {"a"}
    equal = {"a": [1.0, 1.0], "b": [1.0, 1.0], "c": [2.0, 2.0]}
    assert best(equal, more_is_better=False) == {"a", "b"}


def test_a_difference_has_welch_s_interval():
    """By hand: means 2 apart, variances 1 and 4 over three seeds, 50/17 degrees of freedom."""
    found = difference([4.0, 5.0, 6.0], [1.0, 3.0, 5.0])
    assert found.size == 2
    reach = 3.2197 * (1 / 3 + 4 / 3) ** 0.5  # t of 97.5 % with 2.94 degrees of freedom
    assert (found.low, found.high) == pytest.approx((2 - reach, 2 + reach), rel=1e-3)
    assert found.low < 0 < found.high and found.p > 0.05


def test_an_interval_leaves_out_zero_where_the_test_tells_the_two_apart():
    a, b = [1.0, 1.1, 0.9], [2.0, 2.2, 1.9]
    assert differ(a, b) and difference(a, b).high < 0
    assert difference(a, b).size == pytest.approx(-difference(b, a).size)


def test_a_difference_without_spread_is_known_exactly():
    same, other = difference([1.0, 1.0], [1.0, 1.0]), difference([2.0, 2.0], [1.0, 1.0])
    assert (same.size, same.p) == (0, 1)
    assert (other.low, other.high, other.p) == (1, 1, 0)


def test_one_seed_tells_nothing():
    with pytest.raises(ValueError, match="two are needed"):
        difference([1.0], [2.0, 3.0])


def test_differences_that_are_judged_together_are_corrected_for_their_number():
    """Of two tests the surer one is doubled; a single seed is no test and counts for nothing."""
    apart, near = ([1.0, 1.1, 0.9], [1.4, 1.3, 1.6]), ([1.0, 1.1, 0.9], [1.0, 1.2, 0.9])
    found = differences({"apart": apart, "near": near, "one seed": ([1.0], [2.0, 3.0])})
    assert list(found) == ["apart", "near"]
    assert found["apart"].corrected == 2 * found["apart"].p == 2 * difference(*apart).p
    assert found["near"].corrected == found["near"].p
    assert found["apart"].told_apart and not found["near"].told_apart
    assert difference(*apart).corrected is None and difference(*apart).told_apart
    many = differences({n: apart if n == 0 else near for n in range(20)})
    assert not many[0].told_apart and many[0].p < 0.05


def test_a_difference_is_written_with_its_signs():
    assert difference([2.0, 2.0], [1.0, 1.0]).written(".2f") == "+1.00 (+1.00 to +1.00)"


def test_holm_multiplies_by_the_tests_that_are_left_and_never_falls():
    """The example of Holm's procedure by hand: 4, 3, 2 and 1 times the sorted values."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
