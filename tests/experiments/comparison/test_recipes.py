"""The runs of the comparison: equal terms, and priors of one size."""

import pytest
import torch

from aae_course.experiments.comparison.recipes import (
    COMPARISON_RECIPES,
    METHODS_WITH_PRIOR,
    PRIORS,
    SPACES,
)


def test_every_space_has_every_method_on_equal_terms():
    names = {f"{space}_{method}" for space in SPACES for method in METHODS_WITH_PRIOR}
    assert names < set(COMPARISON_RECIPES)
    for scale in ("smoke", "course", "paper"):
        settings = [recipe.at(scale) for recipe in COMPARISON_RECIPES.values()]
        assert len({one.architecture.hidden for one in settings}) == 1
        assert len({(one.training.epochs, one.training.batch_size) for one in settings}) == 1
        assert len({one.data for one in settings}) == 1


@pytest.mark.parametrize("dim", [8, 20])
@pytest.mark.parametrize("kind", ["gaussian", "mixture"])
def test_priors_have_variance_1_in_a_coordinate_on_average(dim, kind):
    torch.manual_seed(0)
    second_moment = PRIORS[dim, kind]().sample(50_000).square().mean()
    assert second_moment.item() == pytest.approx(1, abs=0.02)
