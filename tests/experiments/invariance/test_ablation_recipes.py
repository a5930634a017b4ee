"""What is left out is the only thing that changes, at every scale."""

from dataclasses import replace

import pytest

from aae_course.experiments.invariance import ablation_recipes as ablation
from aae_course.settings import SCALES

EVERY = [(task, name) for task, of_task in ablation.CHANGES.items() for name in of_task]


@pytest.mark.parametrize(("task", "left_out"), EVERY)
def test_one_thing_is_left_out(task, left_out):
    whole = ablation.ABLATION_RECIPES[f"{task}_without_nothing"]
    recipe = ablation.ABLATION_RECIPES[f"{task}_without_{left_out}"]
    options = {
        name: value
        for name, value in recipe.options.items()
        if whole.options.get(name) != value or name not in whole.options
    }
    optimisers = {
        phase
        for phase, each in recipe.training.optimisers.items()
        if each != whole.training.optimisers[phase]
    }
    changed = (*options, *optimisers) + ("average",) * (recipe.training.average == 0)
    changed += ("architecture",) * (recipe.architecture != whole.architecture)
    wanted = {"nothing": 0, "distortions": 2}.get(left_out, 1)
    assert len(changed) == wanted, changed
    training = replace(
        recipe.training, optimisers=whole.training.optimisers, average=whole.training.average
    )
    assert training == whole.training


@pytest.mark.parametrize("scale", SCALES)
def test_smoke_leaves_out_the_same(scale):
    for (task, left_out), recipe in zip(EVERY, ablation.ABLATION_RECIPES.values(), strict=True):
        of_course = ablation.CHANGES[task][left_out].get("options", {})
        at = recipe.at(scale)
        assert of_course.items() <= at.options.items()
        if left_out != "distortions":
            assert at.options.get("strength", 1.0) > 0


def test_what_has_a_rate_of_nought_does_not_learn():
    rates = [
        recipe.training.optimisers["reconstruction"].lr
        for name, recipe in ablation.ABLATION_RECIPES.items()
        if name.endswith("without_reconstruction")
    ]
    assert rates == [0.0, 0.0]
    assert (
        ablation.ABLATION_RECIPES["labels_without_demand"].training.optimisers["invariance"].lr == 0
    )
