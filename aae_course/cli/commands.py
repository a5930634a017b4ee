"""The command ``aae-course``: make the paper's figures, list them, look at this machine."""

from __future__ import annotations

import os
import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from aae_course import settings
from aae_course.data.datasets import DATASETS
from aae_course.data.downloads import DataError
from aae_course.settings import check_known
from aae_course.training.checkpoint import CheckpointError
from aae_course.training.history import NonFiniteLoss
from aae_course.training.precision import PRECISIONS

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Adversarial autoencoders: reproduce the figures and tables of the paper.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
MISTAKES = (ValueError, DataError, CheckpointError, NonFiniteLoss, OSError)


def main() -> None:
    """Run the command; a user's mistake ends with one line and exit status 2."""
    try:
        app()
    except MISTAKES as error:
        if os.environ.get("AAE_DEBUG"):
            raise
        say(f"aae-course: {error}")
        sys.exit(2)


@app.command()
def reproduce(
    names: Annotated[list[str], typer.Argument(help="Figures and tables, see `aae-course list`.")],
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
    device: Annotated[
        str, typer.Option(help="auto, cpu, mps, cuda (all GPUs share the seeds) or cuda:1.")
    ] = "auto",
    precision: Annotated[
        str | None,
        typer.Option(help="fp32, tf32 or bf16 products. [default: the recipe's, mostly fp32]"),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Stop after so many minutes, to go on later.", min=0)
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
) -> None:
    """Train what a figure needs, draw it and write its numbers: NAME.png and NAME.json.

    A run that was interrupted, or stopped by --minutes (exit status 3), goes on where it was when
    the same command is given again. Every three minutes it is saved, and says how it stands.

    Some examples:

        aae-course reproduce fig2 --scale smoke

        AAE_DATA_DIR=data aae-course reproduce fig2 --seeds 3 --out results

        aae-course reproduce fig2 --data fashion_mnist --device cuda

        aae-course reproduce fig1 fig2 --scale paper --seeds 10 --minutes 600
    """
    from aae_course.experiments.panel_run import Request
    from aae_course.experiments.registry import ARTEFACTS

    for name in names:
        check_known(name, ARTEFACTS, "figure or table")
    request = Request(
        name=names[0],
        scale=settings.scale(scale),
        data=data and check_known(data, DATASETS, "data set"),
        seeds=tuple(range(seed, seed + seeds)),
        devices=settings.devices(device, seeds),
        out=out,
        command=shlex.join(["aae-course", *sys.argv[1:]]),
        precision=precision and check_known(precision, PRECISIONS, "precision"),
        deadline=None if minutes is None else time.monotonic() + 60 * minutes,
    )
    made = [_make(ARTEFACTS[name], replace(request, name=name)) for name in names]
    if not all(made):
        raise typer.Exit(2)


def _make(artefact, request) -> bool:
    """Make one artefact; where it fails say why, so that those after it still have their turn."""
    from aae_course.experiments.reproduce import reproduce as make
    from aae_course.training.interrupt import OutOfTime

    try:
        picture, record = make(artefact, request, say)
    except KeyboardInterrupt:  # here, since typer would only say "Aborted"
        say("aae-course: interrupted. The same command goes on from here.")
        raise typer.Exit(130) from None
    except OutOfTime:
        say("aae-course: the time is up. The same command goes on from here.")
        raise typer.Exit(3) from None
    except MISTAKES as error:
        if os.environ.get("AAE_DEBUG"):
            raise
        say(f"aae-course: {request.name}: {error}")
        return False
    typer.echo(f"picture: {picture}")
    typer.echo(f"numbers: {record}")
    return True


def say(text: str) -> None:
    """Tell the user something, above a progress bar if there is one."""
    tqdm.write(text, file=sys.stderr)


@app.command("list")
def list_artefacts() -> None:
    """Show what can be reproduced, and how."""
    from aae_course.experiments.registry import ARTEFACTS

    table = Table("name", "what", "command", title="Figures and tables", title_justify="left")
    for name, artefact in ARTEFACTS.items():
        table.add_row(name, artefact.title, f"aae-course reproduce {name}")
    Console().print(table)


@app.command()
def bench(
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 or mps.")] = "auto",
    precision: Annotated[
        str | None, typer.Option(help="fp32, tf32 or bf16. [default: all that the device has]")
    ] = None,
    replicas: Annotated[int, typer.Option(help="Seeds of the case with several.", min=1)] = 10,
    batch_size: Annotated[int, typer.Option(help="Of the case with a large one.", min=1)] = 1000,
    rounds: Annotated[int, typer.Option(help="Turns that every case gets.", min=2)] = 15,
    peer: Annotated[
        str | None, typer.Option(help='pythae, which needs pip install -e ".[bench]".')
    ] = None,
    profile: Annotated[
        bool, typer.Option(help="Show where a step's time goes, and no more.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder of bench.json.")] = Path("results"),
) -> None:
    """Measure how near training at the paper's size comes to the limit of this machine.

    The limit is what a large matrix product in the same process allows, timed in turn with the
    training steps, so that the fractions hold on a machine that is busy now and then.

    Some examples:

        aae-course bench

        aae-course bench --device cuda

        aae-course bench --peer pythae --precision fp32

        aae-course bench --profile
    """
    from aae_course.cli.benchmark import report
    from aae_course.cli.benchmark.subjects import Case
    from aae_course.experiments.reproduce import check_writable
    from aae_course.training.precision import available_precisions, check_precision

    place = settings.device(device)
    asked = [check_precision(precision, place)] if precision else available_precisions(place)
    if profile:
        images = report.random_images(place)
        for one in asked:
            found = report.profile_of(Case(precision=one), images)
            Console().print(report.profile_table(found))
        return
    peer = peer and check_known(peer, report.PEERS, "peer")
    check_writable(out)  # before minutes of measuring depend on it
    command = shlex.join(["aae-course", *sys.argv[1:]])
    found = report.bench(place, asked, replicas, batch_size, rounds, peer, command)
    for table in report.tables(found):
        Console().print(table)
    typer.echo(f"numbers: {report.write(found, out)}")


@app.command()
def doctor() -> None:
    """Check this machine: versions, device, data, each with a line of advice."""
    from aae_course.cli.doctor import examine

    table = Table("", "what", "found", "advice", title="This machine", title_justify="left")
    for finding in examine():
        table.add_row("✓" if finding.good else "·", finding.what, finding.found, finding.advice)
    Console().print(table)
