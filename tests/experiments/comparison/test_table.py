"""The comparison's table: the tuned β, who is best, and the picture beside it."""

import matplotlib.pyplot as plt
import pytest
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.experiments.comparison import table as verdict
from aae_course.experiments.comparison.recipes import METHODS_WITH_PRIOR, SPACES
from aae_course.experiments.numbers import Metrics


@pytest.fixture(scope="module")
def data():
    return load("digits")


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
    assert {len(row) for row in table.rows} == {len(table.heading)}
    assert [len(block) for block in table.blocks.values()] == [len(verdict.METHOD_TITLES)] * 7
    assert [*table.blocks][0::6] == ["2-D, gaussian", "best, of 6"]
    assert sum(row[0] == "VAE, β tuned to 0.3" for row in table.rows) == 6
    aae = next(row for row in table.rows if row[0] == "AAE, deterministic")
    assert aae[3] == "**1.00 ± 0.10**"


def test_interpolations_are_drawn_for_every_method_in_8_d(data):
    trained = {name: untrained(name, data) for name in ("2d_gaussian_vae", "8d_gaussian_vae",
                                                        "8d_autoencoder")}  # fmt: skip
    figure = verdict.draw_interpolations(trained, "smoke")
    texts = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert texts == ["VAE, β = 1, 8-D, gaussian prior", "autoencoder, 8-D"]
    plt.close(figure)
