"""One look at what a run is asked to do, before its first step."""

from __future__ import annotations

from collections.abc import Sequence

from aae_course.data.dataset import Split
from aae_course.models.model import Model
from aae_course.training.optimisation import Training
from aae_course.training.precision import check_precision


def check_run(model: Model, split: Split, training: Training, seeds: Sequence[int]) -> None:
    """Refuse what cannot be trained.

    Raises:
        ValueError: an optimiser is missing for a phase, or names none; the model does not have a
            replica for each seed; the labels do not fit the model; or the device does not have
            the precision.
    """
    _check_phases(model, training)
    _check_replicas(model, seeds)
    _check_labels(model, split, training)
    check_precision(training.precision, split.images.device)


def _check_phases(model: Model, training: Training) -> None:
    if set(model.phases) != set(training.optimisers):
        raise ValueError(
            f"{type(model).__name__} has the phases {', '.join(model.phases)}; "
            f"optimisers were given for {', '.join(training.optimisers)}"
        )


def _check_replicas(model: Model, seeds: Sequence[int]) -> None:
    replicas = {len(p) if p.dim() else 0 for p in model.parameters()}
    if len(seeds) > 1 and replicas != {len(seeds)}:
        raise ValueError(
            f"{len(seeds)} seeds need a model with {len(seeds)} replicas: make it with "
            "build_replicas, or train one seed"
        )


def _check_labels(model: Model, split: Split, training: Training) -> None:
    """A step cannot look at labels, so what could be wrong with them is found here."""
    classes = getattr(model, "classes", None)
    if classes is None:
        return
    low, high = int(split.labels.min()), int(split.labels.max())
    if low < 0 or high + 1 != classes:
        raise ValueError(
            f"{type(model).__name__} has {classes} classes, 0 to {classes - 1}; "
            f"the labels of these images range from {low} to {high}"
        )
    if "classification" in model.phases and not training.labelled_batch:
        raise ValueError(
            f"{type(model).__name__} learns from labelled minibatches: give Training a "
            "labelled_batch of 1 or more"
        )
