"""The Toronto Face Dataset, which the University of Toronto gives out on request.

It is never downloaded: `TFD_48x48.mat` is put into the data folder by hand. No checksum of it is
published, so its shapes and values are checked instead. Its faces without a label are for training;
those with one of seven expressions lie in five folds, and each fold calls them training (which we
do not use), validation or test images.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import torch

from aae_course.data.dataset import Dataset, Split, content_hash
from aae_course.data.downloads import DataError, MissingData
from aae_course.settings import data_folder

FILE = "TFD_48x48.mat"
PLACES = (Path(FILE), Path("TFD", FILE))
IMAGE_SHAPE = (1, 48, 48)
FOLDS, EXPRESSIONS = 5, 7
UNLABELLED, VALIDATION, TEST = 0, 2, 3  # what the file calls an image within a fold; 1 is training


def load_tfd(folder: Path, device: str | torch.device = "cpu", validation: bool = True) -> Dataset:
    """The unlabelled faces for training, and validation and test images of the first fold.

    Labels are 0 to 6, and -1 in `train`. Without `validation` that split is None and `train` stays
    as it is: a fold's validation images are test images of other folds.

    Raises:
        MissingData: the file is not in the folder.
        DataError: the file is damaged, or holds something else.
    """
    images, labels, folds = _read(folder)
    unlabelled = torch.from_numpy((folds == UNLABELLED).all(1))
    faces = images[unlabelled]
    train = Split(faces)
    pairs = list(_pairs(images, labels, folds))
    held_out, test = pairs[0]
    sha256 = content_hash(train, *chain.from_iterable(pairs))
    held_out = held_out if validation else None
    return Dataset("tfd", train, held_out, test, IMAGE_SHAPE, EXPRESSIONS, sha256).to(device)


def load_folds(
    folder: str | Path | None = None, device: str | torch.device = "cpu"
) -> list[tuple[Split, Split]]:
    """The validation and test images of each of the five folds; no image of `train` is among them.

    Args:
        folder: of the data; default: AAE_DATA_DIR, or `data`.
        device: where the tensors go.

    Raises:
        MissingData: the file is not in the folder.
        DataError: the file is damaged, or holds something else.
    """
    folder = (data_folder() if folder is None else Path(folder)).expanduser()
    return [(v.to(device), t.to(device)) for v, t in _pairs(*_read(folder))]


def _pairs(
    images: torch.Tensor, labels: torch.Tensor, folds: np.ndarray
) -> Iterator[tuple[Split, Split]]:
    for fold in folds.T:
        chosen = (torch.from_numpy(fold == part) for part in (VALIDATION, TEST))
        yield tuple(Split(images[rows], labels[rows]) for rows in chosen)


def _read(folder: Path) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """Images (n, 2304), labels (n,) from 0 on, and folds (n, 5), all checked."""
    path = next((folder / place for place in PLACES if (folder / place).exists()), None)
    if path is None:
        raise MissingData(
            "TFD is not in the data folder: the University of Toronto gives it out on request; put "
            f"its {FILE} into the folder that AAE_DATA_DIR names (default: data)."
        )
    arrays = _arrays(path)
    try:
        images = _bytes(arrays["images"])
        folds = _checked_folds(arrays["folds"], len(images))
        labels = _checked_labels(arrays["labs_ex"], folds)
    except ValueError as error:
        raise DataError(f"{path} is not the Toronto Face Dataset: {error}.") from error
    return torch.from_numpy(images), torch.from_numpy(labels), folds


def _arrays(path: Path) -> dict[str, np.ndarray]:
    from scipy.io import loadmat  # slow to import, and needed only here

    names = ("images", "folds", "labs_ex")
    try:
        arrays = loadmat(path, variable_names=names)
    except Exception as error:  # a damaged file ends in many kinds of them, some of zlib and struct
        why = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{path} cannot be read as a MATLAB file: {why}.") from error
    for name in names:
        if name not in arrays or arrays[name].dtype.kind not in "uif":
            raise DataError(f"{path} is not the Toronto Face Dataset: it has no numbers {name!r}.")
    return arrays


def _bytes(images: np.ndarray) -> np.ndarray:
    """Grey values 0..255 as bytes (n, 2304); those of other types are rounded.

    Values that all lie in [0, 1] are refused: whether they are to be scaled cannot be known.
    """
    if images.shape[1:] != IMAGE_SHAPE[1:] or not len(images):
        raise ValueError(f"its images have the shape {images.shape}, not (n, 48, 48)")
    low, high = images.min(), images.max()
    if not (low >= 0 and 1 < high <= 255):  # nor is it so where a value is not a number
        raise ValueError(f"its images range over {low:g}..{high:g}, not 0..255")
    if images.dtype != np.uint8:
        images = images.round().astype(np.uint8)
    return np.ascontiguousarray(images).reshape(len(images), -1)


def _checked_folds(folds: np.ndarray, count: int) -> np.ndarray:
    if folds.shape != (count, FOLDS):
        raise ValueError(f"its folds have the shape {folds.shape}, not ({count}, {FOLDS})")
    if not np.isin(folds, range(4)).all():
        raise ValueError("its folds hold other values than 0, 1, 2 and 3")
    unlabelled = folds == UNLABELLED
    if (unlabelled.any(1) != unlabelled.all(1)).any():
        raise ValueError("an image is unlabelled in one of its folds and not in another")
    if not unlabelled.all(1).any():
        raise ValueError("it has no unlabelled images")
    for part, name in ((VALIDATION, "validation"), (TEST, "test")):
        if not (folds == part).any(0).all():
            raise ValueError(f"one of its folds has no {name} images")
    return folds


def _checked_labels(labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Expressions 1..7 as labels 0..6."""
    if labels.size != len(folds):
        raise ValueError(f"it has {labels.size} labels for {len(folds)} images")
    labels = labels.reshape(-1)
    if not np.isin(labels[(folds != UNLABELLED).all(1)], range(1, EXPRESSIONS + 1)).all():
        raise ValueError(f"an image of its folds has a label other than 1..{EXPRESSIONS}")
    return labels.astype(np.int64) - 1
