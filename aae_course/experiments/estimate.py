"""How long an artefact will take, and how much memory and disk: about, and before anything runs."""

from __future__ import annotations

import timeit
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache

import torch

from aae_course.data.datasets import load
from aae_course.data.downloads import MissingData
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.request import Request
from aae_course.experiments.standing import read
from aae_course.models import Model
from aae_course.settings import course_folder
from aae_course.training.memory import replica_bytes, state_bytes

FLOP_PER_WEIGHT = 12  # of a training step, for each image: three passes there and back, about
EFFICIENCY = 0.5  # of a product's speed that a training step reaches, about; see docs/speed.md


@dataclass(frozen=True)
class Estimate:
    """Seconds, bytes of memory and bytes on disk; and whether a record says how long it took."""

    seconds: float
    memory: int
    disk: int
    recorded: bool


def estimate(artefact: Artefact, request: Request) -> Estimate:
    """What the artefact will need with the seeds of the request.

    The time is that of an earlier run, where there is a record of this scale, in proportion to the
    seeds; otherwise it is worked out from the number of weights and this machine's speed.
    """
    needs = [needs_of(name, request) for name in recipes_of(artefact, request)]
    seeds, recorded = len(request.seeds), recorded_seconds(request)
    return Estimate(
        seconds=sum(each.seconds for each in needs) if recorded is None else recorded,
        memory=max((each.memory for each in needs), default=0) * seeds,
        disk=sum(each.disk for each in needs) * seeds,
        recorded=recorded is not None,
    )


def recipes_of(artefact: Artefact, request: Request) -> list[str]:
    """The recipes that will be trained: not those of optional panels whose data are not here."""
    wanted = []
    for panel, name in artefact.panels.items():
        with suppress(MissingData) if panel in artefact.optional else nullcontext():
            size_of(request.recipe(name).data)
            wanted.append(name)
    return list(dict.fromkeys(wanted))


def recorded_seconds(request: Request) -> float | None:
    """How long it took according to the record in the folder, or to the one that comes along."""
    for folder in (request.out, course_folder("figures")):
        record = read(folder / f"{request.name}.json")
        if record and record["scale"] == request.scale:
            return record["wall_seconds"] * len(request.seeds) / len(record["seeds"])
    return None


@cache
def needs_of(name: str, request: Request) -> Estimate:
    """What one training of a recipe needs: seconds for all seeds, bytes for one."""
    recipe = request.recipe(name)
    pixels, images = size_of(recipe.data)
    with torch.device("meta"):  # shapes without memory
        model = recipe.build(pixels)
    seen = recipe.training.epochs * min(images, recipe.images or images) * len(request.seeds)
    flop = FLOP_PER_WEIGHT * weights_of(model) * seen
    return Estimate(
        flop / (EFFICIENCY * flop_per_second()),
        replica_bytes(model, recipe.training),
        state_bytes(model, recipe.training),
        recorded=False,
    )


@cache
def size_of(data: str) -> tuple[int, int]:
    """Pixels of an image, and the number of training images.

    Raises:
        DataError: the data are not here.
    """
    images = load(data, download=False).train.images
    return images.shape[1], len(images)


def weights_of(model: Model) -> int:
    """How many numbers a model learns."""
    return sum(p.numel() for p in model.parameters())


@cache
def flop_per_second() -> float:
    """Of a product of this machine's processor, at best of three."""
    x, w = torch.ones(100, 1000), torch.ones(1000, 1000)
    return 2 * 100 * 1000 * 1000 * 10 / min(timeit.repeat(lambda: x @ w, number=10, repeat=3))
