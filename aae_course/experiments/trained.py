"""The result of training a recipe: a model for each seed, and what happened on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aae_course.data.dataset import Dataset, Split
from aae_course.experiments.recipe import Recipe
from aae_course.models import Model
from aae_course.training.history import History


@dataclass(frozen=True)
class Trained:
    """A recipe that was run: one model for each seed, in evaluation mode.

    While it still runs ``final`` is false: then only what is quickly measured is wanted, and on
    validation images. ``lost`` are seeds whose loss became infinite, if the artefact allows that;
    they are not among ``seeds``. ``origins`` are the sittings that trained them, with their seeds.
    What takes long to measure keeps in ``folder``, beside the checkpoints, how far it has come, and
    stops at ``deadline``, a ``time.monotonic()``.
    """

    recipe: Recipe
    data: Dataset
    seeds: tuple[int, ...]
    models: list[Model]
    history: History
    scale: str = "course"
    final: bool = True
    lost: tuple[int, ...] = ()
    origins: tuple[dict, ...] = ()
    folder: Path | None = None
    deadline: float | None = None

    @property
    def measured(self) -> Split:
        """The images that numbers are taken from; the test set is read once, at the end."""
        return self.data.test if self.final else self.data.validation
