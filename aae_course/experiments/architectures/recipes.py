"""The study of notebook 11: twelve convolutional architectures and perceptrons, in four tasks.

Nothing of it is in the paper. All architectures have the epochs and images of their task. Their
rates are a multiple of those of the task, which validation images chose for each architecture
(`tune`). Encoder and decoder have about as many weights everywhere.

`aae-course reproduce architectures_generation --seeds 3` and so on for each task, and `aae-course
reproduce batch_norm --seeds 3`, run its parts. The numbers are in figures/, a JSON for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from aae_course.data.dataset import Dataset
from aae_course.experiments.architectures.rates import factor_of, multiplied
from aae_course.experiments.recipe import Recipe
from aae_course.experiments.shared_settings import LABELS_AND_VIEWS, adam
from aae_course.experiments.watch import (
    validation_clusters,
    validation_error,
    validation_reconstruction,
)
from aae_course.models import (
    AdversarialAutoencoder,
    ClusteringAutoencoder,
    InvariantSemiSupervised,
    Model,
    SemiSupervisedAutoencoder,
)
from aae_course.models.priors import Gaussian, Prior
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional
from aae_course.training.optimisation import SGD, Adam, Annealed, Training

CODE = 20  # dimensions of the code at which weights are counted: ten labels and ten of style
HIDDEN = {"smoke": (24, 24), "course": (50, 50), "paper": (500, 500)}  # of the perceptrons
# The widths at which convolutions have about as many weights, by `networks.size.match_parameters`
# for each way from map to code.
WIDTHS = {
    "smoke": {"dense": 6, "whole map": 9, "average": 12},
    "course": {"dense": 8, "whole map": 16, "average": 18},
    "paper": {"dense": 33, "whole map": 78, "average": 81},
}
KERNEL = 3  # with 5, three times the operations, the study would take a day of one thread


def widths(name: str, scale: str) -> dict:
    """Settings that make an architecture of the study as large as the others of a scale."""
    architecture = ARCHITECTURES[name]
    if not isinstance(architecture, Convolutional):
        return {"hidden": HIDDEN[scale]}
    width = WIDTHS[scale][architecture.readout]
    return {"width": width, "hidden": HIDDEN[scale], "kernel": KERNEL}


USUAL = Annealed()


@dataclass(frozen=True)
class Task:
    """What an architecture is used for: a model, its prior, its training, what is watched.

    ``chosen_by`` is what is watched and chooses the rates: less is better.
    """

    title: str
    model: type[Model]
    prior: Callable[[], Prior]
    optimisers: Mapping[str, Adam | SGD]
    evaluate: Callable[[Model, Dataset], dict]
    chosen_by: str
    epochs: int = 10
    schedule: Annealed = USUAL
    options: Mapping[str, int] = field(default_factory=dict)
    corruption: Mapping[str, float] = field(default_factory=dict)
    training: Mapping[str, float] = field(default_factory=dict)
    smoke: Mapping = field(default_factory=dict)


TASKS = {
    "generation": Task(
        title="AAE", model=AdversarialAutoencoder, prior=partial(Gaussian, 8),
        optimisers=adam(reconstruction=1e-3, discriminator=5e-4, generator=5e-4),
        evaluate=validation_reconstruction, chosen_by="validation_half_squared_error",
    ),
    "semi_supervised": Task(
        title="1000 labels", model=SemiSupervisedAutoencoder, prior=partial(Gaussian, 10),
        optimisers=adam(
            reconstruction=1e-3, label_discriminator=2e-4, style_discriminator=2e-4,
            generator=2e-4, classification=1e-3,
        ),
        evaluate=validation_error, chosen_by="validation_error_percent",
        corruption={"input_noise": 0.3},
        training={"labels": 1000, "labelled_batch": 100}, smoke={"labels": 500},
    ),
    "clustering": Task(
        title="16 clusters", model=ClusteringAutoencoder, prior=partial(Gaussian, 5),
        optimisers=adam(
            reconstruction=1e-3, label_discriminator=5e-4, style_discriminator=5e-4,
            generator=5e-4,
        ),
        evaluate=validation_clusters, chosen_by="validation_majority_error_percent",
        options={"categories": 16}, corruption={"input_dropout": 0.2},
    ),
    "invariant": Task(
        title="100 labels, with views", model=InvariantSemiSupervised, prior=partial(Gaussian, 10),
        optimisers=LABELS_AND_VIEWS,
        evaluate=validation_error, chosen_by="validation_error_percent",
        epochs=3, schedule=Annealed(hold=0.3, warm_up=0.02), corruption={"input_noise": 0.1},
        training={"labels": 100, "labelled_batch": 50, "average": 0.998},
        smoke={"options": {"strength": 0.3}},
    ),
}  # fmt: skip
# Where batch norm stands, in networks of strided convolutions without a dense layer.
PLACES: dict[str, Mapping] = {
    "none": {"batch_norm": "none"},
    "decoder": {"batch_norm": "decoder"},
    "hidden": {"batch_norm": "hidden"},
    "encoder": {"batch_norm": "encoder"},
    "all": {"batch_norm": "all"},
    "encoder_discriminators": {"batch_norm": "encoder", "discriminator_norm": True},
}

PLACED = replace(ARCHITECTURES["strided_averaged"], width=14, hidden=(64, 64))  # kernels of 5 x 5

STUDY_ON_DIGITS = {"data": "digits", "images": None, "epochs": 1, "batch_size": 50}

# Perceptrons see no views: they do not know the shape of an image.
ARCHITECTURE_RECIPES: dict[str, Recipe] = {
    f"{name}_{task_name}": Recipe(
        title=f"{name.replace('_', ', ')}, {task.title}", serves=f"architectures_{task_name}",
        model=task.model, prior=task.prior, options=task.options,
        data="mnist", evaluate=task.evaluate, survives=True,
        architecture=replace(architecture, **widths(name, "course"), **task.corruption),
        training=Training(
            multiplied(task.optimisers, factor_of(f"{name}_{task_name}")), epochs=task.epochs,
            schedule=task.schedule, statistics=5000, **task.training,
        ),
        smoke={**STUDY_ON_DIGITS, **widths(name, "smoke"), "statistics": 500, **task.smoke},
        paper={"epochs": 100, **widths(name, "paper")},
    )
    for task_name, task in TASKS.items()
    for name, architecture in ARCHITECTURES.items()
    if task_name != "invariant" or isinstance(architecture, Convolutional)
}  # fmt: skip

# In the two tasks of which the paper says where batch norm is crucial.
BATCH_NORM_RECIPES: dict[str, Recipe] = {
    f"norm_{place}_{task_name}": Recipe(
        title=f"batch norm: {place.replace('_', ', ')}, {task.title}", serves="batch_norm",
        model=task.model, prior=task.prior, options=task.options,
        data="mnist", images=10_000, survives=True,
        architecture=replace(PLACED, **norm, **task.corruption),
        training=Training(task.optimisers, epochs=4, schedule=USUAL, **task.training),
        smoke={**STUDY_ON_DIGITS, "width": 8, "hidden": HIDDEN["smoke"], **task.smoke},
        paper={"images": None, "epochs": 100, "width": 50, "hidden": HIDDEN["paper"]},
    )
    for place, norm in PLACES.items()
    for task_name, task in TASKS.items()
    if task_name in ("semi_supervised", "clustering")
}  # fmt: skip
