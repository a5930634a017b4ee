"""One look at a training step before the first: what a reader's own networks do when called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.data.dataset import Split
from aae_course.data.minibatches import Batch
from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.gan import GenerativeAdversarialNetwork
from aae_course.models.model import Model
from aae_course.networks.layers import BatchNorm
from aae_course.randomness import generators_restored

FAR = 1e4  # codes so far out that only a bounded output still lies in [0, 1]


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
        ValueError: batch norm has a single image; the step fails, changes its images, yields other
            phases than the model names, or a loss of another shape, one that is not finite, that no
            weight changes, or that cannot be differentiated any more; a discriminator gives no
            log-odds; or what makes images cannot make what the data hold.
    """
    trains, x = model.training, batch.x.clone()
    _check_batch_norm(model, batch)
    with generators_restored(batch.x.device), torch.enable_grad():
        model.eval()
        with _inputs_of(_discriminators(model)) as seen:
            _check_losses(model, batch, seeds)
        if not torch.equal(batch.x, x):
            raise ValueError(
                f"a step of {type(model).__name__} changes its images: write 2 * x for x.mul_(2)"
            )
        _check_log_odds(seen)
        _check_output(model, split, batch)
    model.train(trains)


def _check_batch_norm(model: Model, batch: Batch) -> None:
    kinds = BatchNorm, nn.modules.batchnorm._BatchNorm
    normalises = any(isinstance(layer, kinds) for layer in model.modules())
    sizes = [each.x.shape[-2] for each in (batch, batch.labelled) if each is not None]
    if normalises and 1 in sizes:
        raise ValueError(
            "batch norm normalises over a minibatch, and one image has no spread: take minibatches "
            "(batch_size, labelled_batch) of 2 or more, or batch_norm='none'"
        )


def _check_losses(model: Model, batch: Batch, seeds: Sequence[int]) -> None:
    name, phases = type(model).__name__, iter(model.phases)
    losses, shape = model.training_step(batch), (len(seeds),) if len(seeds) > 1 else ()
    for phase in phases:
        try:
            yielded, loss = next(losses, (None, None))
        except (RuntimeError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ValueError(
                f"the {phase} phase of {name} fails on a minibatch of images of shape "
                f"{(*batch.x.shape,)}: {_first_line(error)}"
            ) from error
        if yielded != phase:
            raise ValueError(f"{name} yields {yielded!r} where its phases have {phase!r}")
        found = tuple(loss.shape) if isinstance(loss, Tensor) else type(loss).__name__
        if found != shape:
            raise ValueError(
                f"the {phase} loss of {name} has the shape {found}, not {shape}: "
                "a loss is a mean over the minibatch"
            )
        if not loss.isfinite().all():
            raise ValueError(
                f"the {phase} loss of {name} is {loss.detach().tolist()} before the first step: "
                "look for weights that are not finite, a division by zero, or a minibatch of one"
            )
        try:
            reaches = _reaches(loss, model.phase_parameters(phase))
        except RuntimeError as error:
            raise ValueError(
                f"the {phase} loss of {name} needs what an earlier phase has changed or used up: "
                f"compute it after that yield ({_first_line(error).partition('. ')[0]})"
            ) from error
        if not reaches:
            raise ValueError(
                f"the {phase} loss of {name} depends on no weight of "
                f"{' and '.join(model.phases[phase])}: look for a detach() or no_grad() too many"
            )
    if (more := next(losses, None)) is not None:
        raise ValueError(f"{name} yields {more[0]!r}, which its phases do not have")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _reaches(loss: Tensor, weights: list[nn.Parameter]) -> bool:
    """Whether the loss depends on any of the weights; their gradients stay as they are."""
    if not loss.requires_grad:
        return False
    found = torch.autograd.grad(loss.sum(), weights, allow_unused=True)
    with torch.no_grad():
        for weight in weights:
            weight.copy_(weight)  # a graph that needs the old weight is told that it has changed
    return any(gradient is not None for gradient in found)


def _discriminators(model: Model) -> dict[str, nn.Module]:
    names = dict.fromkeys(name for networks in model.phases.values() for name in networks)
    return {name: getattr(model, name) for name in names if "discriminator" in name}


@contextmanager
def _inputs_of(networks: Mapping[str, nn.Module]) -> Iterator[dict[str, tuple[nn.Module, Tensor]]]:
    """Within it, the first input of each network that is called is noted: (network, input)."""
    seen: dict[str, tuple[nn.Module, Tensor]] = {}

    def note(name: str, network: nn.Module, inputs: tuple) -> None:
        seen.setdefault(name, (network, inputs[0].detach()))

    hooks = [each.register_forward_pre_hook(partial(note, name)) for name, each in networks.items()]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def _check_log_odds(seen: Mapping[str, tuple[nn.Module, Tensor]]) -> None:
    """A discriminator gives one number for each code or image, which can be far above 1."""
    for name, (network, inputs) in seen.items():
        far = network(FAR * inputs)
        if far.shape[-1] != 1:
            raise ValueError(
                f"the {name.replace('_', ' ')} gives {far.shape[-1]} numbers where one, the "
                "log-odds, is needed: its last layer should have one output"
            )
        if far.min() >= 0 and 0.999 < far.max() <= 1:
            raise ValueError(
                f"the {name.replace('_', ' ')} gives probabilities, but the losses take log-odds: "
                "leave the sigmoid at its end out"
            )


@torch.no_grad()
def _check_output(model: Model, split: Split, batch: Batch) -> None:
    """What makes images gives as many numbers as an image has, and can give measurements."""
    if isinstance(model, EncoderDecoder):
        name, z = "decoder", model.encode(batch.x, batch.y)
        decode = partial(model.decode, y=batch.y)
    elif isinstance(model, GenerativeAdversarialNetwork):
        name, z = "generator", model.prior.sample(*batch.x.shape[:-1])
        decode = model.generator
    else:
        return
    if (x_hat := decode(z)).shape != batch.x.shape:
        raise ValueError(
            f"the {name} of {type(model).__name__} makes {(*x_hat.shape,)} of images "
            f"{(*batch.x.shape,)}: its last layer should have as many outputs as there are pixels"
        )
    far = decode(FAR * z)
    if split.measurements and far.min() >= 0 and far.max() <= 1 and far.any():
        raise ValueError(
            f"the {name} of {type(model).__name__} gives numbers in [0, 1] only, which the "
            "measurements are not: build it with output='linear'"
        )
