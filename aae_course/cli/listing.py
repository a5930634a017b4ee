"""The command ``aae-course list``: what can be reproduced."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aae_course.cli.console import show


def list_artefacts(
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: with the recipe of every panel.")
    ] = False,
) -> None:
    """Show what can be reproduced, and how."""
    from rich.table import Table

    from aae_course.experiments.registry import ARTEFACTS

    if as_json:
        print(json.dumps([as_data(*item) for item in ARTEFACTS.items()], indent=1))
        return
    table = Table("name", "what", "command", title="Figures and tables", title_justify="left")
    for name, artefact in ARTEFACTS.items():
        table.add_row(name, artefact.title, command(name))
    show(table)


def command(name: str) -> str:
    """What makes the artefact called ``name``."""
    return f"aae-course reproduce {name}"


def as_data(name: str, artefact) -> dict:
    """What a program may want to know: panels name their recipes; a diagram has none."""
    return {
        "name": name,
        "title": artefact.title,
        "command": command(name),
        "panels": dict(artefact.panels),
        "trains": bool(artefact.panels),
    }
