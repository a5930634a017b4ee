"""The study of notebook 11: its sizes, its measures, seeds that fail, and planted effects."""

import itertools
from dataclasses import replace

import pytest
import torch
from made_study import PLANTED, synthetic

from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.architectures import batch_norm, measure as measuring, study
from aae_course.experiments.architectures.failures import failed_percent
from aae_course.experiments.architectures.recipes import (
    ARCHITECTURE_RECIPES,
    BATCH_NORM_RECIPES,
    CODE,
    HIDDEN,
    PLACES,
    TASKS,
    WIDTHS,
)
from aae_course.experiments.architectures.study import (
    COLUMNS_OF_STUDY,
    combination,
    draw_effects,
    effects_on,
    table_architectures,
)
from aae_course.experiments.numbers import Metrics, summarise
from aae_course.experiments.panel_run import PanelRun, Request
from aae_course.experiments.trained import Trained
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional
from aae_course.networks.size import count_parameters, match_parameters
from aae_course.training.history import History, NonFiniteLoss


def test_every_architecture_has_about_as_many_weights():
    for scale in HIDDEN:
        sizes = {
            name: count_parameters(recipes.get(f"{name}_generation", scale).architecture, 784, CODE)
            for name in ARCHITECTURES
        }
        for name, kind in (("pooled_dense", "dense"), ("strided_averaged", "averaged")):
            matched = match_parameters(ARCHITECTURES[name], CODE, sizes["perceptrons"])
            assert matched.width == WIDTHS[scale][kind]
        assert max(sizes.values()) < 1.25 * min(sizes.values())


def test_all_combinations_of_the_three_changes_are_there_once():
    found = [combination(a) for a in ARCHITECTURES.values() if isinstance(a, Convolutional)]
    assert sorted(found) == sorted(itertools.product((False, True), repeat=3))


@pytest.mark.parametrize("scale", HIDDEN)
@pytest.mark.parametrize("name", [*ARCHITECTURE_RECIPES, *BATCH_NORM_RECIPES])
def test_every_run_of_the_study_can_be_built(name, scale):
    recipe = recipes.get(name, scale)
    with torch.device("meta"):
        model = recipe.build(784)
    assert set(model.phases) == set(recipe.training.optimisers)


def test_a_recipe_takes_networks_for_the_images_at_hand():
    recipe = recipes.get("strided_dense_generation", "smoke")
    data = load("digits")
    coloured = replace(data, image_shape=(3, 32, 32))
    assert recipe.on(coloured).architecture.image_shape == (3, 32, 32)
    assert recipe.on(data).architecture == recipe.architecture
    perceptrons = recipes.get("perceptrons_generation", "smoke")
    assert perceptrons.on(coloured) is perceptrons


def test_a_recipe_takes_a_part_of_the_images():
    data = load("digits")
    recipe = replace(recipes.get("aae_gaussian", "smoke"), images=100)
    some = recipe.part_of(data)
    assert len(some.train) == 100 and len(some.test) == len(data.test)
    assert torch.equal(some.train.images, data.train.images[:100])
    assert len(replace(recipe, images=None).part_of(data).train) == len(data.train)


# Numbers of one architecture


def trained(task, seeds=(0, 1), lost=(), **changes):
    """Models of the study, not trained at all, on a part of the small digits."""
    recipe = recipes.get(f"strided_dense_normed_{task}", "smoke")
    data = replace(recipe, images=100).part_of(load("digits"))
    models = [recipe.on(data).build(784).eval() for _ in seeds]
    evaluations = [{"epoch": n, "validation_half_squared_error": [30.0 / n] * 2} for n in (1, 2, 3)]
    history = History([10], {}, evaluations, seconds=2.0)
    return Trained(recipe, data, seeds, models, history, "smoke", lost=lost, **changes)


@pytest.mark.parametrize("task", TASKS)
def test_what_is_measured_stands_under_the_architecture_s_name(task):
    found = measuring.MEASURE_OF_TASK[task]("row", trained(task, final=False))
    assert {row for row, _ in found} == {"row"}
    if task != "clustering":  # nobody has trained these, but random clusters are not empty
        assert found["row", f"{task}_failed_percent"] == [100]
    assert {len(value) for value in found.values()} <= {1, 2}


@pytest.mark.parametrize("task", TASKS)
def test_runs_whose_loss_became_infinite_count_as_failed(task):
    lost = trained(task, seeds=(), lost=(0, 1), final=False)
    share = ("row", f"{task}_failed_percent")
    assert measuring.MEASURE_OF_TASK[task]("row", lost) == {share: [100.0]}
    some = measuring.named("row", task, {}, [False], trained(task, seeds=(0,), lost=(1, 2, 3)))
    assert some == {share: [75.0]}


def test_every_panel_of_the_study_has_its_measure():
    measures = study.ARTEFACT.measure
    assert list(measures) == list(study.ARTEFACT.panels) == list(ARCHITECTURE_RECIPES)
    assert measures["strided_averaged_normed_semi_supervised"].args == ("strided_averaged_normed",)
    assert list(batch_norm.ARTEFACT.measure) == list(BATCH_NORM_RECIPES)


