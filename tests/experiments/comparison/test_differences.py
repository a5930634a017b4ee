"""One method against another: verdicts are corrected, and know which way is better."""

import pytest

from aae_course.experiments.comparison.differences import Place, compare, tally
from aae_course.experiments.comparison.methods import COLUMNS_OF_COMPARISON
from aae_course.experiments.comparison.recipes import SPACES
from aae_course.experiments.numbers import Metrics

PLACES = len(COLUMNS_OF_COMPARISON) * len(SPACES)


def record(**seeds):
    """Every column in every space, with these values for the seeds of a method."""
    return Metrics(
        {
            f"{space}_{method}.{column.name}": {"mean": 0.0, "std": None, "per_seed": values}
            for method, values in seeds.items()
            for space in SPACES
            for column in COLUMNS_OF_COMPARISON
        }
    )


def test_every_measure_in_every_space_is_compared_and_more_may_be_better():
    found = compare(record(wae=[1.0, 1.0, 1.001], autoencoder=[2.0, 2.0, 2.001]), "wae",
                    "autoencoder")  # fmt: skip
    assert len(found) == PLACES and tally(found) == (36, 18, 0)
    assert tally(found, "recall") == (0, 6, 0)
    assert found[Place("recall", "8d_mixture")].difference.size == pytest.approx(-1)


def test_what_one_test_tells_apart_may_not_survive_the_correction():
    found = compare(record(wae=[1.0, 1.1, 0.9], autoencoder=[1.4, 1.5, 1.3]), "wae", "autoencoder")
    assert all(each.difference.p < 0.05 < each.difference.corrected for each in found.values())
    assert tally(found) == (0, 0, PLACES)


def test_what_has_no_two_seeds_is_left_out():
    assert not compare(record(wae=[1.0], autoencoder=[1.0, 2.0]), "wae", "autoencoder")
    assert not compare(record(wae=[1.0, 2.0]), "wae", "autoencoder")
