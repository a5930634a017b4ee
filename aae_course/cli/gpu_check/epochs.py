"""An epoch of every recipe at paper scale with ten replicas: the hours of all, and the memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import torch

from aae_course.cli.benchmark.measure import memory_in_use, wait_for
from aae_course.cli.gpu_check.steps import pace
from aae_course.cli.gpu_check.turns import Turns, in_turn, some
from aae_course.data.datasets import load
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.estimate import needs_of, recipes_of
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.request import Request
from aae_course.training.loop import Run
from aae_course.training.memory import SHARE

SEEDS = tuple(range(10))
COMMAND = "reproduce --all --scale paper --seeds 10"
ENDLESS = 10_000  # epochs of a run that is only timed
LIBRARIES = 128 << 20  # bytes that cuBLAS and cuDNN take for themselves


def recipes(artefacts: Mapping[str, Artefact], request: Request) -> tuple[list[str], list[str]]:
    """The recipes that all artefacts train, each once; and those whose optional data are not here.

    Raises:
        DataError: data that are not optional are not here.
    """
    every = dict.fromkeys(name for each in artefacts.values() for name in each.panels.values())
    here = {name for each in artefacts.values() for name in recipes_of(each, request)}
    return [name for name in every if name in here], [name for name in every if name not in here]


def epochs(
    device: torch.device, measured: dict, until: float, scale: str = "paper", artefacts=ARTEFACTS
) -> dict:
    """How long all recipes train. The longest come first: what finds no time matters least.

    Args:
        device: on which.
        measured: what is found goes there too, by recipe.
        until: ``time.monotonic()`` at which to end.
        scale: of the recipes.
        artefacts: that want them.
    """
    request = Request(
        name="", scale=scale, data=None, seeds=SEEDS, devices=(device,), out=Path(), command=""
    )
    data = cache(partial(load, device=device))
    for artefact in artefacts.values():  # what the command would download is downloaded here
        for panel in artefact.panels.keys() - artefact.optional.keys():
            data(request.recipe(artefact.panels[panel]).data)
    here, absent = recipes(artefacts, request)

    def time_one(name: str, until: float) -> dict:
        recipe = request.recipe(name)
        return measure(RecipeRun(name, recipe.part_of(data(recipe.data)), request), until)

    here.sort(key=lambda name: needs_of(name, request).seconds, reverse=True)
    turns = in_turn(here, time_one, until, f"{scale} scale")
    measured |= turns.found
    hours = sum(each["hours"] for each in measured.values())
    said = f"{hours:.1f} hours train {len(measured)} of the {len(here)} recipes of `{COMMAND}` here"
    said += f"; data not here for {some(absent)}" * bool(absent)
    said += "; measuring and drawing come on top"
    return turns.summary(said, hours=hours, recipes=measured, data_not_here=absent)


def measure(recipe_run: RecipeRun, until: float) -> dict:
    """Seconds of an epoch with ten replicas, the hours of all epochs, and the memory.

    Raises:
        ValueError: the device lacks the precision, or memory for so many replicas.
    """
    recipe_run.check()
    (device,), training = recipe_run.request.devices, recipe_run.recipe.training
    before = fresh_memory(device)
    with device:  # which draws other weights than the processor, and faster
        model = recipe_run.build(len(SEEDS)).to(device)
    run = Run(model, recipe_run.data.train, replace(training, epochs=ENDLESS), SEEDS, {})
    step, timed = pace(run, run.steps_per_epoch, until)
    memory = memory_in_use(device) - before
    epoch = step * run.steps_per_epoch + evaluation(recipe_run, run)
    return {
        "seconds_per_step": step,
        "steps_timed": timed,
        "seconds_per_epoch": epoch,
        "epochs": training.epochs,
        "hours": epoch * training.epochs / 3600,
        "memory_bytes": memory,
        "predicted_memory_bytes": needs_of(recipe_run.name, recipe_run.request).memory * len(SEEDS),
    }


def evaluation(recipe_run: RecipeRun, run: Run) -> float:
    """Seconds that the recipe measures after each epoch of its training; 0 for most."""
    if recipe_run.recipe.evaluate is None:
        return 0.0
    begun = time.perf_counter()
    run.undisturbed(partial(recipe_run.evaluate_seeds, SEEDS))
    wait_for(run.device)
    return time.perf_counter() - begun


def fresh_memory(device: torch.device) -> int:
    """Bytes in use before a run; from here on the most that is in use is noted anew."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    return memory_in_use(device)


def memory(measured: Mapping[str, Mapping], until: float) -> dict:
    """Whether as much memory was foreseen as was taken, so that what does not fit is refused."""
    if not measured:
        return {"good": None, "found": "no recipe was measured"}
    turns = Turns()
    for name, each in measured.items():
        took, told = each["memory_bytes"], each["predicted_memory_bytes"]
        if took > told / SHARE + LIBRARIES:
            turns.failed[name] = f"took {took / 1e9:.2f} GB, foreseen were {told / 1e9:.2f}"
    name = max(measured, key=lambda each: measured[each]["memory_bytes"])
    took, told = (measured[name][key] / 1e9 for key in ("memory_bytes", "predicted_memory_bytes"))
    return turns.summary(f"at most {took:.2f} GB, of {name}; foreseen were {told:.2f} GB")
