"""The command ``aae-course bench``: its options, what it measures with them and what it shows."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

import typer

from aae_course import settings
from aae_course.cli.console import show
from aae_course.settings import check_known


def bench(
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 or mps.")] = "auto",
    precision: Annotated[
        str | None, typer.Option(help="fp32, tf32 or bf16. [default: all that the device has]")
    ] = None,
    replicas: Annotated[int, typer.Option(help="Seeds of the case with several.", min=1)] = 10,
    batch_size: Annotated[int, typer.Option(help="Of the case with a large one.", min=1)] = 1000,
    rounds: Annotated[int, typer.Option(help="Turns that every case gets.", min=2)] = 15,
    peer: Annotated[
        str | None, typer.Option(help='pythae, which needs pip install "aae-course[bench]".')
    ] = None,
    profile: Annotated[
        bool, typer.Option(help="Show where a step's time goes, and no more.")
    ] = False,
    out: Annotated[str, typer.Option(help="Folder of bench.json.")] = "results",
) -> None:
    """Measure how near training comes to the limit of this machine.

    That is the basic AAE at the paper's size, and two recipes with convolutions and distorted
    images.

    The limit is what a large matrix product in the same process allows, timed in turn with the
    training steps, so that the fractions hold on a machine that is busy now and then.

    Some examples:

        aae-course bench

        aae-course bench --device cuda

        aae-course bench --peer pythae --precision fp32

        aae-course bench --profile
    """
    from aae_course.cli.benchmark import report
    from aae_course.experiments.reproduce import check_writable
    from aae_course.training.precision import available_precisions, check_precision

    place = settings.device(device)
    asked = [check_precision(precision, place)] if precision else available_precisions(place)
    if profile:
        images = report.random_images(place)
        for case in report.profiled(asked):
            show(report.profile_table(report.profile_of(case, images)))
        return
    peer = peer and check_known(peer, report.PEERS, "peer")
    folder = settings.folder(out)
    check_writable(folder)  # before minutes of measuring depend on it
    command = shlex.join(["aae-course", *sys.argv[1:]])
    found = report.bench(place, asked, replicas, batch_size, rounds, peer, command)
    for table in report.tables(found):
        show(table)
    print(f"numbers: {report.write(found, folder)}")
