"""The study of notebook 11: eight convolutional architectures and perceptrons, in three tasks.

Nothing of it is in the paper. All architectures have the optimisers, epochs and images of their
task. The rates are those that the perceptrons have in the other notebooks, and none was tuned for
a convolution. Encoder and decoder have about as many weights everywhere.

`aae-course reproduce architectures` and `batch_norm` run the two parts. The numbers are in
figures/architectures.json and figures/batch_norm.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from aae_course.experiments.recipe import Recipe
from aae_course.experiments.shared_settings import adam
from aae_course.experiments.watch import validation_reconstruction
from aae_course.models import (
    AdversarialAutoencoder,
    ClusteringAutoencoder,
    Model,
    SemiSupervisedAutoencoder,
)
from aae_course.models.priors import Gaussian, Prior
from aae_course.networks.convolutional import ARCHITECTURES
from aae_course.training.optimisation import Adam, Annealed, Training

CODE = 20  # dimensions of the code at which weights are counted: ten labels and ten of style
HIDDEN = {"smoke": (24, 24), "course": (64, 64), "paper": (500, 500)}  # of the perceptrons
# The widths at which convolutions have about as many weights, by `networks.size.match_parameters`;
# "dense" stands for a fully connected hidden layer, "averaged" for none.
WIDTHS = {
    "smoke": {"dense": 4, "averaged": 8},
    "course": {"dense": 6, "averaged": 14},
    "paper": {"dense": 22, "averaged": 50},
}


def widths(name: str, scale: str) -> dict:
    """Settings that make an architecture of the study as large as the others of a scale."""
    if name == "perceptrons":
        return {"hidden": HIDDEN[scale]}
    kind = "dense" if ARCHITECTURES[name].fully_connected else "averaged"
    return {"width": WIDTHS[scale][kind], "hidden": HIDDEN[scale]}


@dataclass(frozen=True)
class Task:
    """What an architecture is used for: a model, its prior, its optimisers and its labels."""

    title: str
    model: type[Model]
    prior: Callable[[], Prior]
    optimisers: Mapping[str, Adam]
    options: Mapping[str, int] = field(default_factory=dict)
    corruption: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)
    smoke: Mapping[str, int] = field(default_factory=dict)


TASKS = {
    "generation": Task(
        title="AAE", model=AdversarialAutoencoder, prior=partial(Gaussian, 8),
        optimisers=adam(reconstruction=1e-3, discriminator=5e-4, generator=5e-4),
    ),
    "semi_supervised": Task(
        title="1000 labels", model=SemiSupervisedAutoencoder, prior=partial(Gaussian, 10),
        optimisers=adam(
            reconstruction=1e-3, label_discriminator=2e-4, style_discriminator=2e-4,
            generator=2e-4, classification=1e-3,
        ),
        corruption={"input_noise": 0.3},
        labels={"labels": 1000, "labelled_batch": 100}, smoke={"labels": 500},
    ),
    "clustering": Task(
        title="16 clusters", model=ClusteringAutoencoder, prior=partial(Gaussian, 5),
        optimisers=adam(
            reconstruction=1e-3, label_discriminator=5e-4, style_discriminator=5e-4,
            generator=5e-4,
        ),
        options={"categories": 16}, corruption={"input_dropout": 0.2},
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

STUDY_ON_DIGITS = {"data": "digits", "images": None, "epochs": 1, "batch_size": 50}
ALL_IMAGES = {"images": None, "epochs": 100}

ARCHITECTURE_RECIPES: dict[str, Recipe] = {
    f"{name}_{task_name}": Recipe(
        title=f"{name.replace('_', ', ')}, {task.title}", serves="architectures",
        model=task.model, prior=task.prior, options=task.options,
        data="mnist", images=10_000,
        evaluate=validation_reconstruction, survives=True,
        architecture=replace(architecture, **widths(name, "course"), **task.corruption),
        training=Training(task.optimisers, epochs=4, schedule=Annealed(), **task.labels),
        smoke={**STUDY_ON_DIGITS, **widths(name, "smoke"), **task.smoke},
        paper={**ALL_IMAGES, **widths(name, "paper")},
    )
    for name, architecture in ARCHITECTURES.items()
    for task_name, task in TASKS.items()
}  # fmt: skip

# In the two tasks of which the paper says where batch norm is crucial.
BATCH_NORM_RECIPES: dict[str, Recipe] = {
    f"norm_{place}_{task_name}": Recipe(
        title=f"batch norm: {place.replace('_', ', ')}, {task.title}", serves="batch_norm",
        model=task.model, prior=task.prior, options=task.options,
        data="mnist", images=10_000, survives=True,
        architecture=replace(
            ARCHITECTURES["strided_averaged"],
            **widths("strided_averaged", "course"), **norm, **task.corruption,
        ),
        training=Training(task.optimisers, epochs=4, schedule=Annealed(), **task.labels),
        smoke={**STUDY_ON_DIGITS, **widths("strided_averaged", "smoke"), **task.smoke},
        paper={**ALL_IMAGES, **widths("strided_averaged", "paper")},
    )
    for place, norm in PLACES.items()
    for task_name, task in TASKS.items()
    if task_name != "generation"
}  # fmt: skip
