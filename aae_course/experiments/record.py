"""What a result says of itself: its settings, where its weights come from, where it was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.training.origin import commit, machine
from aae_course.training.source import hashes_of, joint_hash, reached_from

DRAWING = ("aae_course.experiments.", "aae_course.metrics.", "aae_course.pictures.")
TRAINING = ("recipe", "recipes", "recipe_run", "request", "shared_settings", "trained", "watch")


def drawn(request: Request, artefact: Artefact) -> dict:
    """How and where a result is measured and drawn.

    It is to be asked before the training, since the source may change during it.
    """
    return {
        **machine(request.devices[0]),
        "drawn_at": {**commit(), "source": source_of_drawing(artefact)},
        "command": request.command,
        "devices": len(request.devices),
    }


def source_of_drawing(artefact: Artefact) -> str:
    """The hash of the source that measures and draws an artefact.

    What trains it is noted with the weights. A drawing of an untrained model depends on the model.
    """
    measure = artefact.measure
    measures = measure.values() if isinstance(measure, Mapping) else [measure]
    functions = [*measures, artefact.draw, artefact.draw_numbers, artefact.table]
    plain = [each.func if isinstance(each, partial) else each for each in functions if each]
    reached = reached_from({each.__module__ for each in plain})
    if artefact.panels:
        reached = {
            name
            for name in reached
            if name.startswith(DRAWING) and name.rpartition(".")[2] not in TRAINING
        }
    return joint_hash(hashes_of(reached))


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
        "evaluations": {
            run.name: trained[panel].history.evaluations
            for panel, run in runs.items()
            if trained[panel].history.evaluations
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
