"""One look at what a run is asked to do, before its first step."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence

import torch

from aae_course.data.dataset import Split
from aae_course.data.labels import NOT_LABELLED
from aae_course.models.model import Model
from aae_course.models.parts import check_default_type, check_network, check_prior
from aae_course.models.priors import Prior
from aae_course.training.optimisation import Training
from aae_course.training.precision import check_precision


def check_run(model: Model, split: Split, training: Training, seeds: Sequence[int]) -> None:
    """Refuse what cannot be trained.

    Raises:
        TypeError: the model, the images or the settings are of another kind.
        ValueError: torch computes without gradients or on a device of its own; an optimiser is
            missing for a phase, or names none; a network or prior cannot do what is asked of it;
            the model does not have a replica for each seed; the labels do not fit the model; or the
            device does not have the precision.
    """
    _check_surroundings()
    _check_kinds(model, split, training)
    _check_phases(model, training)
    _check_parts(model)
    _check_replicas(model, seeds)
    _check_device(model, split)
    _check_labels(model, split, training)
    check_precision(training.precision, split.images.device)
    if training.statistics and not hasattr(model, "reconstruct") and not hasattr(model, "logits"):
        raise ValueError(
            f"{type(model).__name__} has neither reconstruct nor logits that images could pass to "
            "give batch norm new statistics: leave statistics=0"
        )


def whole_seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """The seeds as Python's own integers, whoever made them.

    Raises:
        TypeError: they are no sequence of integers.
        ValueError: there are none, or one is negative.
    """
    try:
        found = tuple(operator.index(seed) for seed in seeds)
    except TypeError as error:
        raise TypeError(f"seeds are a list of integers, as in [0, 1, 2]: {error}") from error
    if not found:
        raise ValueError("a run needs at least one seed")
    if min(found) < 0:
        raise ValueError(f"seeds are integers from 0 on, not {', '.join(map(str, found))}")
    return found


def _check_surroundings() -> None:
    if torch.is_inference_mode_enabled():
        raise ValueError("a training needs gradients: call fit outside of torch.inference_mode()")
    if torch.get_default_device().type != "cpu":
        raise ValueError(
            f"torch's default device is {torch.get_default_device()}: call "
            "torch.set_default_device('cpu'), and move model and images with .to(device)"
        )


def _check_kinds(model: Model, split: Split, training: Training) -> None:
    if not isinstance(model, Model):
        raise TypeError(f"fit trains a Model of this course, not {type(model).__name__}")
    if not isinstance(split, Split):
        kind = type(split).__name__
        hint = "its train split" if hasattr(split, "train") else "Split(images, labels)"
        raise TypeError(f"fit trains on a Split, not on {kind}: give it {hint}")
    if not isinstance(training, Training):
        raise TypeError(f"the settings are a Training, not {type(training).__name__}")


def _check_phases(model: Model, training: Training) -> None:
    name = type(model).__name__
    if not model.phases:
        raise ValueError(f"{name} has no phases: say which networks each of its losses changes")
    if set(model.phases) != set(training.optimisers):
        raise ValueError(
            f"{name} has the phases {', '.join(model.phases)}; "
            f"optimisers were given for {', '.join(training.optimisers)}"
        )
    for phase, networks in model.phases.items():
        for network in networks:
            check_network(network, getattr(model, network, None))
        if not model.phase_parameters(phase):
            raise ValueError(
                f"the {phase} phase of {name} has nothing to learn, for all weights of its "
                f"{' and '.join(networks)} are frozen: let some of them require a gradient"
            )


def _check_parts(model: Model) -> None:
    check_default_type()
    for part in model.modules():
        if isinstance(part, Prior):
            check_prior(part)


def _check_replicas(model: Model, seeds: Sequence[int]) -> None:
    replicas = {len(p) if p.dim() else 0 for p in model.parameters()}
    if len(seeds) > 1 and replicas != {len(seeds)}:
        raise ValueError(
            f"{len(seeds)} seeds need a model with {len(seeds)} replicas: make it with "
            "build_replicas, or train one seed"
        )


def _check_device(model: Model, split: Split) -> None:
    places = {str(p.device) for p in model.parameters()}
    if places != {str(split.images.device)}:
        raise ValueError(
            f"the model is on {' and '.join(sorted(places))}, the images on "
            f"{split.images.device}: move one with .to(device)"
        )


def _check_labels(model: Model, split: Split, training: Training) -> None:
    """A step cannot look at labels, so what could be wrong with them is found here."""
    name, known = type(model).__name__, split.labels[split.labels != NOT_LABELLED]
    if model.classes is not None and len(known) and int(known.max()) >= model.classes:
        raise ValueError(
            f"{name} has {model.classes} classes, 0 to {model.classes - 1}; "
            f"the labels of these images range from {int(known.min())} to {int(known.max())}"
        )
    if model.needs_labels and (len(known) < len(split) or training.labels is not None):
        labelled = len(known) if training.labels is None else training.labels
        raise ValueError(
            f"{name} needs the label of every image, and {labelled} of {len(split)} have one: "
            "leave the others out, or take a model that learns from few labels"
        )
    if model.wants_labelled_batch and not training.labelled_batch:
        raise ValueError(
            f"{name} learns from labelled minibatches: give Training a labelled_batch of 1 or more"
        )
    if model.wants_labelled_batch and not len(known):
        raise ValueError(f"{name} learns from labels, and none of these images has one")
