"""The command ``aae-course`` and all that can follow it, each with a file of its own."""

from __future__ import annotations

import os
import sys

import typer

from aae_course.cli.benchmark.command import bench
from aae_course.cli.console import say
from aae_course.cli.doctor import doctor
from aae_course.cli.listing import list_artefacts
from aae_course.cli.mistakes import MISTAKES
from aae_course.cli.notebooks import notebooks
from aae_course.cli.reproduce import reproduce

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Adversarial autoencoders: reproduce the figures and tables of the paper.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(reproduce)
app.command("list")(list_artefacts)
app.command()(notebooks)
app.command()(bench)
app.command()(doctor)


def main() -> None:
    """Run the command; a user's mistake ends with one line and exit status 2."""
    try:
        app()
    except MISTAKES as error:
        if os.environ.get("AAE_DEBUG"):
            raise
        say(f"aae-course: {error}")
        sys.exit(2)
