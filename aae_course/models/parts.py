"""One look at the networks and priors that a model is made of, when it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from aae_course.models.priors import Prior
from aae_course.randomness import generators_restored, seed_noise


def check_parts(
    prior: Prior, beside: Mapping[str, int] | None = None, **networks: tuple[nn.Module, int]
) -> None:
    """Refuse a prior or a network that cannot do what the model asks of it.

    Each argument is a network and the index (0 input, -1 output) of the width that must be the
    prior's dimension; ``beside`` says how many of its numbers are not of the code. A network
    without ``widths``, such as a module of the reader's own, shows its shapes in the first step.

    Raises:
        TypeError: a part is of another kind.
        ValueError: a width does not fit, the prior cannot draw or draws something else than codes,
            a discriminator ends in a sigmoid, or something is not float32.
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


DRAWS = 7  # that a prior is asked for: a number that nobody has written into it


def check_prior(prior: Prior) -> None:
    """Refuse what is no prior, and one that does not draw finite codes (batch, dim) of float32."""
    if not isinstance(prior, Prior):
        raise TypeError(
            f"a prior is a Prior, not {type(prior).__name__}: write a subclass of "
            "aae_course.models.Prior whose draw(shape, labels) returns codes (*shape, dim)"
        )
    name = type(prior).__name__
    if not hasattr(prior, "origin"):
        raise TypeError(f"__init__ of {name} does not call super().__init__(dim) first")
    with generators_restored(prior.origin.device), torch.no_grad():
        z = _tried(f"{name} cannot draw", prior.sample, DRAWS)
        _check_numbers(f"{DRAWS} draws of {name}", z, (DRAWS, prior.dim), prior.origin)
        if hasattr(prior, "log_prob"):
            log_p = _tried(f"{name} cannot say its density", prior.log_prob, z)
            _check_numbers(f"log_prob of {DRAWS} draws of {name}", log_p, (DRAWS,), prior.origin)
        if not z.is_meta:
            _check_randomness(prior)


def _check_randomness(prior: Prior) -> None:
    """Refuse a prior whose draws a run's seed does not decide, or that decides those of others."""
    name, draws, states = type(prior).__name__, [], []
    for seed in (0, 0, 1):
        seed_noise([seed])
        draws.append(prior.sample(DRAWS))
        states.append(torch.get_rng_state())
    if not torch.equal(draws[0], draws[1]):
        raise ValueError(
            f"draws of {name} are others with the same seed: take them from torch's own generator, "
            "not from NumPy's or one of the prior's own"
        )
    if torch.equal(states[0], states[2]):
        raise ValueError(f"draw of {name} seeds torch's generator, which is the run's: leave it")


def _tried(what: str, function: Callable[..., Tensor], *arguments) -> Tensor:
    """What a function of the reader's own returns; where it fails, why, in one line."""
    try:
        return function(*arguments)
    except Exception as error:
        why = str(error).partition("\n")[0]
        raise ValueError(f"{what}: {type(error).__name__}: {why}") from error


def _check_numbers(what: str, found: Tensor, shape: tuple[int, ...], like: Tensor) -> None:
    if not isinstance(found, Tensor):
        raise TypeError(f"{what} are a tensor, not {type(found).__name__}")
    if (found.dtype, found.shape, found.device) != (torch.float32, shape, like.device):
        kind = f"{found.dtype}".removeprefix("torch.")
        raise ValueError(
            f"{what} are float32 of shape {shape} on {like.device}, "
            f"not {kind} of shape {(*found.shape,)} on {found.device}"
        )
    if not found.is_meta and not found.isfinite().all():
        raise ValueError(f"{what} hold values that are not finite (nan, inf)")


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
