"""Piece of notebook 14: a training that keeps the epoch whose error on validation images is least.

A number that was chosen on test images is too good there, so these serve only to report.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy

import torch

from aae_course.data.minibatches import Batch
from aae_course.lessons.phases import train_phases
from aae_course.models import Model


def train_and_choose(
    model: Model,
    optimisers: Mapping[str, torch.optim.Optimizer],
    epochs: Iterable[Iterable[Batch]],
    error: Callable[[Model], float],
) -> list[float]:
    """The error after each epoch; the model is left with the weights of the least (exercise 5).

    Args:
        model: its training step yields (phase, loss).
        optimisers: phase -> optimiser of the weights that this phase changes.
        epochs: the minibatches of each epoch.
        error: of the model on validation images. Of equal errors the earlier counts.
    """
    errors, least, best = [], math.inf, None
    for minibatches in epochs:
        train_phases(model, optimisers, minibatches)
        errors.append(error(model))
        if errors[-1] < least:
            # the state holds the weights themselves, which the next epoch changes
            least, best = errors[-1], deepcopy(model.state_dict())
    model.load_state_dict(best)
    return errors
