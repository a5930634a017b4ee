"""Figures 4 and 7 and Table 2: what is measured on made models, rows, pictures, absent panels."""

import json
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
import torch
from sklearn.datasets import make_blobs

from aae_course.data.dataset import Split
from aae_course.data.datasets import load
from aae_course.data.minibatches import as_pixels
from aae_course.experiments import recipes
from aae_course.experiments.labels import (
    figure_4 as label_informed,
    figure_7 as supervised,
    table_2 as semi_supervised,
)
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.panel_run import Request
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.reproduce import reproduce
from aae_course.experiments.trained import Trained
from aae_course.metrics import Labelled, linear_probe_error, mlp_probe_error, own_part_fraction
from aae_course.metrics.codes import error_percent
from aae_course.models.priors import GaussianMixture, SwissRoll
from aae_course.training.history import History


@pytest.fixture(scope="module")
def data():
    return load("digits")


def untrained(name, data, seeds=(0,)) -> Trained:
    recipe = recipes.get(name, "smoke")
    torch.manual_seed(0)
    models = [recipe.build(784).eval() for _ in seeds]
    return Trained(recipe, data, seeds, models, History(), "smoke")


@pytest.mark.parametrize("prior", [GaussianMixture(tangential=0.05, distance=3.0), SwissRoll()])
def test_draws_of_a_label_lie_in_its_own_part(prior):
    torch.manual_seed(0)
    labels = torch.randint(10, (2000,))
    draws = prior.sample(2000, labels=labels)
    assert own_part_fraction(draws, labels, prior) > 0.99
    assert own_part_fraction(draws, (labels + 5) % 10, prior) < 0.01


def test_own_part_refuses_what_it_cannot_count():
    prior, codes = GaussianMixture(), torch.zeros(3, 2)
    with pytest.raises(ValueError, match="3 codes and 2 labels"):
        own_part_fraction(codes, torch.zeros(2).long(), prior)
    with pytest.raises(ValueError, match="not finite"):
        own_part_fraction(codes * torch.nan, torch.zeros(3).long(), prior)


@pytest.mark.parametrize(
    ("name", "part"), [("label_informed_mixture", "component"), ("label_informed_roll", "arc")]
)
def test_figure_4_measures_the_share_in_the_own_part(name, part, data):
    trained = untrained(name, data, (0, 1))
    found = label_informed.measure_label_informed(trained)
    model = trained.models[1]
    with torch.no_grad():
        z = model.encode(as_pixels(data.test.images))
    own = (model.prior.nearest_class(z) == data.test.labels).float().mean().item()
    assert found[f"own_{part}_fraction"][1] == pytest.approx(own)


def test_component_grids_are_even_in_probability_along_the_own_axes():
    prior = GaussianMixture()
    grid = label_informed.component_grid(prior, 3, 20)
    local = (grid - prior.centres[3]) @ prior.axes[3].T / prior.stds
    share = torch.special.ndtr(local).view(20, 20, 2)
    even = (torch.arange(20) + 0.5) / 20
    torch.testing.assert_close(share[0, :, 0], even, atol=1e-4, rtol=0)
    torch.testing.assert_close(share[:, 0, 1], even.flip(0), atol=1e-4, rtol=0)


def test_figures_4_and_7_are_drawn(data):
    four = {"a": "label_informed_mixture", "c": "label_informed_roll"}
    figure = label_informed.draw_figure_4({k: untrained(v, data) for k, v in four.items()}, "smoke")
    titles = {ax.get_title() for ax in figure.get_axes()}
    assert {"component 0", "component 1", "component 2"} < titles
    plt.close(figure)
    figure = supervised.draw_figure_7({"a": untrained("supervised", data)}, "smoke")
    assert len(figure.axes) == 1
    plt.close(figure)


def test_styles_by_digits_keep_the_style_in_a_row(data):
    run = untrained("supervised", data)
    images = supervised.styles_by_digits(run, rows=3)
    assert images.shape == (30, 784)
    model = run.models[0]
    with torch.no_grad():
        again = model.decode(torch.zeros(30, 15), torch.arange(10).repeat(3))
    assert not torch.allclose(images[:10], again[:10])


class PaintsItsLabel:
    """Decodes label k to an image whose pixel k alone is bright."""

    classes = 10

    def decode(self, z, y):
        return torch.eye(10)[y]


def test_asked_digits_are_counted_as_the_classifier_reads_them():
    z = torch.zeros(7, 15)
    assert supervised.asked_accuracy(PaintsItsLabel(), z, lambda x: x) == 1
    assert supervised.asked_accuracy(PaintsItsLabel(), z, lambda x: x.roll(1, -1)) == 0


