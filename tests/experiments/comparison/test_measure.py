"""What is measured for the comparison."""

from dataclasses import replace

import pytest
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.experiments.comparison import measure as comparison, table as verdict
from aae_course.metrics import judge
from aae_course.models.fitted_prior import FittedMixture


@pytest.fixture(scope="module")
def data():
    return load("digits")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(judge, "SAMPLES", 200)


def test_every_column_of_the_table_is_measured_for_every_seed(data):
    found = comparison.measure_comparison(untrained("8d_mixture_vae", data, (0, 1)))
    assert {column.name for column in verdict.COLUMNS_OF_COMPARISON} < set(found)
    assert all(len(values) == 2 for values in found.values())


def test_a_plain_autoencoder_fills_the_rows_of_both_priors(data):
    trained = untrained("2d_autoencoder", data)
    found = comparison.measure_comparison(trained)
    rows = {row for row, _ in found}
    assert rows == {"2d_gaussian_autoencoder", "2d_mixture_autoencoder"}
    priors = dict(comparison.fitted_priors(trained.models[0], trained, 0))
    assert all(isinstance(prior, FittedMixture) for prior in priors.values())


def test_on_the_way_only_quick_columns_are_measured(data):
    found = comparison.measure_comparison(replace(untrained("2d_gaussian_wae", data), final=False))
    assert "half_squared_error" in found and "frechet_distance" not in found
