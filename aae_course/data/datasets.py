"""The data sets of the course, as uint8 tensors that stay on the device.

Pixels are kept as bytes: a minibatch is an index gather and one division by 255 on the device,
without workers or an image library. No data set ever takes another's place.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aae_course.data import downloads
from aae_course.data.dataset import Dataset, Split, content_hash
from aae_course.settings import check_known, data_folder

DATASETS = ("digits", "mnist", "fashion_mnist", "kmnist", "svhn", "tfd")
CLASSES = 10  # in each of them but "tfd"

VALIDATION_SIZE = {"digits": 200}
USUAL_VALIDATION_SIZE = 10_000

DIGITS_TEST_SIZE = 300
DIGITS_SEED = 0
DIGITS_SIDE = 28  # of the resized image; scikit-learn's are 8 x 8 with values 0..16


def load(
    name: str,
    folder: str | Path | None = None,
    device: str | torch.device = "cpu",
    validation: bool = True,
    download: bool = True,
) -> Dataset:
    """Load the data set `name`, one of `DATASETS`, on `device`.

    What is missing in `folder` (default: AAE_DATA_DIR, or `data`) is downloaded into it, unless
    `download` is false, and except for "digits", which scikit-learn brings along, and "tfd", which
    its owner gives out on request. The validation split is the end of the training
    file, and stays in `train` with `validation=False`:

    - mnist, fashion_mnist, kmnist: 50,000 / 10,000 / 10,000 images of 1 x 28 x 28
    - svhn: 63,257 / 10,000 / 26,032 images of 3 x 32 x 32, without the 531,131 "extra" images
    - digits: 1,297 / 200 / 300 of scikit-learn's images, resized to 1 x 28 x 28
    - tfd: 102,236 unlabelled faces of 1 x 48 x 48 (label -1), and the first fold of those with a
      label, see `data.faces`; `train` is the same with `validation=False`, as the validation images
      of one fold are test images of another

    Raises:
        ValueError: the name is unknown.
        MissingData: the files are missing, and are not to be downloaded.
        DataError: the files are missing and cannot be downloaded, or are not the right ones.
    """
    check_known(name, DATASETS, "data set")
    folder = (data_folder() if folder is None else Path(folder)).expanduser()
    if name == "tfd":
        from aae_course.data.faces import load_tfd  # which imports this file

        return load_tfd(folder, device, validation)
    everything, test, image_shape = _read(name, folder, download)
    sha256 = content_hash(everything, test)
    everything, test = everything.to(device), test.to(device)
    train, held_out = everything, None
    if validation:
        size = VALIDATION_SIZE.get(name, USUAL_VALIDATION_SIZE)
        train, held_out = _cut(everything, len(everything) - size)
    return Dataset(name, train, held_out, test, image_shape, CLASSES, sha256)


def _read(name: str, folder: Path, download: bool) -> tuple[Split, Split, tuple[int, int, int]]:
    """Return everything but the test images, the test images, and the shape of one image."""
    if name == "digits":
        return _read_digits()
    contents = downloads.read(name, folder, download)
    if name == "svhn":
        train, test = (_svhn_arrays(contents[f"{part} file"]) for part in ("train", "test"))
    else:
        train, test = (
            (
                _idx_tensor(contents[f"{part} images"])[:, None],
                _idx_tensor(contents[f"{part} labels"]),
            )
            for part in ("train", "test")
        )
    return _split(*train), _split(*test), tuple(train[0].shape[1:])


def _read_digits() -> tuple[Split, Split, tuple[int, int, int]]:
    from sklearn.datasets import load_digits  # slow to import, and needed only here

    digits = load_digits()
    # RandomState, unlike newer generators, is promised to draw the same in every version.
    order = np.random.RandomState(DIGITS_SEED).permutation(len(digits.target))
    images = _enlarge(torch.from_numpy(digits.images[order]))
    split = _split(images, torch.from_numpy(digits.target[order]))
    return *_cut(split, len(split) - DIGITS_TEST_SIZE), (1, DIGITS_SIDE, DIGITS_SIDE)


def _enlarge(images: Tensor) -> Tensor:
    """Resize (n, 8, 8) images of the integers 0..16 to uint8 (n, 28, 28), bilinear.

    From 8 to 28 every weight is a multiple of 1/14 in each direction. So what is interpolated is
    a whole number of 1/196, and rounding to that makes the bytes the same on every machine, also
    where a pixel lies exactly between two of them.
    """
    size = (DIGITS_SIDE, DIGITS_SIDE)
    large = torch.nn.functional.interpolate(images.double()[:, None], size=size, mode="bilinear")
    whole = (large[:, 0] * 196).round().long()
    black = 16 * 196
    return ((2 * 255 * whole + black) // (2 * black)).to(torch.uint8)


def _idx_tensor(data: bytes) -> Tensor:
    """Parse an idx file of bytes: 0, 0, 8, the number of axes, their sizes, then the values."""
    axes = data[3]
    shape = struct.unpack_from(f">{axes}I", data, offset=4)
    values = torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=4 + 4 * axes)
    return values.reshape(shape)


def _svhn_arrays(data: bytes) -> tuple[Tensor, Tensor]:
    """Parse SVHN's .mat file into images (n, 3, height, width) and labels (n,)."""
    from scipy.io import loadmat  # slow to import, and needed only here

    arrays = loadmat(io.BytesIO(data))
    images = np.ascontiguousarray(arrays["X"].transpose(3, 2, 0, 1))
    labels = arrays["y"].astype(np.int64).reshape(-1) % 10  # the file calls the digit 0 class 10
    return torch.from_numpy(images), torch.from_numpy(labels)


def _split(images: Tensor, labels: Tensor) -> Split:
    return Split(images.flatten(start_dim=1), labels.long())


def _cut(split: Split, size: int) -> tuple[Split, Split]:
    """Cut a split in its first `size` examples and the rest."""
    return split.part(slice(size)), split.part(slice(size, None))
