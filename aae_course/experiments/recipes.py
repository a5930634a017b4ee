"""Every run of the course, as data: which model on which data, and how it is trained.

A recipe holds its settings at the default scale, ``course``, and says what the other two change.
``smoke`` runs in seconds on scikit-learn's digits, ``paper`` takes the paper's settings where the
paper states them.
"""

from __future__ import annotations

from aae_course import settings
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES, BATCH_NORM_RECIPES
from aae_course.experiments.basic.recipes import BASIC_RECIPES
from aae_course.experiments.clusters.recipes import CLUSTER_RECIPES
from aae_course.experiments.comparison.recipes import COMPARISON_RECIPES
from aae_course.experiments.invariance.ablation_recipes import ABLATION_RECIPES
from aae_course.experiments.invariance.recipes import INVARIANCE_RECIPES
from aae_course.experiments.labels.recipes import LABEL_RECIPES
from aae_course.experiments.recipe import Recipe
from aae_course.settings import check_known

__all__ = ["RECIPES", "Recipe", "get"]

RECIPES: dict[str, Recipe] = {
    **BASIC_RECIPES,
    **LABEL_RECIPES,
    **CLUSTER_RECIPES,
    **INVARIANCE_RECIPES,
    **ABLATION_RECIPES,
    **COMPARISON_RECIPES,
    **ARCHITECTURE_RECIPES,
    **BATCH_NORM_RECIPES,
}


def get(name: str, scale: str | None = None) -> Recipe:
    """The recipe called ``name`` at a scale, by default that of AAE_SCALE.

    Raises:
        ValueError: no such recipe, or no such scale.
    """
    return RECIPES[check_known(name, RECIPES, "recipe")].at(settings.scale(scale))
