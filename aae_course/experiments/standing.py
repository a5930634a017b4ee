"""How a figure or table stands: current, stale, partly made or missing, and why.

A record says which recipes, source and seeds it comes from; here these are compared with what the
same command would use now. Nothing is loaded and nothing is trained for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.recipe_run import source_now
from aae_course.experiments.record import source_of_drawing
from aae_course.experiments.request import Request

CURRENT, STALE, PARTIAL, MISSING = "current", "stale", "partial", "missing"


@dataclass(frozen=True)
class Standing:
    """How an artefact stands, why, and its record if there is one."""

    state: str
    why: str = ""
    record: dict | None = None


def standing(artefact: Artefact, request: Request) -> Standing:
    """How the artefact stands in the folder of the request, at its scale and with its seeds."""
    record = read(request.out / f"{request.name}.json")
    if record is None or not (request.out / f"{request.name}.png").exists():
        return Standing(MISSING, "not made yet", record)
    if record["scale"] != request.scale:
        return Standing(MISSING, f"made at {record['scale']} scale", record)
    why = next(changes(artefact, request, record), None)
    if why is not None:
        return Standing(STALE, why, record)
    absent = [seed for seed in request.seeds if seed not in record["seeds"]]
    if absent and artefact.panels:
        there = ", ".join(map(str, record["seeds"]))
        return Standing(PARTIAL, f"seeds {there} are there, {len(absent)} are not", record)
    return Standing(CURRENT, "", record)


def read(path: Path) -> dict | None:
    """A record; None where there is none, or where it is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and "metrics" in record else None


def changes(artefact: Artefact, request: Request, record: dict) -> Iterator[str]:
    """What is no longer as the record has it."""
    if "trained_at" not in record:
        yield "its record is older than the note of the source that made it"
        return
    panels = {panel: name for panel, name in artefact.panels.items() if panel in record["panels"]}
    if record["panels"] != panels or artefact.panels.keys() - panels - artefact.optional.keys():
        yield "it has other panels"
    for name in dict.fromkeys(panels.values()):
        recipe = request.recipe(name)
        if comparable(record["recipes"][name]) != comparable(json_of(recipe.as_data())):
            yield f"the recipe {name} has changed"
        elif {each["source"] for each in record["trained_at"][name]} != {source_now(name, request)}:
            yield f"the source that trains {name} has changed"
    if record["drawn_at"].get("source") != source_of_drawing(artefact):
        yield "what measures or draws it has changed"


def comparable(recipe: dict) -> dict:
    """A recipe without the shape of the images, which is known only when they are loaded."""
    architecture = {k: v for k, v in recipe["architecture"].items() if k != "image_shape"}
    return {**recipe, "architecture": architecture}


def json_of(data: dict) -> dict:
    """Data as they come back from a file."""
    return json.loads(json.dumps(data))
