"""The command ``aae-course status``: how every figure and table stands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from aae_course import settings
from aae_course.cli.console import show


def status(
    scale: Annotated[
        str | None, typer.Option(help="smoke, course or paper. [default: AAE_SCALE, else course]")
    ] = None,
    seed: Annotated[int, typer.Option(help="First seed.", min=0, max=2**32 - 1)] = 0,
    seeds: Annotated[int, typer.Option(help="How many seeds.", min=1, max=1_000_000)] = 1,
    out: Annotated[str, typer.Option(help="Folder of the results.")] = "results",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show which figures and tables are made, stale, partly made or missing.

    Stale means that a recipe, or the source that trains, measures or draws it, has changed since.

    Some examples:

        aae-course status

        aae-course status --out figures --seeds 3

        aae-course status --json
    """
    from aae_course.experiments.registry import ARTEFACTS

    request = request_of(scale, seed, seeds, settings.folder(out))
    rows = [row(name, artefact, request) for name, artefact in ARTEFACTS.items()]
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        show(table(rows))


def request_of(scale: str | None, seed: int, seeds: int, out: Path):
    """What would be asked of `reproduce`; nothing is trained on its device."""
    from aae_course.experiments.request import Request

    return Request(
        name="",
        scale=settings.scale(scale),
        data=None,
        seeds=tuple(range(seed, seed + seeds)),
        devices=settings.devices("cpu"),
        out=out,
        command="",
    )


def row(name: str, artefact, request) -> dict:
    """How one artefact stands; numbers that the paper states, with ours beside them."""
    from aae_course.experiments.standing import standing

    stands = standing(artefact, replace(request, name=name))
    record = stands.record or {}
    return {
        "name": name,
        "title": artefact.title,
        "state": stands.state,
        "why": stands.why,
        **{key: record.get(key) for key in ("scale", "seeds", "device", "processor")},
        **{key: record.get(key) for key in ("made_at", "wall_seconds", "command")},
        "numbers": {
            key: entry | {"as_good_as_paper": compared(key, record)}
            for key, entry in record.get("metrics", {}).items()
            if entry["paper"] is not None
        },
    }


def compared(key: str, record: dict) -> bool | None:
    """Whether our mean is at the paper's number or better; None where they cannot be compared."""
    from aae_course.experiments.dashboard import as_good, incomparable

    entry = record["metrics"][key]
    if entry["mean"] is None or incomparable(key, record):
        return None
    return as_good(key, entry)


def table(rows: list[dict]):
    """The same for people."""
    from rich.table import Table

    from aae_course.experiments.numbers import in_one_line

    shown = Table("name", "state", "made with", "ours and the paper's", title="Figures and tables")
    for each in rows:
        numbers = {
            key: {k: v for k, v in entry.items() if k != "as_good_as_paper"}
            for key, entry in each["numbers"].items()
        }
        state = f"{each['state']}: {each['why']}" if each["why"] else each["state"]
        shown.add_row(each["name"], state, made_with(each), in_one_line(numbers) if numbers else "")
    return shown


def made_with(row: dict) -> str:
    """Scale, seeds, processor, day and time taken, such as "course scale, 3 seeds, cpu, 4 min"."""
    from aae_course.experiments.reproduce import minutes

    if not row["seeds"]:
        return ""
    seeds = f"{len(row['seeds'])} seed{'s' * (len(row['seeds']) != 1)}"
    day = row["made_at"] and row["made_at"][:10]
    took = row["wall_seconds"] and minutes(row["wall_seconds"])
    return ", ".join(filter(None, [f"{row['scale']} scale", seeds, row["device"], day, took]))
