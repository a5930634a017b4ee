"""What was asked for on the command line, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from aae_course.experiments import recipes
from aae_course.experiments.recipe import Recipe


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line, checked.

    Args:
        name: of the artefact.
        scale: smoke, course or paper.
        data: a data set instead of the recipes' own, or None.
        seeds: one run each.
        devices: where to train; the seeds are shared out among several.
        out: folder of the results; checkpoints go to a folder ``runs`` in it.
        command: as typed, for the record.
        precision: instead of the recipes' own, or None.
        deadline: ``time.monotonic()`` at which to stop, or None.
        keep: take up checkpoints that other source has trained.
        suffix: of the picture; a .png is there in any case.
        lost: recipes and seeds that are known to diverge, and need not be trained to see it.
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
    keep: bool = False
    suffix: str = ".png"
    lost: frozenset[tuple[str, int]] = frozenset()

    def recipe(self, name: str) -> Recipe:
        """The recipe called ``name``, as this request wants it."""
        recipe = recipes.get(name, self.scale)
        training = replace(recipe.training, precision=self.precision or recipe.training.precision)
        return replace(recipe, data=self.data or recipe.data, training=training)

    def runs_of(self, name: str) -> Path:
        """The folder of the checkpoints of a recipe, whichever artefact wants it."""
        usual, wanted = recipes.get(name, self.scale), self.recipe(name)
        changed = {usual.data: wanted.data, usual.training.precision: wanted.training.precision}
        suffixes = [new for old, new in changed.items() if new != old]
        return self.out / "runs" / self.scale / ".".join([name, *suffixes])
