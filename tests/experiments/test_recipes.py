"""All recipes: their settings at every scale are those on file, and each serves what uses it.

A change of the settings that is meant is written to the file by
``python tests/experiments/test_recipes.py``; the difference then shows in the commit.
"""

import json
from pathlib import Path

import pytest

from aae_course.experiments.recipe import Recipe
from aae_course.experiments.recipes import RECIPES
from aae_course.experiments.registry import ARTEFACTS
from aae_course.settings import SCALES
from aae_course.training.as_data import as_data

ON_FILE = Path(__file__).with_name("resolved_recipes.json")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def described(recipe: Recipe) -> dict:
    """All settings of a recipe, defaults of the architecture included."""
    training = recipe.training
    return {
        "title": recipe.title,
        "model": recipe.model.__name__,
        "options": {name: as_data(value) for name, value in recipe.options.items()},
        "prior": repr(recipe.prior()) if recipe.prior else None,
        "architecture": repr(recipe.architecture),
        "data": recipe.data,
        "images": recipe.images,
        "optimisers": {phase: repr(each) for phase, each in training.optimisers.items()},
        "epochs": training.epochs,
        "batch_size": training.batch_size,
        "schedule": repr(training.schedule),
        "precision": training.precision,
        "labels": training.labels,
        "labelled_batch": training.labelled_batch,
        "average": training.average,
        "statistics": training.statistics,
    }


def resolved() -> dict[str, dict]:
    """Every recipe at every scale, by ``name@scale``."""
    return {
        f"{name}@{scale}": described(recipe.at(scale))
        for name, recipe in sorted(RECIPES.items())
        for scale in SCALES
    }


def write(settings: dict[str, dict]) -> None:
    """One line for each recipe at each scale."""
    lines = [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in settings.items()
    ]
    ON_FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def test_every_recipe_is_at_every_scale_what_is_on_file():
    on_file, now = json.loads(ON_FILE.read_text(encoding="utf-8")), resolved()
    for key in on_file.keys() | now.keys():
        assert now.get(key) == on_file.get(key), (
            f"{key} is now {json.dumps(now.get(key), indent=4, ensure_ascii=False)}\n"
            f"If that is meant, renew the file: python {__file__}"
        )


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_serves_a_figure_or_table_or_a_notebook_that_uses_it(name):
    serves = RECIPES[name].serves
    if serves in ARTEFACTS:
        assert name in ARTEFACTS[serves].panels.values()
    else:
        assert f'\\"{name}\\"' in (NOTEBOOKS / f"{serves}.ipynb").read_text(encoding="utf-8")


if __name__ == "__main__":
    write(resolved())
