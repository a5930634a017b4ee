"""Figure 5 and Table 1: samples by seed, controls, rows, and what is not run."""

import matplotlib.pyplot as plt
import pytest
import torch

from aae_course import likelihood, recipes
from aae_course.data import load
from aae_course.history import History
from aae_course.jobs import Trained
from aae_course.tables import draw_table, markdown_table


@pytest.fixture(scope="module")
def trained():
    recipe = recipes.get("aae_likelihood", "smoke")
    torch.manual_seed(0)
    models = [recipe.build(784).eval() for _ in range(2)]
    return Trained(recipe, load("digits"), (0, 1), models, History(), "smoke")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(likelihood, "FEW", 300)
    monkeypatch.setattr(likelihood, "CHUNK", 100)


def test_samples_depend_on_seed_and_chunk_and_leave_the_generator_alone(trained):
    model = trained.models[0]
    before = torch.get_rng_state()
    first, second = (list(likelihood.draws(model, 250, seed=3)) for _ in range(2))
    assert [len(chunk) for chunk in first] == [100, 100, 50]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], next(likelihood.draws(model, 250, seed=4)))
    assert torch.equal(before, torch.get_rng_state())


def test_every_row_has_a_value_for_every_seed_or_says_why_not(trained):
    measured = likelihood.measure_likelihood(trained)
    for row in ("mnist_10k", "training_images", "kmeans_centroids"):
        assert len(measured[f"{row}.parzen_nats"]) == 2
    assert measured["mnist_10m.parzen_nats"] == "10 million samples are drawn at paper scale only"
    assert "on request only" in measured["tfd_10k.parzen_nats"]
    # An untrained decoder explains the test images worse than real images do.
    assert measured["mnist_10k.parzen_nats"][0] < measured["training_images.parzen_nats"][0]


def test_the_long_column_is_measured_at_paper_scale_at_the_end(trained, monkeypatch):
    monkeypatch.setattr(likelihood, "MANY", 500)
    monkeypatch.setitem(likelihood.CENTROIDS, "paper", 20)
    at = {**vars(trained), "scale": "paper"}
    assert len(likelihood.measure_likelihood(Trained(**at))["mnist_10m.parzen_nats"]) == 2
    on_the_way = likelihood.measure_likelihood(Trained(**{**at, "final": False}))
    assert {name for name, value in on_the_way.items() if not isinstance(value, str)} == {
        f"mnist_10k.{name}"
        for name in ("parzen_nats", "standard_error_nats", "bandwidth", "samples")
    }


def entry(mean, paper=None):
    return {"mean": mean, "std": None, "per_seed": [mean], "paper": paper}


def test_the_table_shows_ours_beside_the_paper_s():
    metrics = {
        f"{row}.{name}": entry(value)
        for row in ("mnist_10k", "training_images", "kmeans_centroids")
        for name, value in {
            "parzen_nats": 300.4,
            "standard_error_nats": 2.26,
            "samples": 1000,
        }.items()
    }
    metrics["mnist_10k.parzen_nats"]["paper"] = 340
    metrics["mnist_10m.parzen_nats"] = entry(None, 427)
    rows = likelihood.table_1(metrics)
    assert ["AAE, 10K samples", "300 ± 2.3", "340"] in rows
    assert ["AAE, 10M samples", "not run", "427"] in rows
    assert ["GAN", "", "225 ± 2"] in rows
    assert ["1,000 k-means centroids as samples", "300 ± 2.3", ""] in rows


def test_the_last_column_of_figure_5_shows_nearest_images(trained):
    images = torch.rand(50, 784)
    noisy = images[[7, 3]] + 0.01 * torch.randn(2, 784)
    assert torch.equal(likelihood.nearest_images(noisy, images), images[[7, 3]])
    figure = likelihood.draw_figure_5({"a": trained}, "smoke")
    assert [ax.get_title() for ax in figure.axes] == ["samples", "nearest in\ntraining set"]
    plt.close(figure)


def test_a_table_as_markdown_and_as_a_picture():
    rows = [["what", "ours"], ["error", "1.2"]]
    assert markdown_table(rows) == "| what | ours |\n| --- | ---: |\n| error | 1.2 |\n"
    figure = draw_table(rows, "A table")
    assert {text.get_text() for text in figure.axes[0].texts} == {
        "A table", "what", "ours", "error", "1.2",
    }  # fmt: skip
    plt.close(figure)
