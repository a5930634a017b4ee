"""The training of a recipe: all its seeds, on the devices at hand, once for whoever wants it.

Seeds that are trained together are a block, and a block has a checkpoint. It belongs to the recipe,
the scale and the seeds, not to the figure that asked first. Noise is drawn for the seeds of a block
together, so a result belongs to the block; the record names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import cycle, groupby
from pathlib import Path

import torch

from aae_course.data.dataset import Dataset
from aae_course.data.datasets import load
from aae_course.experiments.gpus import share_out, train_in_parallel
from aae_course.experiments.numbers import by_name
from aae_course.experiments.recipe import Recipe
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.models import Model
from aae_course.networks.replicas import build_replicas, split_replicas
from aae_course.training import checkpoint
from aae_course.training.history import History, NonFiniteLoss, side_by_side
from aae_course.training.interrupt import OutOfTime
from aae_course.training.loop import Run, fit
from aae_course.training.memory import check_memory
from aae_course.training.origin import parts_of
from aae_course.training.precision import check_precision
from aae_course.training.source import joint_hash, modules_behind

PIXELS = 784  # of a model that is built only to see which source it is made of
Block = tuple[int, ...]  # seeds that are trained together, one after another in number


@dataclass(frozen=True)
class RecipeRun:
    """The training of the recipe called ``name``, as the request wants it."""

    name: str
    data: Dataset
    request: Request

    @property
    def recipe(self) -> Recipe:
        return self.request.recipe(self.name).on(self.data)

    @property
    def steps(self) -> int:
        """How many minibatches it takes."""
        training = self.recipe.training
        return training.epochs * (len(self.data.train) // training.batch_size)

    def build(self, replicas: int | None = None) -> Model:
        """The model with fresh weights."""
        return self.recipe.build(self.data.train.images.shape[1], replicas)

    def check(self) -> None:
        """Refuse what cannot run, before hours are spent on what comes earlier.

        Raises:
            ValueError: the device lacks the precision, or memory for so many replicas.
        """
        for block, device in self.shares:
            check_precision(self.recipe.training.precision, device)
            check_memory(self.build, self.recipe.training, len(block), device)

    @property
    def blocks(self) -> list[Block]:
        """The blocks of the wanted seeds, those that are there and new ones for the rest."""
        wanted, there = set(self.request.seeds), []
        for block in sorted(blocks_in(self.request.runs_of(self.name)), key=len, reverse=True):
            if wanted & set(block):
                there.append(block)
                wanted -= set(block)
        new = [
            share
            for row in in_rows(sorted(wanted))
            for share in share_out(row, self.request.devices)
        ]
        return sorted([*there, *new])

    @property
    def shares(self) -> list[tuple[Block, torch.device]]:
        """The blocks, each with the device that trains it."""
        return list(zip(self.blocks, cycle(self.request.devices)))

    @property
    def lost(self) -> list[int]:
        """The wanted seeds that are known to diverge."""
        return [seed for seed in self.request.seeds if (self.name, seed) in self.request.lost]

    def train(self, report: Callable[[Run], None] | None = None) -> Trained:
        """Run the recipe, going on from its checkpoints if there are any."""
        try:
            if not self.lost:
                return self.train_together(report)
        except NonFiniteLoss:
            if not self.recipe.survives:
                raise
        return self.train_survivors(report)

    def train_survivors(self, report: Callable[[Run], None] | None = None) -> Trained:
        """Every seed by itself; those that diverge are named and left out."""
        for block in self.blocks:
            if len(block) > 1:
                self.path(block).unlink(missing_ok=True)
        survivors, lost = [], self.lost
        for seed in [seed for seed in self.request.seeds if seed not in lost]:
            alone = replace(self, request=replace(self.request, seeds=(seed,)))
            try:
                survivors.append(alone.train_together(report))
            except NonFiniteLoss:
                lost.append(seed)
        return joined(survivors, self, tuple(sorted(lost)))

    def train_together(self, report: Callable[[Run], None] | None = None) -> Trained:
        """Every block, on its device; the wanted seeds of them."""
        shares = self.shares
        if len(self.request.devices) > 1 and len(shares) > 1:
            works = [Share(self.name, self.request, *share) for share in shares]
            train_in_parallel(train_share, works, len(self.request.devices))
        runs = [self.train_block(*share, report) for share in shares]
        return joined([part_of(run, self.request.seeds) for run in runs], self)

    def train_block(
        self, block: Block, device: torch.device, report: Callable[[Run], None] | None = None
    ) -> Trained:
        """Train the seeds of a block side by side."""
        request, recipe, data = self.request, self.recipe, self.data.to(device)
        model = build_replicas(self.build, block).to(device)
        path = self.path(block)
        history = fit(
            model, data.train, recipe.training, block,
            name=f"{request.name} {recipe.title}",
            path=path, keep=request.keep,
            about={"data": data.name, "data hash": data.sha256, **recipe.about()},
            evaluate=recipe.evaluate and partial(self.evaluate_seeds, block),
            report=report, deadline=request.deadline,
        )  # fmt: skip
        models = split_replicas(model, self.build, block)
        origins = tuple({"seeds": list(block), **each} for each in checkpoint.sittings(path))
        return Trained(recipe, data, block, models, history, request.scale, origins=origins)

    def path(self, block: Block) -> Path:
        """The checkpoint of a block."""
        return self.request.runs_of(self.name) / file_of(block)

    def evaluate_seeds(self, block: Block, model: Model) -> dict[str, list]:
        """What the recipe measures after an epoch, a value for every seed."""
        models = split_replicas(model, self.build, block)
        rows = [
            self.recipe.evaluate(one, self.data.to(next(one.parameters()).device)) for one in models
        ]
        return by_name(rows)


@cache
def source_now(name: str, request: Request) -> str:
    """The hash of the source that would train a recipe now, as `Run.here` notes it."""
    recipe: Recipe = request.recipe(name)
    with torch.random.fork_rng(devices=[]):  # only its shapes are wanted
        model = recipe.build(PIXELS)
    return joint_hash(modules_behind(parts_of(model, recipe.training, recipe.about())))


def file_of(block: Block) -> str:
    """The name of a block's checkpoint, such as "seed_3.safetensors" or "seeds_0-9.safetensors"."""
    seeds = f"seeds_{block[0]}-{block[-1]}" if len(block) > 1 else f"seed_{block[0]}"
    return f"{seeds}.safetensors"


