"""Runs of recipes that nobody has trained."""

import torch

from aae_course.experiments import recipes
from aae_course.experiments.trained import Trained
from aae_course.training.history import History


def untrained(name, data, seeds=(0,)) -> Trained:
    """Fresh models of a recipe at smoke scale, a model for each seed."""
    recipe = recipes.get(name, "smoke")
    torch.manual_seed(0)
    models = [recipe.build(data.train.images.shape[1]).eval() for _ in seeds]
    return Trained(recipe, data, seeds, models, History(), "smoke")
