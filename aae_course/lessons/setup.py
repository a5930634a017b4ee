"""What every notebook begins with: a recipe, its data, this machine's device; and the records."""

from __future__ import annotations

import json

import matplotlib.pyplot as plt
import torch

from aae_course import settings
from aae_course.data import Dataset, load
from aae_course.experiments import recipes
from aae_course.experiments.recipe import Recipe
from aae_course.pictures.style import STYLE

FIGURES = settings.course_folder("figures")  # the committed figures and their records


def prepare(name: str, dpi: int = 72) -> tuple[Recipe, Dataset, torch.device]:
    """The recipe called ``name`` at this session's scale, its data, and the device they are on.

    Args:
        name: of the recipe.
        dpi: of the notebook's pictures; few keep its file small.
    """
    plt.rcParams.update(STYLE | {"figure.dpi": dpi})
    device, recipe = settings.device(), recipes.get(name)
    data = load(recipe.data, device=device)
    print(f"{settings.scale()} scale: {data.name}, {len(data.train):,} images, {device}")
    return recipe, data, device


def record(name: str) -> dict | None:
    """The committed record of a figure or table, ``figures/NAME.json``; None where there is none.

    Args:
        name: such as "table2".
    """
    path = FIGURES / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
