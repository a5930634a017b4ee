"""Minibatches by index: the images stay on the device as bytes, only an index moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aae_course.data import Split
from aae_course.randomness import seeded_generator


@dataclass(frozen=True)
class Batch:
    """A minibatch: ``x`` (batch, pixels) in [0, 1] and its labels ``y`` (batch,).

    With replicas both have a leading dimension: every replica sees images of its own.
    """

    x: Tensor
    y: Tensor


class Minibatches:
    """The minibatches of a split, in an order that depends on the seed and the epoch alone.

    So an epoch can be taken up in the middle without knowing what came before. The images left
    over when the batch does not divide the split sit out one epoch; shuffling changes which.

    Args:
        split: images and labels.
        size: images in a minibatch.
        seeds: one order for each seed; more than one give a leading replica dimension.

    Raises:
        ValueError: the split has fewer images than one minibatch.
    """

    def __init__(self, split: Split, size: int, seeds: Sequence[int] = (0,)):
        if not 1 <= size <= len(split):
            raise ValueError(f"a minibatch of {size} from a split of {len(split)} images")
        self.split, self.size, self.seeds = split, size, tuple(seeds)

    def __len__(self) -> int:
        return len(self.split) // self.size

    def order(self, epoch: int) -> Tensor:
        """Image indices of an epoch, on the CPU: (steps, batch) or (steps, replicas, batch)."""
        rows = torch.stack([self._shuffled(seed, epoch) for seed in self.seeds], dim=1)
        return rows[:, 0] if len(self.seeds) == 1 else rows

    def _shuffled(self, seed: int, epoch: int) -> Tensor:
        generator = seeded_generator(seed, epoch)
        order = torch.randperm(len(self.split), generator=generator)
        return order[: len(self) * self.size].view(len(self), self.size)

    def gather(self, index: Tensor) -> Batch:
        """The images and labels of ``index`` (batch,) or (replicas, batch)."""
        return Batch(as_pixels(self.split.images[index]), self.split.labels[index])


def as_pixels(images: Tensor) -> Tensor:
    """Bytes 0..255 to pixels in [0, 1], of the same shape."""
    return images.float().div_(255)
