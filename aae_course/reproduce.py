"""Make an artefact of the paper: train its recipes, measure, draw, and write down how."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
from matplotlib.figure import Figure

from aae_course import recipes
from aae_course.data import Dataset, load
from aae_course.history import History
from aae_course.models import Model
from aae_course.networks import build_replicas, take_replica
from aae_course.recipes import Recipe
from aae_course.training import fit

VERSIONS_OF = ("aae-course", "torch", "torchvision", "numpy", "scikit-learn", "matplotlib")


@dataclass(frozen=True)
class Trained:
    """A recipe that was run: one model for each seed, in evaluation mode."""

    recipe: Recipe
    data: Dataset
    seeds: tuple[int, ...]
    models: list[Model]
    history: History


@dataclass(frozen=True)
class Artefact:
    """A figure or table of the paper.

    Args:
        title: one line for a list.
        panels: the recipe behind each panel or row.
        draw: makes the picture from what was trained and the scale.
        measure: numbers of one panel, each with a value for every seed.
        paper: the paper's value of a metric, where it states one.
    """

    title: str
    panels: Mapping[str, str]
    draw: Callable[[Mapping[str, Trained], str], Figure]
    measure: Callable[[Trained], Mapping[str, list[float]]] | None = None
    paper: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """What was asked for on the command line, checked.

    Args:
        name: of the artefact.
        scale: smoke, course or paper.
        data: a data set instead of the recipes' own, or None.
        seeds: one run each.
        device: where to train.
        out: folder of the results; checkpoints go to a folder of the artefact's name in it.
        command: as typed, for the record.
    """

    name: str
    scale: str
    data: str | None
    seeds: tuple[int, ...]
    device: torch.device
    out: Path
    command: str


def reproduce(artefact: Artefact, order: Order, say: Callable[[str], None]) -> tuple[Path, Path]:
    """Train, measure, draw and write ``<name>.png`` and ``<name>.json``; return their paths.

    A run that was interrupted goes on from its checkpoints when the same is asked again.

    Args:
        artefact: what to make.
        order: how.
        say: takes a line of text for the user.

    Raises:
        DataError: a data set is missing or damaged.
        CheckpointError: a checkpoint in the folder belongs to another run, or is damaged.
        NonFiniteLoss: a training diverged.
        OSError: the folder cannot be written.
    """
    check_writable(order.out)
    started = time.monotonic()
    trained, metrics, earlier = {}, {}, 0.0
    load_once = cache(partial(load, device=order.device))  # panels share their images
    for number, (panel, name) in enumerate(artefact.panels.items(), start=1):
        recipe = recipes.get(name, order.scale)
        recipe = replace(recipe, data=order.data or recipe.data)
        say(f"{number} of {len(artefact.panels)}, panel {panel}: {recipe.title}")
        begun = time.monotonic()
        trained[panel] = train(recipe, load_once(recipe.data), panel, order)
        earlier += max(0.0, trained[panel].history.seconds - (time.monotonic() - begun))
        for metric, values in (artefact.measure or _nothing)(trained[panel]).items():
            key = f"{panel}.{metric}"
            metrics[key] = summarise(values, artefact.paper.get(key))
    picture, record = (order.out / f"{order.name}.{kind}" for kind in ("png", "json"))
    write_picture(artefact.draw(trained, order.scale), picture)
    wall_seconds = round(earlier + time.monotonic() - started, 1)
    write_text(record, json.dumps(describe(order, trained, wall_seconds, metrics), indent=1) + "\n")
    return picture, record


def _nothing(trained: Trained) -> dict:
    return {}


def train(recipe: Recipe, data: Dataset, panel: str, order: Order) -> Trained:
    """Run a recipe for all seeds at once, going on from its checkpoint if there is one."""
    pixels = data.train.images.shape[1]
    build = lambda replicas: recipe.build(pixels, replicas)  # noqa: E731
    model = build_replicas(build, order.seeds).to(order.device)
    path = order.out / order.name / f"{panel}.safetensors"
    about = {"data": data.name, "data hash": data.sha256, **recipe.about()}
    history = fit(
        model, data.train, recipe.training, order.seeds,
        name=f"{order.name}{panel} {recipe.title}", path=path, about=about,
    )  # fmt: skip
    return Trained(recipe, data, order.seeds, split_replicas(model, build, order.seeds), history)


def split_replicas(
    model: Model, build: Callable[[int | None], Model], seeds: Sequence[int]
) -> list[Model]:
    """A plain model for each replica, on the same device and in evaluation mode."""
    if len(seeds) == 1:
        return [model]
    place = next(model.parameters()).device
    return [take_replica(model, build(None).to(place), r).eval() for r in range(len(seeds))]


def summarise(values: list[float], paper: float | None) -> dict:
    """Mean and sample standard deviation over seeds, the values, and the paper's number."""
    spread = statistics.stdev(values) if len(values) > 1 else None
    return {"mean": statistics.mean(values), "std": spread, "per_seed": values, "paper": paper}


def describe(order: Order, trained: Mapping[str, Trained], wall_seconds: float, metrics) -> dict:
    """The record that goes beside a picture: what made it, and its numbers."""
    return {
        "name": order.name,
        "scale": order.scale,
        "seeds": list(order.seeds),
        "device": device_name(order.device),
        "versions": {"python": platform.python_version(), **installed_versions()},
        "data": {run.data.name: run.data.sha256 for run in trained.values()},
        "commit": commit(),
        "command": order.command,
        "wall_seconds": wall_seconds,
        "metrics": metrics,
    }


def device_name(device: torch.device) -> str:
    """Kind of device and, for a GPU, its model."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)


def installed_versions() -> dict[str, str]:
    """Versions of the packages that a result depends on."""
    found = {}
    for name in VERSIONS_OF:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def commit() -> str | None:
    """Commit of this source tree, "+changes" if it was edited since; None outside git."""
    try:
        edited = _git("status", "--porcelain", "--", ".")
        return _git("rev-parse", "HEAD") + ("+changes" if edited else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*words: str) -> str:
    """What git answers about the folder of this package."""
    return subprocess.run(
        ["git", *words], cwd=Path(__file__).parent, capture_output=True, text=True, check=True,
        timeout=10,
    ).stdout.strip()  # fmt: skip


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
