"""The methods of the comparison and their numbers, also where a record has only some of them."""

import pytest

from aae_course.experiments.comparison.methods import (
    DRAWN_CODES,
    METHOD_TITLES,
    beta_at_edge,
    betas_tried,
    methods_in,
    number_of,
    tuned_beta,
)
from aae_course.experiments.comparison.recipes import BETAS, METHODS_WITH_PRIOR, SPACES
from aae_course.experiments.numbers import Metrics

SPACE = SPACES[0]


def entry(value):
    return {"mean": value, "std": 0.1, "per_seed": [value, value + 0.1], "paper": None}


def record(distances):
    """Every method's reconstruction, and the Fréchet distances of some runs of the VAE."""
    runs = [run for run in (*METHODS_WITH_PRIOR, "autoencoder") if run not in BETAS]
    made = {f"{SPACE}_{run}.half_squared_error": entry(1.0) for run in (*runs, *distances)}
    for run, distance in distances.items():
        made[f"{SPACE}_{run}.validation_frechet_distance"] = entry(distance)
        made[f"{SPACE}_{run}.at_means_half_squared_error"] = entry(0.5)
    return Metrics(made)


def test_the_tuned_beta_is_the_best_on_validation_images():
    metrics = record({"vae": 5.0, "vae_beta_0.3": 2.0, "vae_beta_0.1": 4.0})
    assert tuned_beta(metrics, SPACE) == "vae_beta_0.3"
    assert not beta_at_edge(metrics, SPACE)


@pytest.mark.parametrize("best", ["vae_beta_3", "vae_beta_0.1"])
def test_an_edge_is_an_edge_of_what_the_record_has(best):
    distances = {"vae_beta_3": 5.0, "vae": 5.0, "vae_beta_0.1": 5.0} | {best: 1.0}
    metrics = record(distances)
    assert [*betas_tried(metrics, SPACE)] == ["vae_beta_3", "vae", "vae_beta_0.1"]
    assert beta_at_edge(metrics, SPACE)


def test_the_tuned_vae_and_codes_at_means_are_looked_up():
    metrics = record({"vae": 5.0, "vae_beta_0.3": 2.0})
    assert number_of(metrics, SPACE, "vae_tuned", "half_squared_error").mean == 1.0
    assert number_of(metrics, SPACE, "at_means_vae_tuned", "half_squared_error").mean == 0.5
    assert number_of(metrics, SPACE, "at_means_vae", "frechet_distance").mean is None


def test_only_methods_that_the_record_has_are_shown():
    metrics = record({"vae": 5.0})
    assert set(methods_in(metrics)) == {*DRAWN_CODES, "at_means_vae", "at_means_vae_tuned"}
    assert set(methods_in(metrics)) < set(METHOD_TITLES)
