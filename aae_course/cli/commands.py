"""The command ``aae-course`` and all that can follow it, each with a file of its own."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from aae_course import __version__
from aae_course.cli.benchmark.command import bench
from aae_course.cli.console import fits_boxes, prepare_streams, say
from aae_course.cli.doctor import doctor
from aae_course.cli.gpu_check.command import gpu_check
from aae_course.cli.listing import list_artefacts
from aae_course.cli.mistakes import in_one_line
from aae_course.cli.notebooks import notebooks
from aae_course.cli.playground import playground
from aae_course.cli.redrawing import dashboard, redraw
from aae_course.cli.reproduce import WithCluster, reproduce
from aae_course.cli.status import status
from aae_course.cli.stopping import Stopped, stopped_by_signals
from aae_course.cli.teaching.grade import grade

app = typer.Typer(
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=WithCluster)(reproduce)
app.command()(redraw)
app.command()(status)
app.command()(dashboard)
app.command("list")(list_artefacts)
app.command()(notebooks)
app.command()(grade)
app.command()(playground)
app.command()(bench)
app.command()(doctor)
app.command()(gpu_check)


def main() -> None:
    """Run the command, and end the process.

    Exit status: 0; 1 where doctor or gpu-check finds something broken; 2 after a mistake, which is
    told in one line; 3 after --minutes; 128 and the number of a signal that stopped it.
    """
    prepare_streams()
    with stopped_by_signals():
        sys.exit(_status(sys.argv[1:] or ["--help"]))


def _status(words: list[str]) -> int:
    """Run the command and return its exit status."""
    app.rich_markup_mode = "markdown" if fits_boxes() else None
    try:
        status = app(words, prog_name="aae-course", standalone_mode=False)
        sys.stdout.flush()  # here, where a full disk is told as any other mistake
        return status or 0
    except Stopped as stopped:
        say(f"aae-course: {stopped}.")
        return stopped.status
    except Exception as error:
        say(f"aae-course: {in_one_line(error)}")
        return 2


def _show_version(wanted: bool) -> None:
    """Print the versions that a question about the course should name."""
    if not wanted:
        return
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = "not installed"
    print(f"aae-course {__version__} (Python {platform.python_version()}, torch {torch})")
    raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the versions and exit.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Adversarial autoencoders: reproduce the figures and tables of the paper."""
