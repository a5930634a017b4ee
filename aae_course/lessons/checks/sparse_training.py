"""Check of the exercise of notebook 01 in which a sparse autoencoder is written, with its loop."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.lessons.autoencoder import kl_of_coins, sparse_loss
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.loops import Loop, Networks
from aae_course.models.losses import half_squared_error
from aae_course.randomness import generators_restored, seeded_generator

PIXELS, DIM, BATCH, MINIBATCHES = 6, 3, 5, 4
RHO, WEIGHT = 0.1, 2.5


def train_sparse(answer: Callable[..., list]) -> bool:
    """Check ``answer(encoder, decoder, optimiser, minibatches, rho, weight)``: its losses."""
    images = torch.rand(MINIBATCHES, BATCH, PIXELS, generator=seeded_generator(1, 4))
    loss = partial(sparse_loss, rho=RHO, weight=WEIGHT)
    loop = Loop(_networks, [(x,) for x in images], loss)
    networks, optimiser = loop.start()

    def fault(losses) -> str | None:
        return loop.fault(losses, networks, _mistaken_losses, FOLLOWED)

    given = partial(answer, *networks, optimiser, list(images), RHO, WEIGHT)
    return grade("train_sparse", given, (), fault, "encoder(x) is (batch, dim), so z.mean(0) is ρ̂")


def _networks() -> Networks:
    """The same small encoder and decoder at each call."""
    generator = seeded_generator(1, 3)
    with generators_restored(torch.device("cpu")):
        encoder = nn.Sequential(nn.Linear(PIXELS, DIM), nn.Sigmoid())
        decoder = nn.Linear(DIM, PIXELS)
    for weight in [*encoder.parameters(), *decoder.parameters()]:
        nn.init.normal_(weight, std=0.7, generator=generator)
    return encoder, decoder


def _mistaken_losses(encoder: nn.Module, decoder: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """Reason -> the loss of a minibatch that this mistake gives."""
    z = encoder(x)
    mean, error = z.mean(0), half_squared_error(decoder(z), x)
    each = kl_of_coins(RHO, mean)
    kl = WEIGHT * each.sum()
    heads, tails = RHO * (RHO / mean).log(), (1 - RHO) * ((1 - RHO) / (1 - mean)).log()
    reversed_kl = mean * (mean / RHO).log() + (1 - mean) * ((1 - mean) / (1 - RHO)).log()
    entropy = -RHO * math.log(RHO) - (1 - RHO) * math.log(1 - RHO)
    penalties = {
        "leaves out the divergence": 0.0,
        "forgets the weight of the divergence": each.sum(),
        "averages the divergence over the units: sum over them": WEIGHT * each.mean(),
        "is KL(ρ̂ ‖ ρ), the other direction: the expectation is over ρ": WEIGHT * reversed_kl.sum(),
        "has only the first half of the divergence, ρ log(ρ/ρ̂): the coin has two sides": (
            WEIGHT * heads.sum()
        ),
        "subtracts the second half of the divergence: both sides of the coin are added": (
            WEIGHT * (heads - tails).sum()
        ),
        "has the cross-entropy of the coins: subtract the entropy of ρ": (
            WEIGHT * (each + entropy).sum()
        ),
        "has one ρ̂ for all units: each unit has a mean of its own, z.mean(0)": (
            WEIGHT * DIM * kl_of_coins(RHO, z.mean())
        ),
        "has one ρ̂ for all units, and one divergence: each unit has a mean of its own, z.mean(0)": (
            WEIGHT * kl_of_coins(RHO, z.mean())
        ),
        "averages over the units of an image: ρ̂ is a mean over the images, z.mean(0)": (
            WEIGHT * kl_of_coins(RHO, z.mean(1)).sum()
        ),
        "averages over the units of an image, then over images: ρ̂ is z.mean(0)": (
            WEIGHT * kl_of_coins(RHO, z.mean(1)).mean()
        ),
        "asks every activation to be ρ: average over the images first, then take the divergence": (
            WEIGHT * kl_of_coins(RHO, z).sum(1).mean()
        ),
        "asks every activation to be ρ, and sums over the images: take z.mean(0) first": (
            WEIGHT * kl_of_coins(RHO, z).sum()
        ),
        "has the square of ρ̂ − ρ: the divergence was asked for": (
            WEIGHT * (mean - RHO).square().sum()
        ),
        "has the L1 penalty: the divergence was asked for": WEIGHT * z.abs().sum(1).mean(),
        "is in bits: use the natural logarithm": kl / math.log(2),
        "subtracts the divergence: add it, so that it becomes small": -kl,
    }
    again = z.sigmoid()
    return {
        **{why: error + penalty for why, penalty in penalties.items()},
        "applies a sigmoid to z: the encoder ends with one already": (
            half_squared_error(decoder(again), x) + WEIGHT * kl_of_coins(RHO, again.mean(0)).sum()
        ),
        "leaves out the reconstruction": kl,
        "forgets the half of the squared error": 2 * error + kl,
        "averages the squared error over the pixels, as mse_loss: sum over them": (
            2 * error / PIXELS + kl
        ),
        "averages over the pixels: sum the squared error over them": error / PIXELS + kl,
        "sums the squared error over the minibatch: average": error * BATCH + kl,
        "sums the squared error over the minibatch and forgets the half": 2 * error * BATCH + kl,
        "multiplies the whole loss by the weight: it belongs to the divergence": (
            WEIGHT * error + kl
        ),
    }


def _still_code(encoder: nn.Module, decoder: nn.Module, x: Tensor) -> Tensor:
    z = encoder(x)
    return half_squared_error(decoder(z.detach()), x) + _divergence(z.mean(0))


def _still_mean(encoder: nn.Module, decoder: nn.Module, x: Tensor) -> Tensor:
    z = encoder(x)
    return half_squared_error(decoder(z), x) + _divergence(z.mean(0).detach())


def _still_encoder(encoder: nn.Module, decoder: nn.Module, x: Tensor) -> Tensor:
    z = encoder(x).detach()
    return half_squared_error(decoder(z), x) + _divergence(z.mean(0))


def _divergence(mean: Tensor) -> Tensor:
    return WEIGHT * kl_of_coins(RHO, mean).sum()


FOLLOWED = {
    "has a divergence without a gradient: do not detach ρ̂, and do not use .item()": _still_mean,
    "detaches the code that it decodes: the reconstruction must train the encoder": _still_code,
    "detaches the code: nothing trains the encoder": _still_encoder,
}
