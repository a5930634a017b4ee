"""Figure 11: codes around their heads, in the plane and on a circle, and its numbers."""

import math
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
import small
import torch

from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.clusters import figure_11 as reduction
from aae_course.experiments.trained import Trained
from aae_course.metrics.clustering import clustered, score
from aae_course.metrics.codes import error_percent
from aae_course.networks.replicas import build_replicas
from aae_course.training.history import History
from aae_course.training.loop import fit
from aae_course.training.progress import NoProgress


def test_the_circle_has_its_points_evenly_around():
    points = reduction.circle(4)
    expected = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    torch.testing.assert_close(points, expected, atol=1e-6, rtol=0)
    steps = (reduction.circle(10) - reduction.circle(10).roll(1, 0)).norm(dim=1)
    torch.testing.assert_close(steps, torch.full((10,), 2 * math.sin(math.pi / 10)))


def stars(ax):
    """Where the heads are drawn."""
    return torch.from_numpy(ax.collections[-1].get_offsets().data).float()


def test_learned_heads_are_drawn_where_they_are(closed):
    model, ax = small.BUILDERS["reduction"]().eval(), plt.subplots()[1]
    reduction.draw_codes_and_heads(ax, model, small.split())
    torch.testing.assert_close(stars(ax), model.heads.points.detach())
    assert model.heads.points.abs().max().item() < ax.get_xlim()[1]
    assert {text.get_text() for text in ax.texts} == set("0123456789")


def test_heads_in_ten_dimensions_are_drawn_on_a_circle(closed):
    model, ax = small.BUILDERS["reduction with fixed heads"]().eval(), plt.subplots()[1]
    split = small.split()
    reduction.draw_codes_and_heads(ax, model, split)
    torch.testing.assert_close(stars(ax), 10 * reduction.circle(10), atol=1e-5, rtol=0)
    with torch.no_grad():
        expected = model.encode(split.images / 255) @ reduction.circle(10)
    drawn = torch.from_numpy(ax.collections[0].get_offsets().data).float()
    torch.testing.assert_close(drawn, expected, atol=1e-5, rtol=1e-4)


class PaintsItsCode:
    """Its images have two pixels, which are its code; its heads are given."""

    def __init__(self, points):
        self.heads = type("Heads", (), {"points": points})

    def decode(self, z, y=None):
        return z


def test_the_decoded_plane_has_its_heads_on_the_image_of_their_code(closed):
    limit = 1.0
    model = PaintsItsCode(torch.tensor([[0.5, 0.75], [-1.0, -1.0]]))
    ax = plt.subplots()[1]
    reduction.draw_decoded_plane(ax, model, limit, rows=4, shape=(1, 1, 2))
    ink = 1 - ax.images[0].get_array()[..., 0]  # rows of four images, each a pixel high
    assert ink[0, 6:].tolist() == pytest.approx([0.75, 0.75], abs=0.02)
    # Image 3 of a row starts at 5.5: x = 0.5 is the border of the last two images.
    torch.testing.assert_close(stars(ax), torch.tensor([[5.5, 0.0], [-0.5, 3.5]]))


@pytest.fixture(scope="module")
def panels():
    """Every panel, trained for an epoch on few of the small digits."""
    data, found = load("digits"), {}
    few = replace(data, train=replace(data.train, images=data.train.images[:400],
                                      labels=data.train.labels[:400]))  # fmt: skip
    for panel, name in reduction.ARTEFACT.panels.items():
        recipe = recipes.get(name, "smoke")
        few_labels = recipe.training.labels and 100
        training = replace(recipe.training, epochs=1, labels=few_labels)
        model = build_replicas(lambda replicas, build=recipe.build: build(784, replicas), [0])
        fit(model, few.train, training, [0], progress=NoProgress())
        found[panel] = Trained(recipe, few, (0,), [model], History(), "smoke")
    return found


def test_figure_11_has_a_panel_for_each_model(panels, closed):
    figure = reduction.draw_figure_11(panels, "smoke")
    pairs = [(panel, run) for row in "abcd" for panel, run in panels.items() if panel[0] == row]
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == [f"({panel[0]}) {run.recipe.title}" for panel, run in pairs]
    heads = [len(stars(ax)) for ax in figure.axes]
    assert heads == [10] * 4 + [20] * 2 + [10] * 2


@pytest.mark.parametrize("panel", ["a", "b", "d", "a_views"])
def test_with_labels_the_error_is_that_of_the_likeliest_category(panel, panels):
    run = panels[panel]
    found = reduction.measure_reduction(run)
    assert found["test_error_percent"] == [error_percent(run.models[0], run.data.test)]
    assert found["validation_error_percent"] == [error_percent(run.models[0], run.data.validation)]
    on_the_way = reduction.measure_reduction(replace(run, final=False))
    assert list(on_the_way) == ["test_error_percent"]


@pytest.mark.parametrize("panel", ["c", "c_views"])
def test_without_labels_the_clusters_are_named_first(panel, panels):
    run = panels[panel]
    model, data = run.models[0], run.data
    expected = score(clustered(model, data.validation), clustered(model, data.test))
    assert reduction.measure_reduction(run) == {key: [value] for key, value in expected.items()}


def test_the_papers_errors_belong_to_panels(panels):
    assert {row for row, _ in reduction.ARTEFACT.paper} == set("abcd") < set(panels)
