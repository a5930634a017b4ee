"""A training that an artefact asks for: one recipe, all its seeds, on the devices at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from aae_course.data.dataset import Dataset
from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.gpus import share_out, train_in_parallel
from aae_course.experiments.numbers import by_name
from aae_course.experiments.recipe import Recipe
from aae_course.experiments.trained import Trained
from aae_course.models import Model
from aae_course.networks.replicas import build_replicas, split_replicas
from aae_course.training import checkpoint
from aae_course.training.history import History, NonFiniteLoss, side_by_side
from aae_course.training.interrupt import OutOfTime
from aae_course.training.loop import Run, fit
from aae_course.training.memory import check_memory
from aae_course.training.precision import check_precision


@dataclass(frozen=True)
class Request:
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
        force: train anew, whatever checkpoints there are.
        keep: take up checkpoints that other source has trained.
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
    force: bool = False
    keep: bool = False

    def recipe(self, name: str) -> Recipe:
        """The recipe called ``name``, as this request wants it."""
        recipe = recipes.get(name, self.scale)
        training = replace(recipe.training, precision=self.precision or recipe.training.precision)
        return replace(recipe, data=self.data or recipe.data, training=training)


@dataclass(frozen=True)
class PanelRun:
    """The training behind one panel: the recipe called ``name``, as the request wants it.

    After every epoch ``evaluate``, a function of a module, measures each seed's model; what it
    returns is in the history, a value for every seed. With ``survives``, seeds that diverge are
    left out.
    """

    panel: str
    name: str
    data: Dataset
    request: Request
    evaluate: Callable[[Model, Dataset], dict] | None = None
    survives: bool = False

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
        for seeds, device in self.shares:
            check_precision(self.recipe.training.precision, device)
            check_memory(self.build, self.recipe.training, len(seeds), device)

    @property
    def shares(self) -> list[tuple[tuple[int, ...], torch.device]]:
        """The seeds that each device trains; where seeds are few, some devices have none."""
        seeds, devices = self.request.seeds, self.request.devices
        return list(zip(share_out(seeds, devices), devices, strict=False))

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
        for seed, alone in self.one_by_one.items():
            try:
                survivors.append(alone.train_together(report))
            except NonFiniteLoss:
                lost.append(seed)
        return joined(survivors, self, tuple(lost))

    @property
    def one_by_one(self) -> dict[int, PanelRun]:
        """Every seed's own run."""
        return {
            seed: replace(
                self,
                panel=f"{self.panel}.{seed}",
                request=replace(self.request, seeds=(seed,)),
                survives=False,
            )
            for seed in self.request.seeds
        }

    def train_together(self, report: Callable[[Run], None] | None = None) -> Trained:
        """All seeds at once, shared out among the devices."""
        numbers = range(len(self.shares))
        if len(numbers) > 1:
            ordered = (self.panel, self.name, self.request, self.evaluate)
            train_in_parallel(train_share, [Share(*ordered, number) for number in numbers])
        return joined([self.train_share(number, report) for number in numbers], self)

    def train_share(self, number: int, report: Callable[[Run], None] | None = None) -> Trained:
        """Train one of the shares, on its device."""
        seeds, device = self.shares[number]
        request, recipe, data = self.request, self.recipe, self.data.to(device)
        model = build_replicas(self.build, seeds).to(device)
        path = self.path(number)
        history = fit(
            model, data.train, recipe.training, seeds,
            name=f"{request.name}{self.panel} {recipe.title}",
            path=path, keep=request.keep,
            about={"data": data.name, "data hash": data.sha256, **recipe.about()},
            evaluate=self.evaluate and partial(self.evaluate_seeds, seeds),
            report=report, deadline=request.deadline,
        )  # fmt: skip
        models = split_replicas(model, self.build, seeds)
        origins = tuple({"seeds": list(seeds), **each} for each in checkpoint.sittings(path))
        return Trained(recipe, data, seeds, models, history, request.scale, origins=origins)

    def path(self, number: int) -> Path:
        """The checkpoint of a share."""
        share = f".{number}" if len(self.shares) > 1 else ""
        return self.request.out / self.request.name / f"{self.panel}{share}.safetensors"

    def forget(self) -> None:
        """Delete every checkpoint that this run would take up."""
        for number in range(len(self.shares)):
            self.path(number).unlink(missing_ok=True)
        if self.survives:
            for alone in self.one_by_one.values():
                alone.forget()

    def evaluate_seeds(self, seeds: tuple[int, ...], model: Model) -> dict[str, list]:
        """What ``evaluate`` measures, a value for every seed."""
        models = split_replicas(model, self.build, seeds)
        rows = [self.evaluate(one, self.data.to(next(one.parameters()).device)) for one in models]
        return by_name(rows)


@dataclass(frozen=True)
class Share:
    """What a process of its own is asked to train: a `PanelRun` without its images, and its share.

    The process loads the images itself, on its own device.
    """

    panel: str
    name: str
    request: Request
    evaluate: Callable[[Model, Dataset], dict] | None
    number: int


def train_share(share: Share) -> None:
    """Train a share in this process; its checkpoint is what remains of it."""
    recipe = share.request.recipe(share.name)
    data = recipe.part_of(load(recipe.data, device=share.request.devices[share.number]))
    panel_run = PanelRun(share.panel, share.name, data, share.request, share.evaluate)
    with suppress(OutOfTime, KeyboardInterrupt):  # the checkpoint is saved, and the parent knows
        panel_run.train_share(share.number)


def joined(runs: Sequence[Trained], panel_run: PanelRun, lost: tuple[int, ...] = ()) -> Trained:
    """Several runs of a panel as one, on its first device; no run at all, where all are lost."""
    home = panel_run.request.devices[0]
    return Trained(
        panel_run.recipe,
        panel_run.data,
        tuple(seed for run in runs for seed in run.seeds),
        [model.to(home) for run in runs for model in run.models],
        side_by_side([run.history for run in runs]) if runs else History(),
        panel_run.request.scale,
        lost=lost,
        origins=tuple(origin for run in runs for origin in run.origins),
    )