@pytest.mark.parametrize(
    ("curve", "epoch"),
    [([10.0, 6.0, 2.0], 2.5), ([4.0, 3.0], 1.0), ([10.0, 4.0], 2.0), ([10.0, 9.0], None)],
)
def test_the_epoch_at_which_a_curve_comes_down_to_the_target(curve, epoch):
    assert measuring.crossing(curve, 4.0) == epoch


def test_a_target_that_a_seed_did_not_reach_is_said_in_words():
    far = trained("generation")
    for each in far.history.evaluations:
        each["validation_half_squared_error"] = [1.0, 1000.0]
    assert "not reached by every seed within 2 epochs" in measuring.epochs_to_target(far, 4.0)


# Seeds that diverge


@pytest.fixture
def panel_run(tmp_path):
    request = Request("x", "smoke", None, (0, 1, 2), (torch.device("cpu"),), tmp_path, "a command")
    return PanelRun("panel", "perceptrons_generation", load("digits"), request, survives=True)


def diverges(*broken):
    def train_together(panel_run, report=None):
        if set(panel_run.request.seeds) & set(broken):
            raise NonFiniteLoss("the loss is not finite")
        history = History(
            [1], {"reconstruction": [[float(seed) for seed in panel_run.request.seeds]]}
        )
        return Trained(
            panel_run.recipe, panel_run.data, panel_run.request.seeds, [panel_run.build()], history
        )

    return train_together


def test_seeds_that_diverge_are_named_and_the_others_go_on(panel_run, monkeypatch):
    monkeypatch.setattr(PanelRun, "train_together", diverges(1))
    found = panel_run.train()
    assert found.seeds == (0, 2) and found.lost == (1,) and len(found.models) == 2
    assert found.history.losses == {"reconstruction": [[0.0, 2.0]]}


def test_all_seeds_may_diverge(panel_run, monkeypatch):
    monkeypatch.setattr(PanelRun, "train_together", diverges(0, 1, 2))
    found = panel_run.train()
    assert found.seeds == () and found.lost == (0, 1, 2) and found.models == []


def test_elsewhere_a_seed_that_diverges_stops_the_run(panel_run, monkeypatch):
    monkeypatch.setattr(PanelRun, "train_together", diverges(1))
    with pytest.raises(NonFiniteLoss):
        replace(panel_run, survives=False).train()


# What is made of the numbers


@pytest.mark.parametrize("column", PLANTED)
def test_planted_effects_are_found(column):
    found = effects_on(Metrics(synthetic()), column)
    for name, effect in found.items():
        planted = PLANTED[column].get(name, 0.0)
        assert effect.size == pytest.approx(planted, abs=3 * effect.half_width + 1e-9)
        if planted:
            assert effect.told_from_zero


def test_without_enough_numbers_it_says_so():
    assert "with one seed" in effects_on(Metrics(synthetic(seeds=1)), "half_squared_error")
    metrics = synthetic()
    metrics["strided_averaged.half_squared_error"] |= {"mean": None, "per_seed": []}
    metrics = Metrics(metrics)
    why = effects_on(metrics, "half_squared_error")
    assert "no number with strides and no dense layer on" in why
    draw_effects(metrics)
    rows = {row[0]: row for row in table_architectures(metrics)}
    assert rows["strided, averaged"][3] == "–"


def test_the_table_has_a_row_for_each_architecture_and_marks_the_best():
    metrics = synthetic(noise=1e-6)
    metrics["pooled_dense.clustering_failed_percent"] = summarise([100.0], None)
    metrics = Metrics(metrics)
    heading, *rows = table_architectures(metrics)
    assert len(rows) == len(ARCHITECTURES) and {len(row) for row in rows} == {len(heading)}
    cells = {row[0]: row for row in rows}
    place = heading.index("reconstruction")
    assert cells["pooled, averaged, batch norm"][place].startswith("**")
    assert not cells["strided, dense"][place].startswith("**")
    assert cells["pooled, dense"][-1] == "33" and failed_percent(metrics, "strided_dense") == 0.0


def test_an_architecture_that_failed_is_not_among_the_best():
    metrics = synthetic(noise=1e-6)
    metrics["pooled_averaged_normed.generation_failed_percent"] = summarise([33.3], None)
    rows = {row[0]: row for row in table_architectures(Metrics(metrics))}
    assert not rows["pooled, averaged, batch norm"][3].startswith("**")


def test_the_picture_has_a_panel_for_each_column():
    figure = draw_effects(Metrics(synthetic()))
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == [column.title for column in COLUMNS_OF_STUDY]


def test_the_table_of_batch_norm_has_a_row_for_each_place():
    metrics = {
        f"norm_{place}.{column.name}": summarise([float(n), n + 0.01], None)
        for n, place in enumerate(PLACES)
        for column in batch_norm.COLUMNS_OF_PLACES
    }
    _, *rows = batch_norm.table_batch_norm(Metrics(metrics))
    assert len(rows) == len(PLACES)
    assert rows[0][1].startswith("**") and rows[-1][4].startswith("**")
    assert not rows[0][4].startswith("**") and rows[0][-1] == "0"
