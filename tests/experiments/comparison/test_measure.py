"""What is measured for the comparison."""

from dataclasses import replace

import pytest
import torch
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.comparison import measure as comparison
from aae_course.experiments.comparison.methods import COLUMNS_OF_COMPARISON
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
    assert {column.name for column in COLUMNS_OF_COMPARISON} < set(found)
    assert all(len(values) == 2 for values in found.values())


def test_a_gaussian_posterior_is_measured_at_its_means_too(data):
    found = comparison.measure_comparison(untrained("2d_gaussian_vae", data))
    means = {name: values for name, values in found.items() if name.startswith("at_means_")}
    assert set(means) == {
        "at_means_half_squared_error",
        "at_means_midpoint_precision",
        "at_means_nearest_neighbour_error_percent",
        "at_means_linear_probe_error_percent",
    }
    assert means["at_means_half_squared_error"] < found["half_squared_error"]


def test_the_means_have_no_noise(data):
    model = comparison.AtMeans(untrained("2d_gaussian_vae", data).models[0])
    x = as_pixels(data.test.images[:5])
    assert torch.equal(model.encode(x), model.encode(x))
    assert torch.equal(model.encode(x), model.encoder.posterior(x)[0])


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
