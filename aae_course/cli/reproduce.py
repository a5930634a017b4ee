"""The command ``aae-course reproduce``: make figures and tables of the paper."""

from __future__ import annotations

import math
import re
import shlex
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from aae_course import settings
from aae_course.cli import plan
from aae_course.cli.console import say, show
from aae_course.cli.mistakes import in_one_line
from aae_course.cli.stopping import Stopped
from aae_course.settings import check_known

if TYPE_CHECKING:  # the command starts without them
    from aae_course.experiments.artefact import Artefact
    from aae_course.experiments.request import Request

ADDRESS = re.compile(r"local|auto|.*:\d+")  # of a Ray


class WithCluster(TyperCommand):
    """A command whose option --cluster needs no address: without one it is a Ray of its own."""

    def parse_args(self, ctx, args):
        words = []
        for word, after in pairwise([*args, ""]):
            bare = word == "--cluster" and not ADDRESS.fullmatch(after)
            words += [word, "local"] if bare else [word]
        return super().parse_args(ctx, words)


def reproduce(
    names: Annotated[
        list[str] | None, typer.Argument(help="Figures and tables, see `aae-course list`.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All that is not current, the cheapest first.")
    ] = False,
    only: Annotated[
        str | None, typer.Option(help="With --all: what is missing, partial or stale.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --all: show what would run, and how long.")
    ] = False,
    scale: Annotated[
        str | None,
        typer.Option(
            help="smoke (seconds, no download), course (minutes) or paper (GPU). "
            "[default: AAE_SCALE, else course]"
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="Another data set: digits, mnist, fashion_mnist, kmnist, svhn, tfd."),
    ] = None,
    seed: Annotated[int, typer.Option(help="First seed.", min=0, max=2**32 - 1)] = 0,
    seeds: Annotated[
        int, typer.Option(help="How many seeds, trained side by side.", min=1, max=1_000_000)
    ] = 1,
    device: Annotated[
        str, typer.Option(help="auto, cpu, mps, cuda (all GPUs share the seeds) or cuda:1.")
    ] = "auto",
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="[ADDRESS]",
            help="Train with Ray, many recipes at a time: the Ray that runs at an address, such as "
            "10.0.0.1:6379; without one, on this machine. --out is a folder that all machines see.",
        ),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(help="fp32, tf32 or bf16 products. [default: the recipe's, mostly fp32]"),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Stop after so many minutes, to go on later.", min=0)
    ] = None,
    picture: Annotated[
        str, typer.Option("--format", help="png, or pdf for print; png is always there.")
    ] = "png",
    out: Annotated[str, typer.Option(help="Folder of the results.")] = "results",
    force: Annotated[bool, typer.Option("--force", help="Train anew, from the start.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Take up what other source has trained, and say so.")
    ] = False,
) -> None:
    """Train what a figure needs, draw it and write its numbers: NAME.png and NAME.json.

    A run that was interrupted, or stopped by --minutes (exit status 3), goes on where it was when
    the same command is given again. Every three minutes it is saved, and says how it stands.

    Where the source of a model has changed since it was trained, say --force or --keep.

    Some examples:

        aae-course reproduce fig2 --scale smoke

        AAE_DATA_DIR=data aae-course reproduce fig2 --seeds 3 --out results

        aae-course reproduce fig2 --data fashion_mnist --device cuda

        aae-course reproduce fig1 fig2 --scale paper --seeds 10 --minutes 600

        aae-course reproduce --all --seeds 3 --dry-run

        OMP_NUM_THREADS=1 aae-course reproduce --all --cluster
    """
    from aae_course.experiments.stamp import Stamp

    _check_together(names, every, only, dry_run, force, keep, minutes)
    scale, folder = settings.scale(scale), settings.folder(out)
    picture = check_known(picture, ("png", "pdf"), "format")
    stamp = Stamp(folder, scale, data, seed, seeds, precision)
    if every and not force and stamp.holds():
        say("all figures and tables are current")
        return

    from aae_course.data.datasets import DATASETS
    from aae_course.experiments.everything import still_to_make
    from aae_course.experiments.registry import ARTEFACTS
    from aae_course.experiments.request import Request
    from aae_course.training.precision import PRECISIONS

    names = list(dict.fromkeys(names or ARTEFACTS))  # each once
    for name in names:
        check_known(name, ARTEFACTS, "figure or table")
    request = Request(
        name=names[0],
        scale=scale,
        data=data and check_known(data, DATASETS, "data set"),
        seeds=tuple(range(seed, seed + seeds)),
        devices=settings.devices(device, 1 if cluster else seeds),
        out=folder,
        command=shlex.join(["aae-course", *sys.argv[1:]]),
        precision=precision and check_known(precision, PRECISIONS, "precision"),
        deadline=None if minutes is None else time.monotonic() + 60 * minutes,
        keep=keep,
        suffix=f".{picture}",
    )
    if every:
        waiting = still_to_make(ARTEFACTS, request, only, force)
        say(plan.in_words(waiting, len(ARTEFACTS), only))
        if dry_run and waiting:
            show(plan.as_table(waiting))
        if dry_run:
            return
        names = [each.name for each in waiting]
    artefacts = {name: ARTEFACTS[name] for name in names}
    turns = nullcontext([(replace(request, name=name), None) for name in names])
    if cluster:
        from aae_course.experiments.cluster import trained_by_ray

        turns = trained_by_ray(cluster, artefacts, request, device != "cpu", say)
    _make_all(artefacts, turns, request, force)
    if every and not still_to_make(ARTEFACTS, request, None, force=False):
        stamp.write()


