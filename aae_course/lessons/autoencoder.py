"""Pieces of notebook 01: an autoencoder that is sparse by KL, as its exercise asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from aae_course.models.losses import half_squared_error

Network = Callable[[Tensor], Tensor]


def sparse_loss(encoder: Network, decoder: Network, x: Tensor, rho: float, weight: float) -> Tensor:
    """½‖x̂ − x‖² + weight Σⱼ KL(ρ ‖ ρ̂ⱼ), with ρ̂ⱼ the mean of unit j; a scalar (Ng, 2011).

    Args:
        encoder: (batch, pixels) -> (batch, dim) in (0, 1).
        decoder: (batch, dim) -> (batch, pixels).
        x: (batch, pixels).
        rho: ρ, the mean that each unit should have over the images.
        weight: of the divergence.
    """
    z = encoder(x)
    return half_squared_error(decoder(z), x) + weight * kl_of_coins(rho, z.mean(0)).sum()


def kl_of_coins(rho: float, mean: Tensor) -> Tensor:
    """KL in nats from a coin that shows heads with probability ρ to others: (dim,) -> (dim,)."""
    tails = (1 - rho) * ((1 - rho) / (1 - mean)).log()
    return rho * (rho / mean).log() + tails


def train_sparse(
    encoder: Network,
    decoder: Network,
    optimiser: torch.optim.Optimizer,
    minibatches: Iterable[Tensor],
    rho: float,
    weight: float,
) -> list[float]:
    """A gradient step for each minibatch; the losses before these steps (exercise 3).

    Args:
        encoder, decoder, rho, weight: as in `sparse_loss`, with weights that the optimiser trains.
        optimiser: of both.
        minibatches: images (batch, pixels) each.
    """
    losses = []
    for x in minibatches:
        loss = sparse_loss(encoder, decoder, x, rho, weight)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
