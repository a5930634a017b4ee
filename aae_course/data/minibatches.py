"""Minibatches by index: the images stay on the device as bytes, only an index moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aae_course.data.dataset import Split
from aae_course.data.labels import NOT_LABELLED, labelled_subset
from aae_course.randomness import seeded_generator

LABELLED = 1  # keeps the order of labelled images apart from that of all images


@dataclass(frozen=True)
class Batch:
    """A minibatch: ``x`` (batch, pixels) in [0, 1] and its labels ``y`` (batch,).

    Where only some images are labelled, ``y`` is -1 for the others. ``labelled`` is a second
    minibatch, of labelled images only, for a phase that learns from them. With replicas all have a
    leading dimension: every replica sees images of its own. ``progress`` () is the share of the run
    that is over, for a step that changes on the way.
    """

    x: Tensor
    y: Tensor
    labelled: Batch | None = None
    progress: Tensor | None = None


class Minibatches:
    """The minibatches of a split, in an order that depends only on the seed and the epoch.

    So an epoch can be taken up in the middle without knowing what came before. The images left
    over when the batch does not divide the split sit out one epoch; shuffling changes which. An
    epoch is one pass over all images, labelled or not.

    Args:
        split: images and labels.
        size: images in a minibatch.
        seeds: one order for each seed; more than one give a leading replica dimension.
        labels: how many images keep their label, equally many of each class, drawn by the seed;
            None for all that have one.
        labelled_size: images in the labelled minibatch, 0 for none; at most ``labels`` are taken.

    Raises:
        ValueError: the split has fewer images than one minibatch, or not so many labels.
    """

    def __init__(
        self,
        split: Split,
        size: int,
        seeds: Sequence[int] = (0,),
        labels: int | None = None,
        labelled_size: int = 0,
    ):
        if not 1 <= size <= len(split):
            raise ValueError(f"a minibatch of {size} from a split of {len(split)} images")
        self.split, self.size, self.seeds = split, size, tuple(seeds)
        self.subsets = [_subset(split, labels, seed) for seed in seeds]
        self.labelled_size = min(labelled_size, len(self.subsets[0]))
        self.labels = split.labels if labels is None else _visible(split, self.subsets)

    def __len__(self) -> int:
        return len(self.split) // self.size

    def order(self, epoch: int) -> Tensor:
        """Image indices of an epoch, on the CPU: (steps, batch) or (steps, replicas, batch).

        The last ``labelled_size`` of a step are those of the labelled minibatch.
        """
        rows = torch.stack(
            [self._order_of(replica, epoch) for replica in range(len(self.seeds))], 1
        )
        return rows[:, 0] if len(self.seeds) == 1 else rows

    def _order_of(self, replica: int, epoch: int) -> Tensor:
        seed, steps = self.seeds[replica], len(self)
        everything = torch.randperm(len(self.split), generator=seeded_generator(seed, epoch))
        parts = [everything[: steps * self.size].view(steps, self.size)]
        if self.labelled_size:
            generator = seeded_generator(seed, epoch, LABELLED)
            parts.append(self._labelled_order(self.subsets[replica], generator))
        return torch.cat(parts, dim=1)

    def _labelled_order(self, subset: Tensor, generator: torch.Generator) -> Tensor:
        """The labelled images over and over, shuffled anew each time round: (steps, batch)."""
        needed = len(self) * self.labelled_size
        rounds = -(-needed // len(subset))
        shuffled = [subset[torch.randperm(len(subset), generator=generator)] for _ in range(rounds)]
        return torch.cat(shuffled)[:needed].view(len(self), self.labelled_size)

    def gather(self, index: Tensor) -> Batch:
        """The images and labels of ``index``, a step's row of `order`."""
        if not self.labelled_size:
            return self._batch(index)
        all_images, labelled = index.split([self.size, self.labelled_size], dim=-1)
        batch = self._batch(all_images)
        return Batch(batch.x, batch.y, self._batch(labelled))

    def _batch(self, index: Tensor) -> Batch:
        y = self.labels.gather(-1, index) if self.labels.dim() > 1 else self.labels[index]
        return Batch(as_pixels(self.split.images[index]), y)


def _subset(split: Split, labels: int | None, seed: int) -> Tensor:
    """Indices of the images whose label may be seen, on the CPU."""
    if labels is None:
        return (split.labels != NOT_LABELLED).nonzero().flatten().cpu()
    classes = int(split.labels.max()) + 1
    return labelled_subset(split.labels, labels, classes, seed).cpu()


def _visible(split: Split, subsets: Sequence[Tensor]) -> Tensor:
    """Labels with `NOT_LABELLED` outside the subset: (n,), or (replicas, n) if they differ."""
    if len(subsets[0]) == len(split):
        return split.labels
    rows = torch.full((len(subsets), len(split)), NOT_LABELLED, device=split.labels.device)
    for row, subset in zip(rows, subsets, strict=True):
        chosen = subset.to(row.device)
        row[chosen] = split.labels[chosen]
    return rows[0] if len(subsets) == 1 else rows


def as_pixels(images: Tensor) -> Tensor:
    """Bytes 0..255 to pixels in [0, 1], of the same shape; floats are pixels already."""
    if images.is_floating_point():
        return images.float()
    return images.to(torch.float32, copy=True).div_(255)
