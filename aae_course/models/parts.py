"""One look at the networks and priors that a model is made of, when it is made."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from aae_course.models.priors import Prior
from aae_course.randomness import generators_restored


def check_parts(
    prior: Prior, beside: Mapping[str, int] | None = None, **networks: tuple[nn.Module, int]
) -> None:
    """Refuse a prior or a network that cannot do what the model asks of it.

    Each argument is a network and the index (0 input, -1 output) of the width that must be the
    prior's dimension; ``beside`` says how many of its numbers are not of the code. A network
    without ``widths``, such as a module of the reader's own, shows its shapes in the first step.

    Raises:
        TypeError: a part is of another kind.
        ValueError: a width does not fit, the prior's draws have another shape, a discriminator
            ends in a sigmoid, or something is not float32.
    """
    check_default_type()
    check_prior(prior)
    for name, (network, end) in networks.items():
        check_network(name, network)
        _check_width(prior, name, network, end, (beside or {}).get(name, 0))


def check_default_type() -> None:
    """Refuse another default type than float32, in which weights are made and noise is drawn."""
    if torch.get_default_dtype() != torch.float32:
        raise ValueError(
            f"torch's default type is {torch.get_default_dtype()}, and the course computes in "
            "float32: call torch.set_default_dtype(torch.float32) before making a model"
        )


def check_prior(prior: Prior) -> None:
    """Refuse what is no prior, and one whose draws are not (batch, dim) of float32."""
    if not isinstance(prior, Prior):
        raise TypeError(
            f"a prior is a Prior, not {type(prior).__name__}: write a subclass of "
            "aae_course.models.Prior whose draw(shape, labels) returns codes (*shape, dim)"
        )
    place = prior.origin.device
    with generators_restored(place), torch.no_grad():
        z = prior.sample(2)
    wanted, found = (
        f"{dtype} of shape {tuple(shape)} on {device}".removeprefix("torch.")
        for dtype, shape, device in (
            (torch.float32, (2, prior.dim), place),
            (z.dtype, z.shape, z.device),
        )
    )
    if found != wanted:
        raise ValueError(f"two draws of {type(prior).__name__} are {wanted}, not {found}")


def check_network(name: str, network: nn.Module) -> None:
    """Refuse what is no network of float32, and a discriminator that gives probabilities."""
    if not isinstance(network, nn.Module):
        raise TypeError(f"the {name} is a torch.nn.Module, not {type(network).__name__}")
    for parameter in network.parameters():
        if isinstance(parameter, nn.parameter.UninitializedParameter):
            raise ValueError(f"a layer of the {name} has no weights yet: call it once on an image")
        if parameter.dtype != torch.float32:
            raise ValueError(
                f"the {name} has weights of {parameter.dtype}, and the course computes in float32: "
                "convert them with .float()"
            )
    if "discriminator" in name and isinstance(last_layer(network), nn.Sigmoid | nn.Softmax):
        raise ValueError(
            f"the {name.replace('_', ' ')} ends in a {type(last_layer(network)).__name__}, but the "
            "losses take log-odds: leave this layer out"
        )


def last_layer(network: nn.Module) -> nn.Module:
    """The layer that gives the result, where networks hold their layers in order."""
    children = list(network.children())
    return last_layer(children[-1]) if children else network


def _check_width(prior: Prior, name: str, network: nn.Module, end: int, beside: int) -> None:
    widths = getattr(network, "widths", None)
    if widths is not None and widths[end] - beside != prior.dim:
        raise ValueError(
            f"the latent dimension {widths[end] - beside} of the {name} does not fit the prior: "
            f"{type(prior).__name__} has {prior.dim} dimensions"
        )
