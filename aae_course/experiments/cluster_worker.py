"""What a worker of Ray trains: a block of seeds, whose checkpoint is what remains of it.

Workers import this file alone, and so not what measures and draws.
"""

from __future__ import annotations

import platform
import signal
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from aae_course.data.datasets import load
from aae_course.experiments.recipe_run import RecipeRun, file_of, source_now
from aae_course.experiments.request import Request
from aae_course.training.checkpoint import CheckpointError, steps_done


@dataclass(frozen=True)
class Task:
    """A block of seeds that a worker trains.

    Args:
        recipe: its name.
        request: with the block as its seeds, and a folder that has the same name everywhere.
        steps: how many the training takes.
        source: hash of the source that is to train it.
        mark: a file in the folder of the request; who does not see it has another folder.
    """

    recipe: str
    request: Request
    steps: int
    source: str
    mark: Path

    @property
    def done(self) -> int:
        """How many steps are saved."""
        return steps_done(self.request.runs_of(self.recipe) / file_of(self.request.seeds))


def train(task: Task) -> set[tuple[str, int]]:
    """Train a block in this process, on the GPU that Ray gave it; return which seeds are lost.

    Raises:
        OSError: this machine has another folder of results.
        CheckpointError: this machine has other source.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as where all was started by nohup or &
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ray cancels a task by SIGINT
    here = platform.node()
    if not task.mark.exists():
        raise OSError(f"{here} does not see {task.mark.parent}: name a shared folder with --out")
    if source_now(task.recipe, task.request) != task.source:
        raise CheckpointError(f"{here} has another version of this course: install the same there")
    import ray

    given = torch.cuda.is_available() and ray.get_gpu_ids()
    device = torch.device("cuda", 0) if given else task.request.devices[0]  # Ray hides other GPUs
    request = replace(task.request, devices=(device,))
    recipe = request.recipe(task.recipe)
    run = RecipeRun(task.recipe, recipe.part_of(load(recipe.data, device=device)), request)
    run.check()
    return {(task.recipe, seed) for seed in run.train().lost}
