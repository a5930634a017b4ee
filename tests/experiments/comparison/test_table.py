"""The comparison's table: its blocks, who is best, and the picture beside it."""

import matplotlib.pyplot as plt
import pytest
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.experiments.comparison import table as verdict
from aae_course.experiments.comparison.methods import COLUMNS_OF_COMPARISON, DRAWN_CODES
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
    made, columns = {}, [column.name for column in COLUMNS_OF_COMPARISON]
    for space in SPACES:
        for method in (*METHODS_WITH_PRIOR, "autoencoder"):
            for column in (*columns, "validation_frechet_distance"):
                made[f"{space}_{method}.{column}"] = entry(5.0, 5.1, 4.9)
        made[f"{space}_aae_deterministic.half_squared_error"] = entry(1.0, 1.1, 0.9)
        made[f"{space}_vae_beta_0.3.validation_frechet_distance"] = entry(1.0, 1.1, 0.9)
    return Metrics(made)


def test_the_table_has_a_block_for_each_space_and_the_differences(metrics):
    table = verdict.table_comparison(metrics)
    assert {len(row) for row in table.rows} == {len(table.heading)}
    counts = [len(block) for block in table.blocks.values()]
    assert counts == [len(DRAWN_CODES)] * len(SPACES) + [len(DRAWN_CODES) - 1]
    assert [*table.blocks][0::6] == ["2-D, gaussian", "the deterministic AAE against"]
    assert sum(row[0] == "VAE, β tuned to 0.3" for row in table.rows) == len(SPACES)
    aae = next(row for row in table.rows if row[0] == "AAE, deterministic")
    assert aae[3] == "**1.00 ± 0.10**"


def test_only_the_best_mean_is_bold(metrics):
    block = verdict.table_comparison(metrics).blocks["8-D, mixture"]
    assert sum(row[3].startswith("**") for row in block) == 1


def test_the_last_block_counts_spaces(metrics):
    *_, last = verdict.table_comparison(metrics).blocks.values()
    assert {row[3] for row in last} == {"6 – 0 – 0"}
    assert {row[1] for row in last} == {"0 – 0 – 6"}


def test_a_beta_at_the_edge_has_an_asterisk(metrics, monkeypatch):
    monkeypatch.setattr(verdict, "beta_at_edge", lambda metrics, space: space == "8d_mixture")
    marked = [row[0] for row in verdict.table_comparison(metrics).rows if "*" in row[0]]
    assert marked == ["VAE, β tuned to 0.3*"]


def test_interpolations_are_drawn_for_every_method_in_8_d(data):
    trained = {name: untrained(name, data) for name in ("2d_gaussian_vae", "8d_gaussian_vae",
                                                        "8d_autoencoder")}  # fmt: skip
    figure = verdict.draw_interpolations(trained, "smoke")
    texts = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert texts == ["VAE, β = 1, 8-D, gaussian prior", "autoencoder, 8-D"]
    plt.close(figure)
