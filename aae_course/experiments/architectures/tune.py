"""Try the candidates for the learning rates of the study, on validation images, as a program.

``python -m aae_course.experiments.architectures.tune --device cuda --minutes 8``. Every candidate
is a run of the study with its rates multiplied, two seeds side by side, for few epochs. What comes
of it is appended to ``rates.jsonl``, from which the recipes take their rates; candidates that are
there already are not tried again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from aae_course import settings
from aae_course.data.dataset import Dataset
from aae_course.data.datasets import load
from aae_course.experiments.architectures.rates import FACTORS, TRIED, candidates_in, multiplied
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES, TASKS, Task
from aae_course.experiments.recipe import Recipe
from aae_course.networks.replicas import build_replicas, split_replicas
from aae_course.training.history import NonFiniteLoss
from aae_course.training.interrupt import OutOfTime
from aae_course.training.loop import fit
from aae_course.training.progress import NoProgress

SEEDS = (0, 1)
EPOCHS = 2  # of the whole schedule, in short
Candidate = tuple[str, float]  # a run of the study, and the factor of its rates


def task_of(run: str) -> Task:
    """The task of a run of the study, such as "pooled_dense_clustering"."""
    return next(task for name, task in TASKS.items() if run.endswith(f"_{name}"))


def recipe_of(candidate: Candidate, scale: str = "course", epochs: int = EPOCHS) -> Recipe:
    """The recipe of a run, with the rates of its task multiplied, for few epochs."""
    run, factor = candidate
    recipe = ARCHITECTURE_RECIPES[run].at(scale)
    optimisers = multiplied(task_of(run).optimisers, factor)
    training = replace(recipe.training, optimisers=optimisers, epochs=epochs)
    return replace(recipe, training=training)


def tried(
    candidate: Candidate, recipe: Recipe, data: Dataset, deadline: float | None = None
) -> list[float] | None:
    """What the task is judged by, for every seed; None if a seed diverged.

    Raises:
        OutOfTime: the deadline, a ``time.monotonic()``, passed.
    """
    task, device = task_of(candidate[0]), data.train.images.device
    build = partial(recipe.on(data).build, data.train.images.shape[1])
    model = build_replicas(build, SEEDS).to(device)
    try:
        fit(
            model, data.train, recipe.training, SEEDS,
            name=recipe.title, deadline=deadline, progress=NoProgress(),
        )  # fmt: skip
    except NonFiniteLoss:
        return None
    models = [one.to(device).eval() for one in split_replicas(model, build, SEEDS)]
    return [task.evaluate(one, data)[task.chosen_by] for one in models]


def tune(
    candidates: Sequence[Candidate], scale: str, epochs: int, device: torch.device, path: Path,
    deadline: float,
) -> None:  # fmt: skip
    """Try candidates one after another until the deadline; a line of the file for each."""
    loaded: dict[str, Dataset] = {}
    for candidate in candidates:
        recipe = recipe_of(candidate, scale, epochs)
        if recipe.data not in loaded:
            loaded[recipe.data] = load(recipe.data, device=device)
        begun = time.monotonic()
        try:
            values = tried(candidate, recipe, loaded[recipe.data], deadline)
        except OutOfTime:
            return
        line = {
            "run": candidate[0], "factor": candidate[1], "seeds": SEEDS, "epochs": epochs,
            "scale": scale, "measured": task_of(candidate[0]).chosen_by, "per_seed": values,
            "device": device.type, "torch": torch.__version__,
            "seconds": round(time.monotonic() - begun, 1),
        }  # fmt: skip
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)


def left(path: Path, tasks: Sequence[str], part: int, parts: int) -> list[Candidate]:
    """The candidates of these tasks that are not in the file, every ``parts``-th of all."""
    everything = [
        (run, factor)
        for task in tasks
        for run in ARCHITECTURE_RECIPES
        if run.endswith(f"_{task}")
        for factor in FACTORS
    ]
    done = {(each["run"], each["factor"]) for each in candidates_in(path)}
    return [each for each in everything[part::parts] if each not in done]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and try what is left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so many")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--scale", default="course", choices=settings.SCALES)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--out", type=Path, default=TRIED, help="the file that is added to")
    parser.add_argument(
        "--part", type=int, nargs=2, default=(0, 1), metavar=("I", "N"),
        help="only every N-th candidate, from the I-th on: for N processes side by side",
    )  # fmt: skip
    asked = parser.parse_args(arguments)
    deadline = time.monotonic() + 60 * asked.minutes
    candidates = left(asked.out, asked.tasks, *asked.part)
    device = settings.device(asked.device)
    tune(candidates, asked.scale, asked.epochs, device, asked.out, deadline)


if __name__ == "__main__":
    main()
