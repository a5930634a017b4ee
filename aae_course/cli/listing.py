"""The command ``aae-course list``: what can be reproduced."""

from __future__ import annotations

from rich.table import Table

from aae_course.cli.console import show


def list_artefacts() -> None:
    """Show what can be reproduced, and how."""
    from aae_course.experiments.registry import ARTEFACTS

    table = Table("name", "what", "command", title="Figures and tables", title_justify="left")
    for name, artefact in ARTEFACTS.items():
        table.add_row(name, artefact.title, f"aae-course reproduce {name}")
    show(table)
