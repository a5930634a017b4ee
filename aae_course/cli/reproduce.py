"""The command ``aae-course reproduce``: make figures and tables of the paper."""

from __future__ import annotations

import os
import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from aae_course import settings
from aae_course.cli.console import say
from aae_course.cli.mistakes import MISTAKES
from aae_course.data.datasets import DATASETS
from aae_course.settings import check_known
from aae_course.training.precision import PRECISIONS


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
