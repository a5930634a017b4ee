"""What a recipe is: one training run, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace

from aae_course.data.dataset import Dataset
from aae_course.models import Model
from aae_course.models.priors import Prior
from aae_course.networks.compact_convolutional import CompactConvolutional
from aae_course.networks.convolutional import Convolutional
from aae_course.networks.dcgan import Convolutions
from aae_course.networks.perceptrons import Perceptrons
from aae_course.settings import check_known
from aae_course.training.as_data import as_data
from aae_course.training.optimisation import Training

Architecture = Perceptrons | Convolutional | Convolutions | CompactConvolutional


@dataclass(frozen=True)
class Recipe:
    """One training run, with the settings of the default scale, "course".

    Args:
        title: what a person calls it.
        model: the class of the model.
        training: optimisers, epochs, batch size and schedule.
        prior: makes the prior; the plain autoencoder has none.
        architecture: makes the networks.
        data: name of the data set.
        options: further arguments of ``model.build``.
        images: how many training images, the first ones; None for all.
        evaluate: measures a seed's model after every epoch of its training, on the data set given;
            what it returns is in the history.
        survives: a seed whose loss becomes infinite is left out, and the others go on.
        serves: the figure or table that it was made for, or the notebook.
        smoke: what this scale changes, by the name of the setting: one of the recipe, of its
            training ("epochs") or of its architecture ("hidden").
        paper: what this scale changes, likewise.
    """

    title: str
    model: type[Model]
    training: Training
    prior: Callable[[], Prior] | None = None
    architecture: Architecture = field(default_factory=Perceptrons)
    data: str = "mnist"
    options: Mapping = field(default_factory=dict)
    images: int | None = None
    evaluate: Callable[[Model, Dataset], dict] | None = None
    survives: bool = False
    serves: str = ""
    smoke: Mapping = field(default_factory=dict, repr=False)
    paper: Mapping = field(default_factory=dict, repr=False)

    @property
    def command(self) -> str:
        """What runs it from a shell."""
        if self.serves[:1].isdigit():
            return f"jupyter lab notebooks/{self.serves}.ipynb"
        return f"aae-course reproduce {self.serves}"

    def at(self, scale: str) -> Recipe:
        """This recipe with what a scale changes, and no scale left to change it again.

        Raises:
            ValueError: no setting has the name of a change.
        """
        changes = {"smoke": self.smoke, "paper": self.paper}.get(scale, {})
        own = {"title", "model", "prior", "data", "options", "images"}
        training = {each.name for each in fields(self.training)}
        architecture = {each.name for each in fields(self.architecture)}
        for name in changes:
            check_known(name, sorted(own | training | architecture), "setting")

        def those_of(names: set[str]) -> dict:
            return {name: changes[name] for name in changes if name in names}

        return replace(
            self,
            training=replace(self.training, **those_of(training)),
            architecture=replace(self.architecture, **those_of(architecture)),
            smoke={},
            paper={},
            **those_of(own),
        )

    def on(self, data: Dataset) -> Recipe:
        """This recipe with networks for images of the data's shape."""
        if not hasattr(self.architecture, "image_shape"):
            return self
        return replace(self, architecture=replace(self.architecture, image_shape=data.image_shape))

    def part_of(self, data: Dataset) -> Dataset:
        """The data set with as many training images as the recipe wants."""
        return replace(data, train=data.train.part(slice(self.images)))

    def build(self, pixels: int, replicas: int | None = None) -> Model:
        """The model, with fresh weights from torch's global generator."""
        code = {"prior": self.prior()} if self.prior else {}
        return self.model.build(
            self.architecture, pixels, replicas=replicas, **code, **self.options
        )

    def about(self) -> dict:
        """What the model is made from, for its checkpoint."""
        watched = {"evaluate": self.evaluate} if self.evaluate else {}
        return {"architecture": self.architecture, "options": self.options, **watched}

    def as_data(self) -> dict:
        """Every setting, the prior's and the optimisers' numbers included, for a record."""
        return {**as_data(self), "prior": as_data(self.prior and self.prior())}
