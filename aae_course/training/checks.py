"""One look at what a run is asked to do, before its first step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from aae_course.data.dataset import Split
from aae_course.data.labels import NOT_LABELLED
from aae_course.data.minibatches import Batch
from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.model import Model
from aae_course.models.parts import check_default_type, check_network, check_prior
from aae_course.models.priors import Prior
from aae_course.networks.layers import BatchNorm
from aae_course.randomness import generators_restored
from aae_course.training.optimisation import Training
from aae_course.training.precision import check_precision

FAR = 1e4  # codes so far out that only a bounded output still lies in [0, 1]


def check_run(model: Model, split: Split, training: Training, seeds: Sequence[int]) -> None:
    """Refuse what cannot be trained.

    Raises:
        TypeError: the model, the images or the settings are of another kind.
        ValueError: an optimiser is missing for a phase, or names none; a network or prior cannot
            do what is asked of it; the model does not have a replica for each seed; the labels or
            the minibatch do not fit the model; or the device does not have the precision.
    """
    _check_kinds(model, split, training)
    _check_phases(model, training)
    _check_parts(model)
    _check_replicas(model, seeds)
    _check_device(model, split)
    _check_labels(model, split, training)
    _check_batch_norm(model, training)
    check_precision(training.precision, split.images.device)


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
    if not seeds:
        raise ValueError("a run needs at least one seed")
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


def _check_batch_norm(model: Model, training: Training) -> None:
    kinds = BatchNorm, nn.modules.batchnorm._BatchNorm
    normalises = any(isinstance(layer, kinds) for layer in model.modules())
    if normalises and 1 in (training.batch_size, training.labelled_batch):
        raise ValueError(
            "batch norm normalises over a minibatch, and one image has no spread: take minibatches "
            "(batch_size, labelled_batch) of 2 or more, or batch_norm='none'"
        )


def check_step(model: Model, split: Split, batch: Batch, seeds: Sequence[int]) -> None:
    """Go through a step without learning anything from it, in evaluation mode.

    What a network of the reader's own does cannot be seen before it is called: here it is called.
    Neither weights nor random generators change.

    Args:
        model: which has passed `check_run`.
        split: the training images.
        batch: one of their minibatches.
        seeds: one for each replica.

    Raises:
        ValueError: the step fails, yields other phases than the model names, or a loss of another
            shape, or one that no weight changes; or the decoder cannot make what the data hold.
    """
    trains = model.training
    with generators_restored(batch.x.device), torch.enable_grad():
        model.eval()
        _check_losses(model, batch, seeds)
        if isinstance(model, EncoderDecoder):
            _check_output(model, split, batch)
    model.train(trains)


def _check_losses(model: Model, batch: Batch, seeds: Sequence[int]) -> None:
    name, phases = type(model).__name__, iter(model.phases)
    losses, shape = model.training_step(batch), (len(seeds),) if len(seeds) > 1 else ()
    for phase in phases:
        try:
            yielded, loss = next(losses, (None, None))
        except (RuntimeError, TypeError, ValueError, AttributeError, IndexError) as error:
            why = str(error).partition("\n")[0]
            raise ValueError(
                f"the {phase} phase of {name} fails on a minibatch of images of shape "
                f"{(*batch.x.shape,)}: {why}"
            ) from error
        if yielded != phase:
            raise ValueError(f"{name} yields {yielded!r} where its phases have {phase!r}")
        if tuple(loss.shape) != shape:
            raise ValueError(
                f"the {phase} loss of {name} has the shape {(*loss.shape,)}, not {shape}: "
                "a loss is a mean over the minibatch"
            )
        if not _reaches(loss, model.phase_parameters(phase)):
            raise ValueError(
                f"the {phase} loss of {name} depends on no weight of "
                f"{' and '.join(model.phases[phase])}: look for a detach() or no_grad() too many"
            )
    if (more := next(losses, None)) is not None:
        raise ValueError(f"{name} yields {more[0]!r}, which its phases do not have")


def _reaches(loss: Tensor, weights: list[nn.Parameter]) -> bool:
    """Whether the loss depends on any of the weights; their gradients stay as they are."""
    if not loss.requires_grad:
        return False
    found = torch.autograd.grad(loss.sum(), weights, retain_graph=True, allow_unused=True)
    return any(gradient is not None for gradient in found)


@torch.no_grad()
def _check_output(model: EncoderDecoder, split: Split, batch: Batch) -> None:
    """The decoder gives as many numbers as an image has, and can give those of measurements."""
    z = model.encode(batch.x, batch.y)
    x_hat = model.decode(z, batch.y)
    if x_hat.shape != batch.x.shape:
        raise ValueError(
            f"the decoder of {type(model).__name__} makes {(*x_hat.shape,)} of images "
            f"{(*batch.x.shape,)}: its last layer should have as many outputs as there are pixels"
        )
    far = model.decode(FAR * z, batch.y)
    if split.measurements and far.min() >= 0 and far.max() <= 1 and far.any():
        raise ValueError(
            f"the decoder of {type(model).__name__} gives numbers in [0, 1] only, which the "
            "measurements are not: build it with output='linear'"
        )
