"""The runs without labels, or with few, whose code has clusters: Figures 9, 11, Table 3."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aae_course.experiments.recipe import Recipe, on_digits
from aae_course.models import (
    ClusteringAutoencoder,
    DimensionalityReduction,
    FixedHeadsReduction,
    Model,
    SemiSupervisedReduction,
)
from aae_course.models.priors import Gaussian
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import SGD, Adam, Annealed, StepDecay, Training

ADVERSARIES = ("label discriminator", "style discriminator", "generator")


def _adam(epochs: int, batch_size: int = 100, rates: Mapping | None = None, **labels) -> Training:
    """Adam for all phases; ``rates`` has the optimisers of further ones."""
    everything = {
        "reconstruction": Adam(1e-3),
        **dict.fromkeys(ADVERSARIES, Adam(5e-4, beta1=0.5)),
        **(rates or {}),
    }
    return Training(everything, epochs, batch_size, Annealed(), **labels)


def _sgd(epochs: int, schedule: StepDecay, rates: Mapping | None = None, **labels) -> Training:
    """The paper's optimisers (A.2.1, A.3): momentum 0.9 for the errors, 0.1 for the adversaries."""
    everything = {
        "reconstruction": SGD(0.01, momentum=0.9),
        **dict.fromkeys(ADVERSARIES, SGD(0.1, momentum=0.1)),
        **(rates or {}),
    }
    return Training(everything, epochs, schedule=schedule, **labels)


def _clustering(categories: int) -> Recipe:
    """The AAE of Figure 9 and Table 3; at paper scale with the settings of A.3.

    Batch norm is in all layers of the encoder, the last ones of y and z included, which the paper
    calls crucial; a fifth of the pixels is dropped while training.
    """
    normed = partial(Perceptrons, batch_norm="encoder", input_dropout=0.2)
    return Recipe(
        f"clustering AAE, {categories} clusters",
        ClusteringAutoencoder,
        _adam(epochs=8),
        partial(Gaussian, 5),
        normed(),
        options={"categories": categories},
        scales={
            "smoke": on_digits(normed((200, 200)), _adam(60, 50)),
            "paper": {
                "architecture": normed((3000, 3000), initialisation="paper"),
                "training": _sgd(1500, StepDecay((50,))),
            },
        },
    )


def _reduction(
    title: str, model: type[Model], labels: int | None, dim: int = 2, categories: int = 10
) -> Recipe:
    """An AAE of Figure 11, whose code is W_C y + z.

    The paper states neither networks nor rates. Ours have batch norm and input dropout as those of
    Table 3 (A.3): with noise on the images instead, as those of Table 2, the validation error with
    1000 labels was higher, over three seeds. The heads learn with the optimiser of the
    reconstruction, of which they are a part, and with one of their own where they repel each other.
    """
    normed = partial(Perceptrons, batch_norm="encoder", input_dropout=0.2)
    learned = "head distance" in model.phases
    seen = {"labels": labels, "labelled_batch": 100} if labels else {}

    def adam(epochs: int, batch_size: int = 100, most: int | None = None) -> Training:
        rates = {"head distance": Adam(1e-2)} if learned else {}
        if labels:
            rates["classification"] = Adam(1e-3)
        counts = {**seen, "labels": min(labels, most)} if labels and most else seen
        return _adam(epochs, batch_size, rates=rates, **counts)

    def sgd() -> Training:
        rates = {"head distance": SGD(0.01, momentum=0.9)} if learned else {}
        if labels:
            rates["classification"] = SGD(0.1, momentum=0.9)
        return _sgd(5000, StepDecay((50, 1000)), rates, **seen)

    return Recipe(
        title,
        model,
        adam(epochs=8),
        partial(Gaussian, dim),
        normed(),
        options={"categories": categories},
        scales={
            "smoke": on_digits(normed((200, 200)), adam(60, 50, most=500)),
            "paper": {
                "architecture": normed((1000, 1000), initialisation="paper"),
                "training": sgd(),
            },
        },
    )


CLUSTERED: dict[str, Recipe] = {
    "clusters_10": _clustering(10),
    "clusters_16": _clustering(16),
    "clusters_30": _clustering(30),
    "reduction_1000": _reduction("2-D, 1000 labels", SemiSupervisedReduction, 1000),
    "reduction_100": _reduction("2-D, 100 labels", SemiSupervisedReduction, 100),
    "reduction_0": _reduction("2-D, no labels", DimensionalityReduction, None, categories=20),
    "reduction_fixed": _reduction("10-D, 100 labels", FixedHeadsReduction, 100, dim=10),
}
