"""The studies of architectures: sizes of the networks, and that every run can be built."""

import pytest
import torch

from aae_course.experiments import recipes
from aae_course.experiments.architectures.rates import factor_of, multiplied
from aae_course.experiments.architectures.recipes import (
    ARCHITECTURE_RECIPES,
    BATCH_NORM_RECIPES,
    CODE,
    HIDDEN,
    TASKS,
)
from aae_course.networks.convolutional import ARCHITECTURES
from aae_course.networks.layers import BatchNorm
from aae_course.networks.size import count_parameters, match_parameters


@pytest.mark.parametrize("scale", HIDDEN)
def test_every_architecture_has_about_as_many_weights(scale):
    made = {name: recipes.get(f"{name}_generation", scale).architecture for name in ARCHITECTURES}
    sizes = {name: count_parameters(each, 784, CODE) for name, each in made.items()}
    for name in ("pooled_dense", "strided_whole", "strided_averaged"):
        matched = match_parameters(made[name], CODE, sizes["perceptrons"])
        assert abs(matched.width - made[name].width) <= 1
    assert max(sizes.values()) < 1.25 * min(sizes.values())


def test_without_tuning_an_architecture_has_the_rates_of_its_task():
    for name, task in TASKS.items():
        recipe = ARCHITECTURE_RECIPES[f"strided_whole_{name}"]
        factor = factor_of(f"strided_whole_{name}")
        assert recipe.training.optimisers == multiplied(task.optimisers, factor)
        assert multiplied(task.optimisers, 1.0) == task.optimisers


def test_batch_norm_reaches_the_code_and_takes_new_statistics():
    recipe = ARCHITECTURE_RECIPES["pooled_dense_normed_clustering"]
    encoder = recipe.architecture.make_encoder(784, CODE)
    assert isinstance(encoder[-1], BatchNorm) and recipe.training.statistics == 5000


def test_with_views_the_settings_are_those_of_the_recipe_with_a_hundred_labels():
    ours, theirs = (
        recipes.get(name).training for name in ("strided_whole_invariant", "invariant_100")
    )
    factor = factor_of("strided_whole_invariant")
    assert ours.optimisers == multiplied(theirs.optimisers, factor)
    same = ("schedule", "labels", "labelled_batch", "average", "statistics", "batch_size")
    assert all(getattr(ours, each) == getattr(theirs, each) for each in same)


@pytest.mark.parametrize("scale", HIDDEN)
@pytest.mark.parametrize("name", [*ARCHITECTURE_RECIPES, *BATCH_NORM_RECIPES])
def test_every_run_of_the_study_can_be_built(name, scale):
    recipe = recipes.get(name, scale)
    with torch.device("meta"):
        model = recipe.build(784)
    assert set(model.phases) == set(recipe.training.optimisers)
