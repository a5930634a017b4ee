"""The check of notebook 12 of a Wasserstein autoencoder that the reader writes and trains."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.loops import Loop, Networks
from aae_course.models.losses import half_squared_error, inverse_multiquadratic_mmd
from aae_course.randomness import generators_restored, seeded_generator

PIXELS, DIM, BATCH, MINIBATCHES, WEIGHT = 6, 2, 7, 4, 3.0


def train_wae(answer: Callable[..., list]) -> bool:
    """Check ``answer(encoder, decoder, optimiser, minibatches, mmd, weight)``: its losses."""
    generator = seeded_generator(12, 5)
    x = torch.rand(MINIBATCHES, BATCH, PIXELS, generator=generator)
    draws = torch.randn(MINIBATCHES, BATCH, DIM, generator=generator)
    minibatches = list(zip(x, draws, strict=True))
    loop = Loop(_networks, minibatches, wae_loss)
    networks, optimiser = loop.start()

    def fault(losses) -> str | None:
        return loop.fault(losses, networks, _mistaken_losses, FOLLOWED)

    given = (*networks, optimiser, minibatches, inverse_multiquadratic_mmd, WEIGHT)
    return grade("train_wae", partial(answer, *given), (), fault, "mmd compares codes with draws")


def wae_loss(
    encoder: nn.Module, decoder: nn.Module, x: Tensor, draws: Tensor, weight: float = WEIGHT
) -> Tensor:
    """½‖x̂ − x‖² + weight · MMD² of the codes from the draws."""
    z = encoder(x)
    return half_squared_error(decoder(z), x) + weight * inverse_multiquadratic_mmd(z, draws)


def _networks() -> Networks:
    """The same small encoder and decoder at each call."""
    generator = seeded_generator(12, 6)
    with generators_restored(torch.device("cpu")):
        networks = nn.Linear(PIXELS, DIM), nn.Linear(DIM, PIXELS)
    for weight in [weight for network in networks for weight in network.parameters()]:
        nn.init.normal_(weight, std=0.7, generator=generator)
    return networks


def _mistaken_losses(
    encoder: nn.Module, decoder: nn.Module, x: Tensor, draws: Tensor
) -> dict[str, Tensor]:
    """Reason -> the loss of a minibatch that this mistake gives."""
    z = encoder(x)
    x_hat, mmd = decoder(z), inverse_multiquadratic_mmd
    error, found = half_squared_error(x_hat, x), mmd(z, draws)
    pull = WEIGHT * found
    return {
        "leaves out the discrepancy": error,
        "leaves out the reconstruction": pull,
        "forgets the weight of the discrepancy": error + found,
        "multiplies the reconstruction by the weight: it belongs to the discrepancy": (
            WEIGHT * error + found
        ),
        "multiplies the whole loss by the weight: it belongs to the discrepancy": (
            WEIGHT * error + pull
        ),
        "divides by the weight: multiply": error + found / WEIGHT,
        "subtracts the discrepancy: it must become small, so add it": error - pull,
        "squares the discrepancy: mmd(z, draws) is MMD² already": error + WEIGHT * found.square(),
        "compares the codes with themselves: the draws come with each minibatch": (
            error + WEIGHT * mmd(z, z)
        ),
        "compares the draws with themselves: the codes are encoder(x)": (
            error + WEIGHT * mmd(draws, draws)
        ),
        "compares images with reconstructions by mmd: compare codes with draws": (
            error + WEIGHT * mmd(x_hat, x)
        ),
        "decodes the draws: reconstruct the images from their own codes": (
            half_squared_error(decoder(draws), x) + pull
        ),
        "adds the draws to the codes, as noise: they are what the codes are compared with": (
            half_squared_error(decoder(z + draws), x) + pull
        ),
        "forgets the half of the squared error": 2 * error + pull,
        "averages the squared error over the pixels, as mse_loss: sum over them": (
            2 * error / PIXELS + pull
        ),
        "averages over the pixels: sum the squared error over them": error / PIXELS + pull,
        "sums the squared error over the minibatch: average": error * BATCH + pull,
        "sums the squared error over the minibatch and forgets the half": 2 * error * BATCH + pull,
    }


def _still_discrepancy(encoder: nn.Module, decoder: nn.Module, x: Tensor, draws: Tensor) -> Tensor:
    z = encoder(x)
    pull = WEIGHT * inverse_multiquadratic_mmd(z.detach(), draws)
    return half_squared_error(decoder(z), x) + pull


def _still_code(encoder: nn.Module, decoder: nn.Module, x: Tensor, draws: Tensor) -> Tensor:
    z = encoder(x)
    pull = WEIGHT * inverse_multiquadratic_mmd(z, draws)
    return half_squared_error(decoder(z.detach()), x) + pull


def _still_encoder(encoder: nn.Module, decoder: nn.Module, x: Tensor, draws: Tensor) -> Tensor:
    z = encoder(x).detach()
    return half_squared_error(decoder(z), x) + WEIGHT * inverse_multiquadratic_mmd(z, draws)


FOLLOWED = {
    "has a discrepancy without a gradient: do not detach the codes, and do not use .item()": (
        _still_discrepancy
    ),
    "detaches the code that it decodes: the reconstruction must train the encoder": _still_code,
    "detaches the codes: nothing trains the encoder": _still_encoder,
}
