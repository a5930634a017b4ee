"""Piece of notebook 00: the loop that trains any model by its phases, as its exercise asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch

from aae_course.data.minibatches import Batch
from aae_course.models import Model


def train_phases(
    model: Model, optimisers: Mapping[str, torch.optim.Optimizer], minibatches: Iterable[Batch]
) -> list[dict[str, float]]:
    """An update for each phase of each minibatch; phase -> loss for each minibatch (exercise 2).

    Args:
        model: its training step yields (phase, loss).
        optimisers: phase -> optimiser of the weights that this phase changes.
        minibatches: what the training step takes.
    """
    history = []
    for batch in minibatches:
        losses = {}
        for phase, loss in model.training_step(batch):
            optimisers[phase].zero_grad()
            loss.backward()
            optimisers[phase].step()
            losses[phase] = loss.item()
        history.append(losses)
    return history
