"""What a recipe is: one training run, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from aae_course.data.dataset import Dataset, Split
from aae_course.models import Model
from aae_course.models.priors import Prior
from aae_course.networks.convolutional import Convolutional
from aae_course.networks.dcgan import Convolutions
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import Training

Architecture = Perceptrons | Convolutional | Convolutions


@dataclass(frozen=True)
class Recipe:
    """One training run.

    Args:
        title: what a person calls it.
        model: the class of the model.
        training: optimisers, epochs, batch size and schedule.
        prior: makes the prior; the plain autoencoder has none.
        architecture: makes the networks.
        data: name of the data set.
        options: further arguments of ``model.build``.
        images: how many training images, the first ones; None for all.
        scales: what "smoke" and "paper" change.
    """

    title: str
    model: type[Model]
    training: Training
    prior: Callable[[], Prior] | None = None
    architecture: Architecture = field(default_factory=Perceptrons)
    data: str = "mnist"
    options: Mapping = field(default_factory=dict)
    images: int | None = None
    scales: Mapping[str, Mapping] = field(default_factory=dict)

    def at(self, scale: str) -> Recipe:
        """This recipe with the settings of a scale."""
        return replace(self, **self.scales.get(scale, {}), scales={})

    def on(self, data: Dataset) -> Recipe:
        """This recipe with networks for images of the data's shape."""
        if not hasattr(self.architecture, "image_shape"):
            return self
        return replace(self, architecture=replace(self.architecture, image_shape=data.image_shape))

    def part_of(self, data: Dataset) -> Dataset:
        """The data set with as many training images as the recipe wants."""
        some = Split(data.train.images[: self.images], data.train.labels[: self.images])
        return replace(data, train=some)

    def build(self, pixels: int, replicas: int | None = None) -> Model:
        """The model, with fresh weights from torch's global generator."""
        code = {"prior": self.prior()} if self.prior else {}
        return self.model.build(
            self.architecture, pixels, replicas=replicas, **code, **self.options
        )

    def about(self) -> dict:
        """What this recipe is, for the record: everything but the training settings."""
        return {
            "architecture": repr(self.architecture),
            "prior": repr(self.prior()) if self.prior else None,
            "options": dict(self.options),
        }


def on_digits(architecture: Architecture, training: Training) -> dict:
    """Changes for the smoke scale: scikit-learn's digits, in seconds."""
    return {"data": "digits", "architecture": architecture, "training": training}
