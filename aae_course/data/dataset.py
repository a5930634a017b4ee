"""Images and labels on the device: a split, and a data set of three splits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Split:
    """Images with their labels.

    `images` is uint8 of shape (n, channels * height * width), 0 (background, in the sets of
    digits) to 255; `labels` is int64 of shape (n,), 0 to classes - 1, or -1 where there is none.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        """Return the number of images, n."""
        return len(self.labels)

    def to(self, device: str | torch.device) -> Split:
        """The same on another device."""
        return Split(self.images.to(device), self.labels.to(device))


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in its splits; `image_shape` is (channels, height, width).

    `sha256` is of the bytes of all images and labels: train with validation, then test (of "tfd",
    those of all folds). It names the data in a result's JSON and does not depend on whether a
    validation split was asked for.
    """

    name: str
    train: Split
    validation: Split | None
    test: Split
    image_shape: tuple[int, int, int]
    classes: int
    sha256: str

    def to(self, device: str | torch.device) -> Dataset:
        """The same on another device."""
        validation = self.validation and self.validation.to(device)
        train, test = self.train.to(device), self.test.to(device)
        return replace(self, train=train, validation=validation, test=test)


def content_hash(*splits: Split) -> str:
    """The sha256 of the bytes of the images and labels of each split in turn, on the CPU."""
    digest = hashlib.sha256()
    for split in splits:
        digest.update(split.images.numpy())
        digest.update(split.labels.numpy().astype("<i8"))
    return digest.hexdigest()