def ring(n=1500):
    """Two labels that no straight line separates."""
    torch.manual_seed(0)
    z = torch.randn(n, 2)
    return Labelled(z, (z.norm(dim=1) > 1.18).long())


def test_a_network_reads_what_a_straight_line_cannot():
    train, test = ring(), ring(500)
    assert linear_probe_error(train, test) > 30
    assert mlp_probe_error(train, test) < 10
    told = supervised.read_label(train, test, seed=0)
    assert told["label_probe_accuracy"] == told["mlp_label_probe_accuracy"] > 0.9
    assert told["majority_label_fraction"] == pytest.approx(0.5, abs=0.1)


def test_probes_of_noise_are_at_chance():
    torch.manual_seed(0)
    noise = Labelled(torch.randn(2000, 15), torch.randint(10, (2000,)))
    told = supervised.read_label(noise, Labelled(torch.randn(2000, 15), noise.y), seed=0)
    assert told["label_probe_accuracy"] < 0.15


def test_the_mlp_probe_refuses_what_cannot_be_learnt():
    one = Labelled(torch.randn(50, 2), torch.zeros(50).long())
    with pytest.raises(ValueError, match="at least two labels"):
        mlp_probe_error(one, one)
    with pytest.raises(ValueError, match="not finite"):
        mlp_probe_error(Labelled(one.x * torch.nan, one.y), one)


class SaysItsPixels:
    """Its logits are the first ten pixels."""

    def logits(self, x):
        return x[:, :10]


def test_error_is_the_share_of_images_whose_likeliest_label_is_another():
    images = (255 * torch.eye(10)[:, torch.arange(12) % 10]).to(torch.uint8)
    split = Split(images, torch.tensor([0, 1, 2, 3, 4, 5, 6, 7, 9, 8]))
    assert error_percent(SaysItsPixels(), split) == pytest.approx(20)


def test_classic_methods_get_the_labelled_subset_alone():
    """Ten far blobs as codes: a hundred labels are enough for each of the methods."""
    z, y = make_blobs(3000, 4, centers=10, cluster_std=0.1, random_state=0)
    z, y = torch.from_numpy(z).float(), torch.from_numpy(y).long()

    class Blobs:
        classes, train, test = 10, Split(z[:2500], y[:2500]), Split(z[2500:], y[2500:])

    class Identity:
        def encode(self, x, y=None):
            return 255 * x

    trained = Trained(None, Blobs, (0,), [Identity()], History())
    found = semi_supervised.measure_codes_with_labels(trained)
    assert set(found) == {
        (f"{method}_codes_{n}", "test_error_percent")
        for method in ("nearest", "logistic", "spreading")
        for n in (100, 1000)
    }
    assert all(values[0] < 1 for values in found.values())
    known = semi_supervised.hidden_labels(Labelled(z[:2500], y[:2500]), torch.tensor([4, 9]))
    assert known.y.tolist() == [*y[[4, 9]], *[-1] * 2498]
    assert semi_supervised.measure_codes_with_labels(replace(trained, final=False)) == {}


def entry(mean, std=None, why=None):
    return {"mean": mean, "std": std, "per_seed": [], "paper": None} | ({"why": why} if why else {})


def test_table_2_has_ours_below_the_paper_s():
    metrics = {
        "mnist_100.test_error_percent": entry(7.123, 0.456),
        "network_all.test_error_percent": entry(1.5),
        "svhn_1000.test_error_percent": entry(None, why="SVHN is not in the data folder"),
        "nearest_codes_100.test_error_percent": entry(20.0, 1.0),
    }
    rows = {row[0]: row[1:] for row in semi_supervised.table_2(Metrics(metrics))}
    assert rows["AAE (ours)"] == ["7.12 ± 0.46", "", "", "not run"]
    assert rows["encoder on the labels alone (ours)"] == ["", "", "1.50", ""]
    assert rows["5 nearest codes of an AAE without labels (ours)"][0] == "20.00 ± 1.00"
    assert rows["AAE (paper)"][0] == "1.90 ± 0.10"
    assert len({len(row) for row in rows.values()}) == 1


def test_panels_of_absent_data_are_null_with_a_reason(quick, tmp_path, monkeypatch):
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "empty"))
    order = Request("table2", "smoke", None, (0, 1), (torch.device("cpu"),), tmp_path, "test")
    _, record = reproduce(ARTEFACTS["table2"], order, print)
    metrics = json.loads(record.read_text())["metrics"]
    absent = metrics["svhn_1000.test_error_percent"]
    assert absent["mean"] is None and "SVHN is not in the data folder" in absent["why"]
    assert absent["paper"] == 17.70
    for labels in (100, 1000, "all"):
        assert len(metrics[f"mnist_{labels}.test_error_percent"]["per_seed"]) == 2
    assert (tmp_path / "table2.md").read_text().count("\n") == 17
