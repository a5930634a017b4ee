"""The comparison: its rows, its measures, the tuned β, and the verdict."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
import torch

from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.comparison import measure as comparison, table as verdict
from aae_course.experiments.comparison.recipes import (
    COMPARISON_RECIPES,
    METHODS_WITH_PRIOR,
    PRIORS,
    SPACES,
)
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.trained import Trained
from aae_course.metrics import judge
from aae_course.models.fitted_prior import FittedMixture
from aae_course.training.history import History


@pytest.fixture(scope="module")
def data():
    return load("digits")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(judge, "SAMPLES", 200)


def untrained(name, data, seeds=(0,)) -> Trained:
    recipe = recipes.get(name, "smoke")
    torch.manual_seed(0)
    models = [recipe.build(784).eval() for _ in seeds]
    return Trained(recipe, data, seeds, models, History(), "smoke")


def test_every_space_has_every_method_on_equal_terms():
    names = {f"{space}_{method}" for space in SPACES for method in METHODS_WITH_PRIOR}
    assert names < set(COMPARISON_RECIPES)
    for scale in ("smoke", "course", "paper"):
        settings = [recipe.at(scale) for recipe in COMPARISON_RECIPES.values()]
        assert len({one.architecture.hidden for one in settings}) == 1
        assert len({(one.training.epochs, one.training.batch_size) for one in settings}) == 1
        assert len({one.data for one in settings}) == 1


@pytest.mark.parametrize("dim", [8, 20])
@pytest.mark.parametrize("kind", ["gaussian", "mixture"])
def test_priors_have_variance_1_in_a_coordinate_on_average(dim, kind):
    torch.manual_seed(0)
    second_moment = PRIORS[dim, kind]().sample(50_000).square().mean()
    assert second_moment.item() == pytest.approx(1, abs=0.02)


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


def test_all_rows_have_one_judge_even_if_the_data_were_moved(data):
    moved = data.to("cpu")
    assert moved is not data
    assert judge.judge_of(data) is judge.judge_of(moved)


def test_midpoints_lie_halfway():
    codes = torch.tensor([[0.0, 2.0], [4.0, 0.0], [1.0, 1.0]])
    assert judge.midpoints(codes).tolist() == [[2.0, 1.0]]


def entry(*values):
    return {"mean": sum(values) / len(values), "std": 0.1, "per_seed": list(values), "paper": None}


@pytest.fixture
def metrics():
    """Every method alike, but the AAE rebuilds best and β = 0.3 samples best."""
    made, columns = {}, [column.name for column in verdict.COLUMNS_OF_COMPARISON]
    for space in SPACES:
        for method in (*METHODS_WITH_PRIOR, "autoencoder"):
            for column in (*columns, "validation_frechet_distance"):
                made[f"{space}_{method}.{column}"] = entry(5.0, 5.1, 4.9)
        made[f"{space}_aae_deterministic.half_squared_error"] = entry(1.0, 1.1, 0.9)
        made[f"{space}_vae_beta_0.3.validation_frechet_distance"] = entry(1.0, 1.1, 0.9)
    return Metrics(made)


def test_the_tuned_beta_is_the_best_on_validation_images(metrics):
    assert verdict.rows_of(metrics, "8d_mixture")["vae_tuned"] == "8d_mixture_vae_beta_0.3"


def test_the_verdict_counts_spaces(metrics):
    counts = verdict.count_best(metrics)
    assert counts["half_squared_error"]["aae_deterministic"] == 6
    assert counts["half_squared_error"]["vae"] == 0
    assert set(counts["recall"].values()) == {6}


def test_the_table_has_a_block_for_each_space_and_the_counts(metrics):
    table = verdict.table_comparison(metrics)
    assert len({len(row) for row in table}) == 1
    assert len(table) == 1 + 7 * (1 + len(verdict.METHOD_TITLES))
    assert sum(row[0] == "VAE, β tuned to 0.3" for row in table) == 6
    aae = next(row for row in table if row[0] == "AAE, deterministic")
    assert aae[3] == "**1 ± 0.1**"


def test_interpolations_are_drawn_for_every_method_in_8_d(data):
    trained = {name: untrained(name, data) for name in ("2d_gaussian_vae", "8d_gaussian_vae",
                                                        "8d_autoencoder")}  # fmt: skip
    figure = verdict.draw_interpolations(trained, "smoke")
    texts = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert texts == ["VAE, β = 1, 8-D, gaussian prior", "autoencoder, 8-D"]
    plt.close(figure)
