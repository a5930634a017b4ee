"""The command ``aae-course``: make the paper's figures, list them, look at this machine."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from aae_course import settings
from aae_course.checkpoint import CheckpointError
from aae_course.data import DATASETS, DataError
from aae_course.history import NonFiniteLoss

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Adversarial autoencoders: reproduce the figures and tables of the paper.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command; a user's mistake ends with one line and exit status 2."""
    try:
        app()
    except (ValueError, DataError, CheckpointError, NonFiniteLoss, OSError) as error:
        if os.environ.get("AAE_DEBUG"):
            raise
        console.print(f"aae-course: {error}", markup=False)
        sys.exit(2)


@app.command()
def reproduce(
    name: Annotated[str, typer.Argument(help="Figure or table, see `aae-course list`.")],
    scale: Annotated[
        str | None,
        typer.Option(
            help="smoke (seconds, no download), course (minutes) or paper (GPU). "
            "[default: AAE_SCALE, else course]"
        ),
    ] = None,
    data: Annotated[
        str | None, typer.Option(help=f"Another data set: {', '.join(DATASETS)}.")
    ] = None,
    seed: Annotated[int, typer.Option(help="First seed.", min=0)] = 0,
    seeds: Annotated[int, typer.Option(help="How many seeds, trained side by side.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
) -> None:
    """Train what a figure needs, draw it and write its numbers: NAME.png and NAME.json.

    An interrupted run goes on where it stopped when the same command is given again.

    Some examples:

        aae-course reproduce fig2 --scale smoke

        AAE_DATA_DIR=data aae-course reproduce fig2 --seeds 3 --out results

        aae-course reproduce fig2 --data fashion_mnist --device cuda
    """
    from aae_course.figures import ARTEFACTS
    from aae_course.registry import check_known
    from aae_course.reproduce import Order
    from aae_course.reproduce import reproduce as make

    artefact = ARTEFACTS[check_known(name, ARTEFACTS, "figure or table")]
    order = Order(
        name=name,
        scale=settings.scale(scale),
        data=data and check_known(data, DATASETS, "data set"),
        seeds=tuple(range(seed, seed + seeds)),
        device=settings.device(device),
        out=out,
        command=shlex.join(["aae-course", *sys.argv[1:]]),
    )
    try:
        picture, record = make(artefact, order, console.print)
    except KeyboardInterrupt:  # here, since typer would only say "Aborted"
        console.print("aae-course: interrupted. The same command goes on from here.")
        raise typer.Exit(130) from None
    typer.echo(f"picture: {picture}")
    typer.echo(f"numbers: {record}")


@app.command("list")
def list_artefacts() -> None:
    """Show what can be reproduced, and how."""
    from aae_course.figures import ARTEFACTS

    table = Table("name", "what", "command", title="Figures and tables", title_justify="left")
    for name, artefact in ARTEFACTS.items():
        table.add_row(name, artefact.title, f"aae-course reproduce {name}")
    Console().print(table)


@app.command()
def doctor() -> None:
    """Check this machine: versions, device, data, each with a line of advice."""
    from aae_course.doctor import examine

    table = Table("", "what", "found", "advice", title="This machine", title_justify="left")
    for finding in examine():
        table.add_row("✓" if finding.good else "·", finding.what, finding.found, finding.advice)
    Console().print(table)
