"""The studies of architectures: sizes of the networks, and that every run can be built."""

import pytest
import torch

from aae_course.experiments import recipes
from aae_course.experiments.architectures.recipes import (
    ARCHITECTURE_RECIPES,
    BATCH_NORM_RECIPES,
    CODE,
    HIDDEN,
    WIDTHS,
)
from aae_course.networks.convolutional import ARCHITECTURES
from aae_course.networks.size import count_parameters, match_parameters


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


@pytest.mark.parametrize("scale", HIDDEN)
@pytest.mark.parametrize("name", [*ARCHITECTURE_RECIPES, *BATCH_NORM_RECIPES])
def test_every_run_of_the_study_can_be_built(name, scale):
    recipe = recipes.get(name, scale)
    with torch.device("meta"):
        model = recipe.build(784)
    assert set(model.phases) == set(recipe.training.optimisers)
