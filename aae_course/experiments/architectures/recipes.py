"""The study of notebook 11: eight convolutional architectures and perceptrons, in three tasks.

Nothing of it is in the paper. All architectures have the optimisers, epochs and images of their
task. The rates are those that the perceptrons have in the other notebooks, and none was tuned for
a convolution. Encoder and decoder have about as many weights everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from aae_course.experiments.recipe import Recipe, on_digits
from aae_course.models import (
    AdversarialAutoencoder,
    ClusteringAutoencoder,
    Model,
    SemiSupervisedAutoencoder,
)
from aae_course.models.priors import Gaussian, Prior
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import Adam, Annealed, Training

CODE = 20  # dimensions of the code at which weights are counted: ten labels and ten of style
HIDDEN = {"smoke": (24, 24), "course": (64, 64), "paper": (500, 500)}  # of the perceptrons
# The widths at which convolutions have about as many weights, by `network_size.match_parameters`;
# "dense" stands for a fully connected hidden layer, "averaged" for none.
WIDTHS = {
    "smoke": {"dense": 4, "averaged": 8},
    "course": {"dense": 6, "averaged": 14},
    "paper": {"dense": 22, "averaged": 50},
}
EPOCHS = {"smoke": 2, "course": 4, "paper": 100}
IMAGES = 10_000  # of the reduced study, at course scale


@dataclass(frozen=True)
class Task:
    """What an architecture is used for: a model, its prior and its optimisers."""

    title: str
    model: type[Model]
    prior: Callable[[], Prior]
    rates: Mapping[str, Adam]
    corruption: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, int] = field(default_factory=dict)
    labels: int | None = None


def _rates(adversary: float, *discriminators: str, **others: Adam) -> dict[str, Adam]:
    phases = (*discriminators, "generator")
    return {
        "reconstruction": Adam(1e-3),
        **dict.fromkeys(phases, Adam(adversary, beta1=0.5)),
        **others,
    }


BOTH = ("label discriminator", "style discriminator")
TASKS = {
    "generation": Task(
        "AAE", AdversarialAutoencoder, partial(Gaussian, 8), _rates(5e-4, "discriminator")
    ),
    "semi_supervised": Task(
        "1000 labels",
        SemiSupervisedAutoencoder,
        partial(Gaussian, 10),
        _rates(2e-4, *BOTH, classification=Adam(1e-3)),
        corruption={"input_noise": 0.3},
        labels=1000,
    ),
    "clustering": Task(
        "16 clusters",
        ClusteringAutoencoder,
        partial(Gaussian, 5),
        _rates(5e-4, *BOTH),
        corruption={"input_dropout": 0.2},
        options={"categories": 16},
    ),
}


def sized(name: str, scale: str, **changes) -> Perceptrons | Convolutional:
    """An architecture of the study, as large as the others of a scale."""
    if name == "perceptrons":
        return Perceptrons(HIDDEN[scale], **changes)
    kind = "dense" if ARCHITECTURES[name].fully_connected else "averaged"
    return replace(ARCHITECTURES[name], width=WIDTHS[scale][kind], hidden=HIDDEN[scale], **changes)


def recipe(title: str, task: Task, architecture: Callable[[str], object]) -> Recipe:
    """A run of the study; ``architecture`` makes that of a scale."""

    def training(scale: str, batch_size: int = 100) -> Training:
        few = (
            {"labels": min(task.labels, 500 if scale == "smoke" else task.labels)}
            if task.labels
            else {}
        )
        return Training(
            task.rates, EPOCHS[scale], batch_size, Annealed(),
            labelled_batch=100 if few else 0, **few,
        )  # fmt: skip

    return Recipe(
        f"{title}, {task.title}",
        task.model,
        training("course"),
        task.prior,
        architecture("course"),
        options=task.options,
        images=IMAGES,
        scales={
            "smoke": {**on_digits(architecture("smoke"), training("smoke", 50)), "images": None},
            "paper": {
                "architecture": architecture("paper"),
                "training": training("paper"),
                "images": None,
            },
        },
    )


ARCHITECTURE_STUDY: dict[str, Recipe] = {
    f"{name}_{task_name}": recipe(
        name.replace("_", ", "), task, partial(sized, name, **task.corruption)
    )
    for name in ARCHITECTURES
    for task_name, task in TASKS.items()
}

# Where batch norm stands, in networks of strided convolutions without a dense layer.
PLACES: dict[str, Mapping] = {
    "none": {"batch_norm": "none"},
    "decoder": {"batch_norm": "decoder"},
    "hidden": {"batch_norm": "hidden"},
    "encoder": {"batch_norm": "encoder"},
    "all": {"batch_norm": "all"},
    "encoder_discriminators": {"batch_norm": "encoder", "discriminator_norm": True},
}
NORMED_TASKS = ("semi_supervised", "clustering")  # of which the paper says where it is crucial
BATCH_NORM_STUDY: dict[str, Recipe] = {
    f"norm_{place}_{task}": recipe(
        f"batch norm: {place.replace('_', ', ')}",
        TASKS[task],
        partial(sized, "strided_averaged", **settings, **TASKS[task].corruption),
    )
    for place, settings in PLACES.items()
    for task in NORMED_TASKS
}