def blocks_in(folder: Path) -> list[Block]:
    """The blocks whose checkpoints lie in a folder."""
    stems = [path.stem for path in folder.glob("*.safetensors")]
    names = [re.fullmatch(r"seeds?_(\d+)(?:-(\d+))?", stem) for stem in stems]
    ends = [(int(name[1]), int(name[2] or name[1])) for name in names if name]
    return [tuple(range(first, last + 1)) for first, last in ends]


def checkpoints_of(folder: Path, seeds: Sequence[int]) -> list[Path]:
    """The checkpoints in a folder whose blocks hold any of the seeds."""
    return [folder / file_of(block) for block in blocks_in(folder) if set(block) & set(seeds)]


def in_rows(seeds: Sequence[int]) -> list[Block]:
    """Seeds in order, cut wherever a number is missing."""
    numbered = groupby(enumerate(seeds), key=lambda each: each[1] - each[0])
    return [tuple(seed for _, seed in row) for _, row in numbered]


@dataclass(frozen=True)
class Share:
    """What a process of its own is asked to train: a `RecipeRun` without its images, and a block.

    The process loads the images itself, on its own device.
    """

    name: str
    request: Request
    block: Block
    device: torch.device


def train_share(share: Share) -> None:
    """Train a block in this process; its checkpoint is what remains of it."""
    recipe = share.request.recipe(share.name)
    data = recipe.part_of(load(recipe.data, device=share.device))
    with suppress(OutOfTime, KeyboardInterrupt):  # the checkpoint is saved, and the parent knows
        RecipeRun(share.name, data, share.request).train_block(share.block, share.device)


def part_of(run: Trained, seeds: Sequence[int]) -> Trained:
    """The wanted seeds of what was trained together."""
    places = [place for place, seed in enumerate(run.seeds) if seed in seeds]
    return replace(
        run,
        seeds=tuple(run.seeds[place] for place in places),
        models=[run.models[place] for place in places],
        history=run.history.of(places),
    )


def joined(runs: Sequence[Trained], recipe_run: RecipeRun, lost: tuple[int, ...] = ()) -> Trained:
    """Several runs of a recipe as one, on the first device; no run at all, where all are lost."""
    home = recipe_run.request.devices[0]
    return Trained(
        recipe_run.recipe,
        recipe_run.data,
        tuple(seed for run in runs for seed in run.seeds),
        [model.to(home) for run in runs for model in run.models],
        side_by_side([run.history for run in runs]) if runs else History(),
        recipe_run.request.scale,
        lost=lost,
        origins=tuple(origin for run in runs for origin in run.origins),
        folder=recipe_run.request.runs_of(recipe_run.name),
        deadline=recipe_run.request.deadline,
    )
