"""How long an artefact will take, and how much memory and disk: about, and before anything runs."""

from __future__ import annotations

import timeit
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache

import torch

from aae_course.data.dataset import Dataset
from aae_course.data.datasets import load
from aae_course.data.downloads import MissingData
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.recipe_run import blocks_in, file_of
from aae_course.experiments.request import Request
from aae_course.experiments.standing import read
from aae_course.networks.size import Architecture, count_flops, count_parameters
from aae_course.settings import course_folder
from aae_course.training.checkpoint import steps_done
from aae_course.training.memory import replica_bytes, state_bytes

PASSES = 6  # of an image through all networks in a training step, there and back, about
EFFICIENCY = 0.5  # of a product's speed that a training step reaches, about; see docs/speed.md


@dataclass(frozen=True)
class Estimate:
    """Seconds, bytes of memory and bytes on disk.

    ``recorded`` says whether the time comes from a record. ``training`` is the part of the seconds
    that each recipe takes, as far as it is known: other artefacts may share it.
    """

    seconds: float
    memory: int
    disk: int
    recorded: bool
    training: Mapping[str, float] = field(default_factory=dict)


def estimate(artefact: Artefact, request: Request) -> Estimate:
    """What the artefact will need with the seeds of the request.

    The time is that of an earlier run, where there is a record of this scale, in proportion to the
    seeds; otherwise it is worked out from the number of weights and this machine's speed.
    """
    needs = {name: needs_of(name, request) for name in recipes_of(artefact, request)}
    seeds, record = len(request.seeds), record_of(request)
    training, others = {name: each.seconds for name, each in needs.items()}, 0.0
    if record:
        share = seeds / len(record["seeds"])
        recorded = record.get("training_seconds", {})
        training = {name: share * recorded[name] for name in recorded if name in needs}
        others = share * record["wall_seconds"] - sum(training.values())
    training = {name: left_of(name, request) * seconds for name, seconds in training.items()}
    return Estimate(
        seconds=sum(training.values()) + others,
        memory=max((each.memory for each in needs.values()), default=0) * seeds,
        disk=sum(each.disk for each in needs.values()) * seeds,
        recorded=record is not None,
        training=training,
    )


def left_of(name: str, request: Request) -> float:
    """The share of a recipe's steps that no checkpoint has; the whole where they are refused."""
    training, total = request.recipe(name).training, 0
    steps = training.epochs * (images_of(name, request) // training.batch_size)
    folder = request.runs_of(name)
    for block in blocks_in(folder):
        total += len(set(block) & set(request.seeds)) * steps_done(folder / file_of(block))
    return max(0.0, 1 - total / (steps * len(request.seeds)))


def images_of(name: str, request: Request) -> int:
    """How many training images a recipe has."""
    recipe = request.recipe(name)
    return len(recipe.part_of(data_of(recipe.data)).train)


def recipes_of(artefact: Artefact, request: Request) -> list[str]:
    """The recipes that will be trained: not those of optional panels whose data are not here."""
    wanted = []
    for panel, name in artefact.panels.items():
        with suppress(MissingData) if panel in artefact.optional else nullcontext():
            data_of(request.recipe(name).data)
            wanted.append(name)
    return list(dict.fromkeys(wanted))


def record_of(request: Request) -> dict | None:
    """The record of this scale: that in the folder, or the one that comes along."""
    for folder in (request.out, course_folder("figures")):
        record = read(folder / f"{request.name}.json")
        if record and record["scale"] == request.scale:
            return record
    return None


@cache
def needs_of(name: str, request: Request) -> Estimate:
    """What one training of a recipe needs: seconds for all seeds, bytes for one."""
    data = data_of(request.recipe(name).data)
    recipe, pixels = request.recipe(name).on(data), data.train.images.shape[1]
    with torch.random.fork_rng(devices=[]):  # only its shapes are wanted
        model = recipe.build(pixels)
    seen = recipe.training.epochs * images_of(name, request) * len(request.seeds)
    weights = sum(p.numel() for p in model.parameters())
    flop = PASSES * weights * flop_per_weight(recipe.architecture, pixels) * seen
    return Estimate(
        flop / (EFFICIENCY * flop_per_second()),
        replica_bytes(model, recipe.training),
        state_bytes(model, recipe.training),
        recorded=False,
    )


@cache
def data_of(name: str) -> Dataset:
    """A data set, loaded once.

    Raises:
        DataError: it is not here.
    """
    return load(name, download=False)


@cache
def flop_per_weight(architecture: Architecture, pixels: int) -> float:
    """Of a pass through encoder and decoder: 2 of perceptrons, more where weights are shared."""
    dim = 10  # of the code: it hardly matters
    return count_flops(architecture, pixels, dim) / count_parameters(architecture, pixels, dim)


@cache
def flop_per_second() -> float:
    """Of a product of this machine's processor, at best of three."""
    x, w = torch.ones(100, 1000), torch.ones(1000, 1000)
    return 2 * 100 * 1000 * 1000 * 10 / min(timeit.repeat(lambda: x @ w, number=10, repeat=3))
