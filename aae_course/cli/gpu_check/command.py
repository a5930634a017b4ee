"""The command ``aae-course gpu-check``: the parts of the check, its table, its JSON."""

from __future__ import annotations

import json
import math
import shlex
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from aae_course import settings
from aae_course.cli.console import say, show

if TYPE_CHECKING:
    import torch
    from rich.table import Table

# A name, the share of the time that is over at its end, and what is called with that end.
Part = tuple[str, float, Callable[[float], dict]]
MARKS = {True: "ok", False: "!!", None: "--"}
NO_GPU = (
    "this machine has no NVIDIA GPU that torch can use, and gpu-check is for one: run it where "
    "nvidia-smi shows a GPU, with a torch built for CUDA (this one: {})"
)


def gpu_check(
    device: Annotated[str, typer.Option(help="auto, cuda or cuda:1.")] = "auto",
    minutes: Annotated[
        float, typer.Option(help="How long it may take; what finds no time is named.", min=0)
    ] = 6,
    out: Annotated[str, typer.Option(help="Folder of gpu_check.json.")] = "results",
) -> None:
    """Check an NVIDIA GPU: does it train as it should, and how long will the paper take on it?

    It runs the tests that need a GPU, compares captured steps with eager ones, and TF32 and bf16
    with fp32. Then it times every recipe at paper scale with ten replicas, which tells the hours
    that `reproduce --all --scale paper --seeds 10` will train, and the memory.

    The exit status is 1 where something is wrong, or where there is no such GPU.

    Some examples:

        aae-course gpu-check

        aae-course gpu-check --device cuda:1 --minutes 20 --out results
    """
    import torch

    if not torch.cuda.is_available():
        say(f"aae-course: {NO_GPU.format(torch.version.cuda or 'for the CPU')}")
        raise typer.Exit(1)
    place = settings.device(device)
    if place.type != "cuda":
        raise ValueError(f"gpu-check is for NVIDIA GPUs, not for {place}: leave --device out")
    if not math.isfinite(minutes):
        raise ValueError(f"--minutes {minutes}: that is no time")
    from aae_course.data.whole_files import write_text
    from aae_course.experiments.reproduce import check_writable

    folder = settings.folder(out)
    check_writable(folder)  # before minutes of measuring depend on it
    number = place.index or 0
    torch.cuda.set_device(number)  # for what in torch does not say which GPU it means
    place = torch.device("cuda", number)
    record = check(place, minutes, parts_of(place))
    write_text(folder / "gpu_check.json", json.dumps(record, indent=1) + "\n")
    show(table(record))
    print(f"numbers: {folder / 'gpu_check.json'}")
    if any(part["good"] is False for part in record["parts"].values()):
        raise typer.Exit(1)


def parts_of(device: torch.device) -> list[Part]:
    """What is checked, in this order."""
    from aae_course.cli.gpu_check.epochs import epochs, memory
    from aae_course.cli.gpu_check.machine import cuda_tests, gpu
    from aae_course.cli.gpu_check.steps import captured, precisions

    measured: dict[str, dict] = {}  # at paper scale, by recipe
    return [
        ("device", 0.05, partial(gpu, device)),
        ("CUDA tests", 0.3, partial(cuda_tests, device)),
        ("captured against eager", 0.45, partial(captured, device)),
        ("precisions", 0.5, partial(precisions, device)),
        ("paper scale", 0.95, partial(epochs, device, measured)),
        ("memory", 1.0, partial(memory, measured)),
    ]


def check(device: torch.device, minutes: float, parts: Iterable[Part]) -> dict:
    """The record: what every part finds. One that fails leaves the others their turn."""
    from aae_course.cli.gpu_check.turns import why
    from aae_course.training.origin import commit, machine

    begun, found = time.monotonic(), {}
    for name, share, part in parts:
        started = time.monotonic()
        try:
            result = part(begun + share * 60 * minutes)
        except Exception as error:  # of every kind, since to find them is what this is for
            result = {"good": False, "found": why(error)}
        found[name] = {**result, "seconds": round(time.monotonic() - started, 1)}
    return {
        "name": "gpu_check",
        **machine(device),
        **commit(),
        "command": shlex.join(["aae-course", *sys.argv[1:]]),
        "minutes": minutes,
        "seconds": round(time.monotonic() - begun, 1),
        "parts": found,
    }


def table(record: dict) -> Table:
    """The record for a person: a row for each part."""
    from rich.table import Table

    shown = Table("", "what", "found", "s", title="This GPU", title_justify="left")
    for name, part in record["parts"].items():
        shown.add_row(MARKS[part["good"]], name, part["found"], f"{part['seconds']:.0f}")
    return shown
