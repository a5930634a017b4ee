"""Make an artefact of the paper: train its recipes, measure, draw, and write down how."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from aae_course.data.datasets import load
from aae_course.data.downloads import MissingData
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import Metrics, in_one_line
from aae_course.experiments.panel_run import PanelRun, Request
from aae_course.experiments.record import describe, drawn
from aae_course.experiments.trained import Trained
from aae_course.models import Model
from aae_course.networks.replicas import split_replicas
from aae_course.pictures.tables import draw_table, markdown_table
from aae_course.training.loop import Run
from aae_course.training.memory import peak_resident_bytes


def reproduce(
    artefact: Artefact, request: Request, say: Callable[[str], None]
) -> tuple[Path, Path]:
    """Train, measure, draw and write ``<name>.png`` and ``<name>.json``; return their paths.

    A table is written to ``<name>.md`` too.

    A run that was interrupted goes on from its checkpoints when the same is asked again.

    Args:
        artefact: what to make.
        request: how.
        say: takes a line of text for the user.

    Raises:
        DataError: a data set is missing or damaged.
        CheckpointError: a checkpoint in the folder belongs to another run, was trained by other
            source, or is damaged.
        NonFiniteLoss: a training diverged.
        OutOfTime: the deadline passed; the same request goes on from there.
        ValueError: the device lacks the precision, or memory for so many replicas.
        OSError: the folder cannot be written.
    """
    check_writable(request.out)
    started = time.monotonic()
    here = drawn(request)
    panel_runs, absent = plan(artefact, request)
    if request.force:
        for panel_run in panel_runs:
            panel_run.forget()
    for panel, why in absent.items():
        say(f"panel {panel} is left out: {why}")
    trained, metrics, earlier = train_panels(artefact, panel_runs, say)
    metrics |= artefact.not_run(absent)
    picture, record = (request.out / f"{request.name}.{kind}" for kind in ("png", "json"))
    write_views(artefact, trained, metrics, request.scale, picture)
    wall_seconds = round(earlier + time.monotonic() - started, 1)
    written = {
        **describe(request, panel_runs, trained),
        **here,
        "wall_seconds": wall_seconds,
        "peak_resident_bytes": peak_resident_bytes(),
        "metrics": metrics,
    }
    write_text(record, json.dumps(written, indent=1) + "\n")
    return picture, record


def train_panels(
    artefact: Artefact, panel_runs: Sequence[PanelRun], say: Callable[[str], None]
) -> tuple[dict[str, Trained], dict[str, dict], float]:
    """Train and measure every panel; also the seconds that training took in earlier sessions."""
    trained, metrics, earlier = {}, {}, 0.0
    for done, panel_run in enumerate(panel_runs):
        panel, left, begun = panel_run.panel, panel_runs[done:], time.monotonic()
        title, time_left = panel_run.recipe.title, training_left(left, trained.values())
        say(f"{done + 1} of {len(panel_runs)}, panel {panel}: {title}{time_left}")
        trained[panel] = panel_run.train(partial(tell_progress, artefact, left, say))
        earlier += max(0.0, trained[panel].history.seconds - (time.monotonic() - begun))
        measured = artefact.metrics(panel, trained[panel])
        metrics |= measured
        say(f"panel {panel}: {in_one_line(measured)}")
    return trained, metrics, earlier


def training_left(panel_runs: Sequence[PanelRun], trained: Collection[Trained]) -> str:
    """How long ``panel_runs`` will take at the pace of what is trained; empty if nothing is."""
    steps = sum(run.history.steps[-1] for run in trained if run.history.steps)
    if not steps:
        return ""
    pace = sum(run.history.seconds for run in trained) / steps
    seconds = pace * sum(panel_run.steps for panel_run in panel_runs)
    return f"; about {minutes(seconds)} of training left in all"


def plan(artefact: Artefact, request: Request) -> tuple[list[PanelRun], dict[str, str]]:
    """The trainings of an artefact, checked, and why there is none for some optional panels."""
    panel_runs, absent, loaded = [], {}, {}  # panels share their images
    for panel, name in artefact.panels.items():
        recipe, needed = request.recipe(name), panel not in artefact.optional
        try:
            if recipe.data not in loaded:
                loaded[recipe.data] = load(recipe.data, device=request.devices[0], download=needed)
        except MissingData as error:
            if needed:
                raise
            absent[panel] = str(error)
            continue
        data = recipe.part_of(loaded[recipe.data])
        panel_run = PanelRun(panel, name, data, request, artefact.evaluate, artefact.survives)
        panel_run.check()
        panel_runs.append(panel_run)
    return panel_runs, absent


def tell_progress(
    artefact: Artefact, panel_runs: Sequence[PanelRun], say: Callable[[str], None], run: Run
) -> None:
    """Say how ``run``, that of the first of ``panel_runs``, stands, and how long all will take."""
    now, *later = panel_runs
    pace = run.history.seconds / run.step
    here = (run.total_steps - run.step) * pace
    everything = here + sum(panel_run.steps for panel_run in later) * pace
    say(
        f"panel {now.panel}, step {run.step:,} of {run.total_steps:,}, on validation images: "
        f"{in_one_line(measured_so_far(artefact, now, run))}; "
        f"about {minutes(here)} left here and {minutes(everything)} in all"
    )


def measured_so_far(artefact: Artefact, panel_run: PanelRun, run: Run) -> dict[str, dict]:
    """The numbers of a panel that still trains, on validation images: the test set is for the end.

    What they draw at random does not change the training.
    """

    def measure(model: Model) -> dict[str, dict]:
        so_far = Trained(
            panel_run.recipe,
            panel_run.data,
            run.seeds,
            split_replicas(model, panel_run.build, run.seeds),
            run.history,
            panel_run.request.scale,
            final=False,
        )
        return artefact.metrics(panel_run.panel, so_far)

    return run.undisturbed(measure)


def minutes(seconds: float) -> str:
    """A duration for people: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, rest = divmod(round(seconds / 60), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def write_views(
    artefact: Artefact,
    trained: Mapping[str, Trained],
    metrics: Mapping[str, dict],
    scale: str,
    picture: Path,
) -> None:
    """Write the picture, and beside it the table if there is one."""
    numbers = Metrics(metrics)
    rows = artefact.table(numbers) if artefact.table else None
    if rows:
        write_text(picture.with_suffix(".md"), markdown_table(rows))
    if artefact.draw:
        figure = artefact.draw(trained, scale)
    elif artefact.plot:
        figure = artefact.plot(numbers)
    else:
        figure = draw_table(rows, artefact.title)
    write_picture(figure, picture)


def check_writable(folder: Path) -> None:
    """Make the folder and try to write to it, before hours of training depend on it.

    Raises:
        OSError: it cannot be made or written.
    """
    probe = folder / f".probe.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        why = f"cannot write to the folder {folder} ({error.strerror})"
        raise OSError(f"{why}: choose another one with --out") from error


def write_picture(figure: Figure, path: Path) -> None:
    """Save a figure on an opaque white ground, whole or not at all."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    figure.savefig(temporary, dpi=110, facecolor="white", metadata={"Software": None})
    os.replace(temporary, path)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
