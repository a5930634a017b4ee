"""What the studies measure on an architecture, and runs that fail."""

from dataclasses import replace

import pytest

from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.architectures import measure as measuring
from aae_course.experiments.architectures.recipes import TASKS
from aae_course.experiments.trained import Trained
from aae_course.training.history import History


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
        assert found["row", f"{task}_failed_percent"] == [100.0, 100.0]


@pytest.mark.parametrize("task", ["semi_supervised", "clustering"])
def test_a_trained_run_says_how_large_it_is(task):
    found = measuring.MEASURE_OF_TASK[task]("row", trained(task))
    assert found["row", "parameters"][0] > 1000 and found["row", "flops_per_image"][0] > 1000


@pytest.mark.parametrize("task", TASKS)
def test_runs_whose_loss_became_infinite_count_as_failed(task):
    lost = trained(task, seeds=(), lost=(0, 1), final=False)
    share = ("row", f"{task}_failed_percent")
    assert measuring.MEASURE_OF_TASK[task]("row", lost) == {share: [100.0, 100.0]}


def test_runs_that_failed_are_counted_and_in_no_number():
    run = trained("generation", seeds=(0, 2), lost=(1, 3), final=False)
    found = measuring.named("row", "generation", {"recall": [0.1, 0.9]}, [True, False], run)
    assert found == {
        ("row", "recall"): [0.9],
        ("row", "generation_failed_percent"): [100.0, 100.0, 0.0, 100.0],
    }
    found = measuring.named("row", "generation", {"recall": [0.1, 0.9]}, [True, True], run)
    assert found["row", "recall"] == "every run failed"


@pytest.mark.parametrize(
    ("alive", "error", "failed"), [(16, 20.0, 0), (7, 20.0, 100), (8, 79.0, 0), (16, 81.0, 100)]
)
def test_clusters_have_failed_if_they_are_dead_or_say_nothing(alive, error, failed, monkeypatch):
    scores = {
        "clusters_alive": [alive], "majority_error_percent": [error],
        "normalised_mutual_information": [0.5],
    }  # fmt: skip
    monkeypatch.setattr(measuring, "measure_clusters", lambda _: scores)
    found = measuring.measure_clustering("row", trained("clustering", seeds=(0,)))
    assert found["row", "clustering_failed_percent"] == [failed]


@pytest.mark.parametrize(
    ("curve", "epoch"),
    [([10.0, 6.0, 2.0], 2.5), ([4.0, 3.0], 1.0), ([10.0, 4.0], 2.0), ([10.0, 9.0], None)],
)
def test_the_epoch_at_which_a_curve_comes_down_to_the_target(curve, epoch):
    assert measuring.crossing(curve, 4.0) == epoch


def test_epochs_to_the_target_are_those_of_sound_runs():
    run = trained("generation")
    target = measuring.TARGET * measuring.mean_image_error(run, run.data.validation.images)
    for n, each in enumerate(run.history.evaluations):
        each["validation_half_squared_error"] = [target * (2.5 - n), 1000.0]
    assert measuring.epochs_to_target(run, [False, True]) == pytest.approx([2.5])
    said = f"not reached by every seed within {run.recipe.training.epochs} epochs"
    assert measuring.epochs_to_target(run, [False, False]) == said
    assert measuring.epochs_to_target(run, [True, True]) == said


def test_the_mean_image_is_of_training_images():
    run = trained("generation")
    train = run.data.train.images.double() / 255
    expected = 0.5 * (train - train.mean(0)).square().sum(1).mean()
    found = measuring.mean_image_error(run, run.data.train.images)
    assert found == pytest.approx(expected.item(), rel=1e-4)
