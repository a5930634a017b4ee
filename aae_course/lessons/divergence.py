"""A piece of notebook 02: a discriminator and its training, as the exercise asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from aae_course.models.losses import discriminator_loss


def train_discriminator(
    D: Callable[[Tensor], Tensor],
    optimiser: torch.optim.Optimizer,
    minibatches: Iterable[tuple[Tensor, Tensor]],
) -> list[float]:
    """A gradient step on L_D for each minibatch; the losses before these steps (exercise 4).

    Args:
        D: (batch, dim) -> log-odds (batch, 1).
        optimiser: of D.
        minibatches: pairs of draws from p and from q, (batch, dim) each.
    """
    losses = []
    for real, fake in minibatches:
        loss = discriminator_loss(D(real), D(fake))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
