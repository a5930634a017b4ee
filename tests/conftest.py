"""Fixtures that several tests share."""

from dataclasses import replace

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

from aae_course.experiments import recipes

matplotlib.use("Agg")


@pytest.fixture
def closed():
    """A seed to start from, and no figure left open."""
    torch.manual_seed(0)
    yield
    plt.close("all")


@pytest.fixture
def quick(monkeypatch):
    """Recipes with one epoch: the road is tested here, not the destination."""
    for name, recipe in recipes.RECIPES.items():
        smoke = {**recipe.smoke, "epochs": 1}
        monkeypatch.setitem(recipes.RECIPES, name, replace(recipe, smoke=smoke))
