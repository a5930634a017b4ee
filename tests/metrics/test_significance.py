"""Which methods differ over their seeds, and which are the best."""

from aae_course.metrics.significance import best


def test_the_best_are_those_that_welch_s_test_does_not_tell_from_the_first():
    values = {"a": [1.0, 1.1, 0.9], "b": [1.05, 1.15, 0.95], "c": [9.0, 9.1, 9.2]}
    assert best(values, more_is_better=False) == {"a", "b"}
    assert best(values, more_is_better=True) == {"c"}
    assert best({"a": [1.0], "b": [1.01]}, more_is_better=False) == {"a"}
    equal = {"a": [1.0, 1.0], "b": [1.0, 1.0], "c": [2.0, 2.0]}
    assert best(equal, more_is_better=False) == {"a", "b"}
