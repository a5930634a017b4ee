"""What a training step reads on the device: its minibatch, its learning rate, the run's progress.

All that changes from step to step is in tensors that stay where they are, so that one and the same
step can be captured as a CUDA graph and replayed.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from aae_course.data.minibatches import Batch, Minibatches
from aae_course.training.optimisation import Annealed, StepDecay


class Feed:
    """Hands out the minibatches of an epoch, one after another, each with its learning-rate factor.

    Args:
        minibatches: of the training images.
        schedule: how the learning rates change.
        epochs: length of the run.
    """

    def __init__(self, minibatches: Minibatches, schedule: Annealed | StepDecay, epochs: int):
        self.minibatches, self.schedule, self.epochs = minibatches, schedule, epochs
        self.orders = {0: minibatches.order(0)}  # on the CPU, by epoch
        device = minibatches.split.images.device
        self.order = torch.zeros_like(self.orders[0], device=device)
        self.factors = torch.zeros(len(minibatches), device=device)
        self.progress = torch.zeros(len(minibatches), device=device)
        self.clock = torch.zeros(1, dtype=torch.long, device=device)  # the step within the epoch

    def first_batch(self) -> Batch:
        """The first minibatch of the run, to look at before it begins."""
        batch = self.minibatches.gather(self.minibatches.order(0)[0].to(self.order.device))
        return replace(batch, progress=self.progress.new_zeros(()))

    def begin_epoch(self, epoch: int, done: int) -> None:
        """Put on the device what the steps of an epoch read, of which ``done`` are over."""
        self.prefetch(epoch)
        self.order.copy_(self.orders.pop(epoch))
        epochs = [epoch + step / len(self.factors) for step in range(len(self.factors))]
        factors = [self.schedule.factor(each, self.epochs) for each in epochs]
        self.factors.copy_(torch.tensor(factors))
        self.progress.copy_(torch.tensor(epochs) / self.epochs)
        self.clock.fill_(done - 1)  # `next_batch` counts before it reads

    def prefetch(self, epoch: int) -> None:
        """Shuffle an epoch ahead of time, while a GPU is still computing."""
        if epoch not in self.orders:
            self.orders = {epoch: self.minibatches.order(epoch)}

    def next_batch(self) -> tuple[Batch, Tensor]:
        """The next minibatch, and the factor () of its learning rates."""
        self.clock += 1
        batch = self.minibatches.gather(self.order.index_select(0, self.clock)[0])
        progress, factor = (
            each.index_select(0, self.clock)[0] for each in (self.progress, self.factors)
        )
        return replace(batch, progress=progress), factor
