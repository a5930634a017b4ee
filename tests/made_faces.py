"""A small made file in the place of the Toronto Face Dataset, which nobody may hand on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import savemat

UNLABELLED, LABELLED = 120, 20


def made_arrays() -> dict[str, np.ndarray]:
    """120 faces without a label and 20 with one, mixed; in each fold 4 are for test."""
    random = np.random.default_rng(0)
    count = UNLABELLED + LABELLED
    folds = np.zeros((count, 5), dtype=np.uint8)
    labelled = random.permutation(count)[:LABELLED]
    for fold in range(5):
        turn = (np.arange(LABELLED) - 4 * fold) % LABELLED
        folds[labelled, fold] = np.where(turn < 4, 3, np.where(turn < 9, 2, 1))
    labels = np.full(count, -1, dtype=np.int16)
    labels[labelled] = np.arange(LABELLED) % 7 + 1
    images = random.integers(0, 256, (count, 48, 48), dtype=np.uint8)
    return {"images": images, "folds": folds, "labs_ex": labels[:, None]}


def write_faces(folder: Path, **changes) -> Path:
    """Write the made file into a data folder; an array given as None is left out."""
    arrays = {**made_arrays(), **changes}
    path = folder / "TFD_48x48.mat"
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, {name: array for name, array in arrays.items() if array is not None})
    return path