def _check_together(
    names: list[str] | None,
    every: bool,
    only: str | None,
    dry_run: bool,
    force: bool,
    keep: bool,
    minutes: float | None,
) -> None:
    """Refuse options that contradict each other, or make no sense.

    Raises:
        ValueError: which, and what to do.
    """
    if force and keep:
        raise ValueError("--force trains anew and --keep takes what is there: give one of them")
    if minutes is not None and not math.isfinite(minutes):
        raise ValueError(
            f"--minutes {minutes}: that is no time; without --minutes there is no limit"
        )
    if every == bool(names):
        raise ValueError("name figures and tables, or say --all: one of the two")
    if not every and (only or dry_run):
        raise ValueError("--only and --dry-run go with --all")
    if only:
        check_known(only, ("missing", "partial", "stale"), "standing")


def _make_all(
    artefacts: Mapping[str, Artefact],
    turns: AbstractContextManager[Iterable[tuple[Request, Exception | None]]],
    request: Request,
    force: bool,
) -> None:
    """Make each when it is its turn; the command fails in the end where one of them has failed."""
    from aae_course.experiments.reproduce import forget
    from aae_course.training.interrupt import OutOfTime

    if force:  # now, since artefacts share what they train
        for artefact in artefacts.values():
            forget(artefact, request)
    made = []
    try:
        with turns as ready:
            for one, failure in ready:
                artefact = artefacts[one.name]
                if len(artefacts) > 1:
                    say(f"{one.name}, {len(made) + 1} of {len(artefacts)}: {artefact.title}")
                made.append(_make(artefact, one, failure))
    except Stopped as stopped:
        say(f"aae-course: {stopped}; what was trained is saved. {_goes_on(force)}")
        raise typer.Exit(stopped.status) from None
    except KeyboardInterrupt:  # the second Ctrl-C
        say(f"aae-course: interrupted at once, as last saved. {_goes_on(force)}")
        raise typer.Exit(130) from None
    except OutOfTime:
        say(f"aae-course: the time is up. {_goes_on(force)}")
        raise typer.Exit(3) from None
    if not all(made):
        raise typer.Exit(2)


def _make(artefact: Artefact, request: Request, failure: Exception | None) -> bool:
    """Make one artefact; where it fails say why, so that those after it still have their turn."""
    from aae_course.experiments.reproduce import reproduce as make
    from aae_course.training.interrupt import OutOfTime

    try:
        if failure is not None:
            raise failure
        picture, record = make(artefact, request, say)
    except OutOfTime:
        raise
    except Exception as error:
        say(f"aae-course: {request.name}: {in_one_line(error)}")
        return False
    print(f"picture: {picture}")
    print(f"numbers: {record}")
    return True


def _goes_on(force: bool) -> str:
    """How to go on with what was stopped: what --force began is not to be begun once more."""
    return f"The same command{' without --force' * force} goes on from here."
