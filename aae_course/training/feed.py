"""What a training step reads: the minibatch of the step and its learning rate, on the device.

All that changes from step to step is in tensors that stay where they are, so that one and the same
step can be captured as a CUDA graph and replayed.
"""

from __future__ import annotations

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
        self.clock = torch.zeros(1, dtype=torch.long, device=device)  # the step within the epoch

    def first_batch(self) -> Batch:
        """The first minibatch of the run, to look at before it begins."""
        return self.minibatches.gather(self.minibatches.order(0)[0].to(self.order.device))

    def begin_epoch(self, epoch: int, done: int) -> None:
        """Put on the device what the steps of an epoch read, of which ``done`` are over."""
        self.prefetch(epoch)
        self.order.copy_(self.orders.pop(epoch))
        steps = range(len(self.factors))
        factors = [
            self.schedule.factor(epoch + step / len(self.factors), self.epochs) for step in steps
        ]
        self.factors.copy_(torch.tensor(factors))
        self.clock.fill_(done - 1)  # `next_batch` counts before it reads

    def prefetch(self, epoch: int) -> None:
        """Shuffle an epoch ahead of time, while a GPU is still computing."""
        if epoch not in self.orders:
            self.orders = {epoch: self.minibatches.order(epoch)}

    def next_batch(self) -> tuple[Batch, Tensor]:
        """The next minibatch, and the factor () of its learning rates."""
        self.clock += 1
        batch = self.minibatches.gather(self.order.index_select(0, self.clock)[0])
        return batch, self.factors.index_select(0, self.clock)[0]
