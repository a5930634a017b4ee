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
        assert found["row", f"{task}_failed_percent"] == [100]
    assert {len(value) for value in found.values()} <= {1, 2}


@pytest.mark.parametrize("task", TASKS)
def test_runs_whose_loss_became_infinite_count_as_failed(task):
    lost = trained(task, seeds=(), lost=(0, 1), final=False)
    share = ("row", f"{task}_failed_percent")
    assert measuring.MEASURE_OF_TASK[task]("row", lost) == {share: [100.0]}
    some = measuring.named("row", task, {}, [False], trained(task, seeds=(0,), lost=(1, 2, 3)))
    assert some == {share: [75.0]}


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
    said = f"not reached by every seed within {far.recipe.training.epochs} epochs"
    assert said in measuring.epochs_to_target(far, 4.0)
