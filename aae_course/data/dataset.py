"""Images and labels on the device: a split, and a data set of three splits."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from aae_course.data.arrays import as_images, as_index, as_labels
from aae_course.data.labels import NOT_LABELLED


@dataclass(frozen=True, eq=False)
class Split:
    """Images with their labels, looked at once and kept as tensors.

    What is given may be NumPy arrays, tensors or lists; where no conversion is needed, images stay
    in the memory where they are. What is kept: `images` of shape
    (n, channels * height * width), uint8 from 0 (background, in the sets of digits) to 255 or
    float32 in [0, 1]; `labels` int64 of shape (n,), 0 to classes - 1, or -1 where there is none.

    Args:
        images: (n, pixels), (n, height, width) or (n, channels, height, width): bytes as integers,
            or pixels in [0, 1] as floats.
        labels: (n,) integers, -1 for "not labelled"; None where no image has one.
        measurements: the rows are no images but a table of measurements, of any range. They are
            taken as they are: standardise them, and train a model with a linear output.

    Raises:
        ValueError: images or labels of another kind, shape, length or range.
    """

    images: Tensor
    labels: Tensor | None = None
    measurements: bool = False

    def __post_init__(self):
        images = as_images(self.images, self.measurements)
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", as_labels(self.labels, len(images), images.device))

    def __len__(self) -> int:
        """Return the number of images, n."""
        return len(self.labels)

    def to(self, device: str | torch.device) -> Split:
        """The same on another device."""
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))

    def part(self, rows: slice | Tensor) -> Split:
        """Some of the images, with their labels: a slice, numbers (k,) or a mask (n,).

        Raises:
            ValueError: there are no such images.
        """
        rows = as_index(rows, len(self), self.labels.device)
        return replace(self, images=self.images[rows], labels=self.labels[rows])

    def labelled_only_at(self, index: Tensor) -> Split:
        """The same images, of which only those at ``index``, (k,) or a mask (n,), keep their label.

        Raises:
            ValueError: there are no such images.
        """
        labels = torch.full_like(self.labels, NOT_LABELLED)
        index = as_index(index, len(self), labels.device)
        labels[index] = self.labels[index]
        return replace(self, labels=labels)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in its splits; `image_shape` is (channels, height, width).

    `sha256` is of the bytes of all images and labels: train with validation, then test (of "tfd",
    those of all folds). It names the data in a result's JSON and does not depend on whether a
    validation split was asked for. Of data of one's own, it and `classes` may be left out.

    Raises:
        TypeError: what stands for a split is none.
        ValueError: the splits have other numbers of pixels than images of that shape.
    """

    name: str
    train: Split
    validation: Split | None
    test: Split
    image_shape: tuple[int, int, int]
    classes: int | None = None
    sha256: str | None = None

    def __post_init__(self):
        given = (self.train, self.validation, self.test)
        splits = [split for split in given if split is not None]
        for split in splits:
            if not isinstance(split, Split):
                kind = type(split).__name__
                raise TypeError(f"a data set is made of Split(images, labels), not of {kind}")
        if len(self.image_shape) != 3:
            raise ValueError(
                f"an image has the shape (channels, height, width), not {(*self.image_shape,)}"
            )
        found = {split.images.shape[1] for split in splits}
        if found != {math.prod(self.image_shape)}:
            raise ValueError(
                f"images of shape {self.image_shape} have {math.prod(self.image_shape)} pixels, "
                f"and those of {self.name!r} have {' and '.join(map(str, sorted(found)))}"
            )
        if self.classes is None:
            most = max(int(split.labels.max()) for split in splits)
            object.__setattr__(self, "classes", most + 1)
        if self.sha256 is None:
            object.__setattr__(self, "sha256", content_hash(*splits))

    def to(self, device: str | torch.device) -> Dataset:
        """The same on another device."""
        validation = self.validation and self.validation.to(device)
        train, test = self.train.to(device), self.test.to(device)
        return replace(self, train=train, validation=validation, test=test)


def content_hash(*splits: Split) -> str:
    """The sha256 of the bytes of the images and labels of each split in turn."""
    digest = hashlib.sha256()
    for split in splits:
        digest.update(split.images.cpu().numpy())
        digest.update(split.labels.cpu().numpy().astype("<i8"))
    return digest.hexdigest()
