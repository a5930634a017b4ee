"""Make an artefact of the paper: train its recipes, measure, draw, and write down how."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from aae_course.data.datasets import load
from aae_course.data.downloads import MissingData
from aae_course.data.whole_files import write_text
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import in_one_line
from aae_course.experiments.recipe_run import RecipeRun, checkpoints_of
from aae_course.experiments.record import describe, drawn
from aae_course.experiments.redraw import write_views
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.models import Model
from aae_course.networks.replicas import split_replicas
from aae_course.training.loop import Run
from aae_course.training.memory import peak_resident_bytes


def reproduce(
    artefact: Artefact, request: Request, say: Callable[[str], None]
) -> tuple[Path, Path]:
    """Train, measure, draw and write ``<name>.png`` and ``<name>.json``; return their paths.

    A table is written to ``<name>.md`` too. Where the request wants another kind of picture, that
    is written beside the ``.png``, and its path returned.

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
    here = drawn(request, artefact)
    runs, absent = plan(artefact, request)
    for panel, why in absent.items():
        say(f"panel {panel} is left out: {why}")
    trained, metrics, earlier = train_panels(artefact, runs, say)
    metrics |= artefact.not_run(absent)
    record = request.out / f"{request.name}.json"
    pictures = [record.with_suffix(kind) for kind in dict.fromkeys([".png", request.suffix])]
    write_views(artefact, trained, metrics, request.scale, pictures)
    wall_seconds = round(earlier + time.monotonic() - started, 1)
    written = {
        **describe(request, runs, trained),
        **here,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": wall_seconds,
        "peak_resident_bytes": peak_resident_bytes(),
        "metrics": metrics,
    }
    write_text(record, json.dumps(written, indent=1) + "\n")
    return pictures[-1], record


def forget(artefact: Artefact, request: Request) -> None:
    """Delete the checkpoints that the artefact would take up."""
    for name in artefact.panels.values():
        for path in checkpoints_of(request.runs_of(name), request.seeds):
            path.unlink()


def train_panels(
    artefact: Artefact, runs: Mapping[str, RecipeRun], say: Callable[[str], None]
) -> tuple[dict[str, Trained], dict[str, dict], float]:
    """Train and measure every panel; also the seconds that training took in earlier sessions."""
    trained, metrics, earlier = {}, {}, 0.0
    for done, (panel, run) in enumerate(runs.items()):
        left, begun = list(runs)[done:], time.monotonic()
        time_left = training_left([runs[each] for each in left], trained.values())
        say(f"{done + 1} of {len(runs)}, panel {panel}: {run.recipe.title}{time_left}")
        tell = partial(tell_progress, artefact, {each: runs[each] for each in left}, say)
        trained[panel] = run.train(tell)
        earlier += max(0.0, trained[panel].history.seconds - (time.monotonic() - begun))
        measured = artefact.metrics(panel, trained[panel])
        metrics |= measured
        say(f"panel {panel}: {in_one_line(measured)}")
    return trained, metrics, earlier


def training_left(runs: Sequence[RecipeRun], trained: Collection[Trained]) -> str:
    """How long ``runs`` will take at the pace of what is trained; empty if nothing is."""
    steps = sum(run.history.steps[-1] for run in trained if run.history.steps)
    if not steps:
        return ""
    pace = sum(run.history.seconds for run in trained) / steps
    seconds = pace * sum(run.steps for run in runs)
    return f"; about {minutes(seconds)} of training left in all"


def plan(artefact: Artefact, request: Request) -> tuple[dict[str, RecipeRun], dict[str, str]]:
    """The training of every panel, checked, and why there is none for some optional panels."""
    runs, absent, loaded = {}, {}, {}  # panels share their images
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
        runs[panel] = RecipeRun(name, recipe.part_of(loaded[recipe.data]), request)
        runs[panel].check()
    return runs, absent


def tell_progress(
    artefact: Artefact, runs: Mapping[str, RecipeRun], say: Callable[[str], None], run: Run
) -> None:
    """Say how ``run``, that of the first of the panels, stands, and how long all will take."""
    panel, *later = runs
    pace = run.history.seconds / run.step
    here = (run.total_steps - run.step) * pace
    everything = here + sum(runs[each].steps for each in later) * pace
    so_far = in_one_line(measured_so_far(artefact, panel, runs[panel], run))
    say(
        f"panel {panel}, step {run.step:,} of {run.total_steps:,}, on validation images: "
        f"{so_far}; about {minutes(here)} left here and {minutes(everything)} in all"
    )


def measured_so_far(
    artefact: Artefact, panel: str, recipe_run: RecipeRun, run: Run
) -> dict[str, dict]:
    """The numbers of a panel that still trains, on validation images: the test set is for the end.

    What they draw at random does not change the training.
    """

    def measure(model: Model) -> dict[str, dict]:
        so_far = Trained(
            recipe_run.recipe,
            recipe_run.data,
            run.seeds,
            split_replicas(model, recipe_run.build, run.seeds),
            run.history,
            recipe_run.request.scale,
            final=False,
        )
        return artefact.metrics(panel, so_far)

    return run.undisturbed(measure)


def minutes(seconds: float) -> str:
    """A duration for people: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, rest = divmod(round(seconds / 60), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def check_writable(folder: Path) -> None:
    """Make the folder and try to write to it, before hours of training depend on it.

    Raises:
        OSError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        why = f"cannot write to the folder {folder} ({error.strerror})"
        raise OSError(f"{why}: choose another one with --out") from error
