"""A training that an artefact asks for: one recipe, all its seeds, on the devices at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

import torch

from aae_course.data.dataset import Dataset
from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.gpus import share_out, train_in_parallel
from aae_course.experiments.recipe import Recipe
from aae_course.experiments.record import by_name
from aae_course.models import Model
from aae_course.networks.replicas import build_replicas, take_replica
from aae_course.training.history import History, NonFiniteLoss
from aae_course.training.keeper import OutOfTime
from aae_course.training.loop import Run, fit
from aae_course.training.memory import check_memory
from aae_course.training.precision import check_precision


@dataclass(frozen=True)
class Trained:
    """A recipe that was run: one model for each seed, in evaluation mode.

    While it still runs ``final`` is false: then only what is quickly measured is wanted, and
    ``data.test`` holds validation images. ``lost`` are seeds whose loss became infinite, if the
    artefact allows that; they are not among ``seeds``.
    """

    recipe: Recipe
    data: Dataset
    seeds: tuple[int, ...]
    models: list[Model]
    history: History
    scale: str = "course"
    final: bool = True
    lost: tuple[int, ...] = ()


@dataclass(frozen=True)
class Order:
    """What was asked for on the command line, checked.

    Args:
        name: of the artefact.
        scale: smoke, course or paper.
        data: a data set instead of the recipes' own, or None.
        seeds: one run each.
        devices: where to train; the seeds are shared out among several.
        out: folder of the results; checkpoints go to a folder of the artefact's name in it.
        command: as typed, for the record.
        precision: instead of the recipes' own, or None.
        deadline: ``time.monotonic()`` at which to stop, or None.
    """

    name: str
    scale: str
    data: str | None
    seeds: tuple[int, ...]
    devices: tuple[torch.device, ...]
    out: Path
    command: str
    precision: str | None = None
    deadline: float | None = None

    def recipe(self, name: str) -> Recipe:
        """The recipe called ``name``, as this order wants it."""
        recipe = recipes.get(name, self.scale)
        training = replace(recipe.training, precision=self.precision or recipe.training.precision)
        return replace(recipe, data=self.data or recipe.data, training=training)


@dataclass(frozen=True)
class Job:
    """The training behind one panel: the recipe called ``name``, as the order wants it.

    After every epoch ``evaluate``, a function of a module, measures each seed's model; what it
    returns is in the history, a value for every seed. With ``survives``, seeds that diverge are
    left out.
    """

    panel: str
    name: str
    data: Dataset
    order: Order
    evaluate: Callable[[Model, Dataset], dict] | None = None
    survives: bool = False

    @property
    def recipe(self) -> Recipe:
        return self.order.recipe(self.name).on(self.data)

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
        for seeds, device in zip(self.shares, self.order.devices, strict=False):
            check_precision(self.recipe.training.precision, device)
            check_memory(self.build, self.recipe.training, len(seeds), device)

    @property
    def shares(self) -> list[tuple[int, ...]]:
        return share_out(self.order.seeds, self.order.devices)

    def train(self, report: Callable[[Run], None] | None = None) -> Trained:
        """Run the recipe, going on from its checkpoints if there are any."""
        try:
            return self.train_together(report)
        except NonFiniteLoss:
            if not self.survives:
                raise
        return self.train_survivors(report)

    def train_survivors(self, report: Callable[[Run], None] | None = None) -> Trained:
        """Every seed by itself; those that diverge are named and left out."""
        survivors, lost = [], []
        for seed in self.order.seeds:
            alone = replace(
                self, panel=f"{self.panel}.{seed}", order=replace(self.order, seeds=(seed,))
            )
            try:
                survivors.append(alone.train_together(report))
            except NonFiniteLoss:
                lost.append(seed)
        return joined(survivors, self, tuple(lost))

    def train_together(self, report: Callable[[Run], None] | None = None) -> Trained:
        """All seeds at once, shared out among the devices."""
        parts = list(zip(self.shares, self.order.devices, strict=False))
        if len(parts) > 1:
            share = self.panel, self.name, self.order, self.evaluate
            train_in_parallel(train_share, [(*share, number) for number in range(len(parts))])
        return joined([self.train_seeds(*part, n, report) for n, part in enumerate(parts)], self)

    def train_seeds(
        self, seeds: tuple[int, ...], device: torch.device, number: int,
        report: Callable[[Run], None] | None = None,
    ) -> Trained:  # fmt: skip
        """Train one share of the seeds, the share called ``number``, on one device."""
        order, recipe, data = self.order, self.recipe, self.data.to(device)
        model = build_replicas(self.build, seeds).to(device)
        share = f".{number}" if len(self.shares) > 1 else ""
        history = fit(
            model, data.train, recipe.training, seeds,
            name=f"{order.name}{self.panel} {recipe.title}",
            path=order.out / order.name / f"{self.panel}{share}.safetensors",
            about={"data": data.name, "data hash": data.sha256, **recipe.about()},
            evaluate=self.evaluate and partial(self.evaluate_seeds, seeds),
            report=report, deadline=order.deadline,
        )  # fmt: skip
        models = split_replicas(model, self.build, seeds)
        return Trained(recipe, data, seeds, models, history, order.scale)

    def evaluate_seeds(self, seeds: tuple[int, ...], model: Model) -> dict[str, list]:
        """What ``evaluate`` measures, a value for every seed."""
        models = split_replicas(model, self.build, seeds)
        rows = [self.evaluate(one, self.data.to(next(one.parameters()).device)) for one in models]
        return by_name(rows)


def joined(runs: Sequence[Trained], job: Job, lost: tuple[int, ...] = ()) -> Trained:
    """Several runs of a job as one, on its first device; no run at all, where all are lost."""
    home = job.order.devices[0]
    return Trained(
        job.recipe,
        job.data,
        tuple(seed for run in runs for seed in run.seeds),
        [model.to(home) for run in runs for model in run.models],
        side_by_side([run.history for run in runs]) if runs else History(),
        job.order.scale,
        lost=lost,
    )


def train_share(work: tuple) -> None:
    """Train one share of a job's seeds in this process; the checkpoint is what remains of it."""
    panel, name, order, evaluate, number = work
    device = order.devices[number]
    recipe = order.recipe(name)
    job = Job(panel, name, recipe.part_of(load(recipe.data, device=device)), order, evaluate)
    with suppress(OutOfTime, KeyboardInterrupt):  # the checkpoint is saved, and the parent knows
        job.train_seeds(job.shares[number], device, number)


def split_replicas(
    model: Model, build: Callable[[int | None], Model], seeds: Sequence[int]
) -> list[Model]:
    """A plain model for each replica, on the same device and in evaluation mode."""
    if len(seeds) == 1:
        return [model]
    place = next(model.parameters()).device
    return [take_replica(model, build(None).to(place), r).eval() for r in range(len(seeds))]


def side_by_side(histories: Sequence[History]) -> History:
    """The history of all replicas from those of the shares that they were trained in."""
    first = histories[0]
    losses = {
        phase: [
            list(chain(*rows)) for rows in zip(*(h.losses[phase] for h in histories), strict=True)
        ]
        for phase in first.losses
    }
    evaluations = [
        {"epoch": rows[0]["epoch"]}
        | {key: list(chain(*(row[key] for row in rows))) for key in rows[0] if key != "epoch"}
        for rows in zip(*(h.evaluations for h in histories), strict=True)
    ]
    seconds = max(h.seconds for h in histories)
    return replace(first, losses=losses, evaluations=evaluations, seconds=seconds)
