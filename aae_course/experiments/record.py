"""What a result says of itself: its settings, where its weights come from, where it was drawn."""

from __future__ import annotations

from collections.abc import Mapping

from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.training.origin import commit, machine


def drawn(request: Request) -> dict:
    """How and where a result is measured and drawn.

    It is to be asked before the training, since the source may change during it.
    """
    return {
        **machine(request.devices[0]),
        "drawn_at": commit(),
        "command": request.command,
        "devices": len(request.devices),
    }


def describe(
    request: Request, runs: Mapping[str, RecipeRun], trained: Mapping[str, Trained]
) -> dict:
    """What was trained: data, recipes with all their settings, and what trained them.

    Args:
        request: how.
        runs: of each panel.
        trained: what came of them.
    """
    return {
        "name": request.name,
        "scale": request.scale,
        "seeds": list(request.seeds),
        "data": {run.data.name: run.data.sha256 for run in trained.values()},
        "panels": {panel: run.name for panel, run in runs.items()},
        "recipes": {run.name: run.recipe.as_data() for run in runs.values()},
        "trained_at": trained_at(runs, trained),
        "training_seconds": {
            run.name: round(trained[panel].history.seconds, 1) for panel, run in runs.items()
        },
    }


def trained_at(runs: Mapping[str, RecipeRun], trained: Mapping[str, Trained]) -> dict:
    """Recipe -> the sittings that its weights come from, as their checkpoints tell."""
    found: dict[str, list[dict]] = {}
    for panel, run in runs.items():
        entries = found.setdefault(run.name, [])
        for origin in trained[panel].origins:
            entry = {name: value for name, value in origin.items() if name != "modules"}
            entries += [entry] if entry not in entries else []
    return found
