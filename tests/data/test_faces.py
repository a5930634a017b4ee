"""The Toronto Face Dataset from a small made file: its splits, its folds, and damaged files."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from made_faces import LABELLED, UNLABELLED, made_arrays, write_faces

from aae_course.data.datasets import load
from aae_course.data.downloads import DataError, MissingData
from aae_course.data.faces import load_folds

ARRAYS = made_arrays()


def rows(split) -> set[bytes]:
    return {image.tobytes() for image in split.images.numpy()}


def test_the_splits_are_the_unlabelled_faces_and_the_first_fold(tmp_path):
    write_faces(tmp_path)
    data = load("tfd", tmp_path)
    assert (data.name, data.image_shape, data.classes) == ("tfd", (1, 48, 48), 7)
    assert (len(data.train), len(data.validation), len(data.test)) == (UNLABELLED, 5, 4)
    assert (data.train.labels == -1).all()
    for split, part in ((data.train, 0), (data.validation, 2), (data.test, 3)):
        chosen = ARRAYS["folds"][:, 0] == part
        assert split.images.dtype == torch.uint8 and split.labels.dtype == torch.int64
        np.testing.assert_array_equal(split.images, ARRAYS["images"][chosen].reshape(-1, 2304))
        expected = ARRAYS["labs_ex"][chosen, 0]
        np.testing.assert_array_equal(split.labels, np.where(expected < 0, -1, expected - 1))
    assert data.test.labels.min() >= 0 and data.test.labels.max() <= 6


def test_no_image_of_a_fold_is_trained_on_and_every_labelled_one_is_tested_once(tmp_path):
    write_faces(tmp_path)
    data, folds = load("tfd", tmp_path), load_folds(tmp_path)
    train = rows(data.train)
    assert len(train) == UNLABELLED and len(folds) == 5
    for validation, test in folds:
        assert not rows(validation) & rows(test)
        assert not (rows(validation) | rows(test)) & train
    assert len(set.union(*(rows(test) for _, test in folds))) == LABELLED
    assert torch.equal(folds[0][0].images, data.validation.images)
    assert torch.equal(folds[0][1].labels, data.test.labels)


def test_without_validation_the_training_images_stay_the_same(tmp_path):
    write_faces(tmp_path)
    whole, usual = load("tfd", tmp_path, validation=False), load("tfd", tmp_path)
    assert whole.validation is None
    assert torch.equal(whole.train.images, usual.train.images)
    assert whole.sha256 == usual.sha256


def test_the_hash_depends_on_the_folds(tmp_path):
    write_faces(tmp_path)
    before = load("tfd", tmp_path).sha256
    write_faces(tmp_path, folds=np.roll(ARRAYS["folds"], 1, axis=1))
    assert load("tfd", tmp_path).sha256 != before


def test_the_file_may_lie_in_a_folder_of_its_own(tmp_path, monkeypatch):
    write_faces(tmp_path / "TFD")
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path))
    assert len(load("tfd", device="meta").test) == len(load_folds(device="meta")[0][1]) == 4
    assert load_folds(device="meta")[4][0].images.device.type == "meta"


@pytest.mark.parametrize("changes", [
    {"images": ARRAYS["images"] + 0.3 * (ARRAYS["images"] < 255)},
    {"images": ARRAYS["images"].astype(np.int16)},
    {"folds": ARRAYS["folds"].astype(float)},
    {"labs_ex": ARRAYS["labs_ex"].T.astype(float)},
])  # fmt: skip
def test_numbers_of_other_types_are_taken(tmp_path, changes):
    write_faces(tmp_path / "plain")
    write_faces(tmp_path / "other", **changes)
    assert load("tfd", tmp_path / "other").sha256 == load("tfd", tmp_path / "plain").sha256


@pytest.mark.parametrize("read", [lambda folder: load("tfd", folder), load_folds])
def test_a_missing_file_is_told_with_where_it_comes_from_and_goes(tmp_path, read):
    with pytest.raises(MissingData, match="University of Toronto gives it out on request") as told:
        read(tmp_path)
    assert "put its TFD_48x48.mat into the folder that AAE_DATA_DIR names" in str(told.value)
    assert "\n" not in str(told.value)


def with_folds(index, value):
    folds = ARRAYS["folds"].copy()
    folds[index] = value
    return {"folds": folds}


LABELLED_ROW = int(np.flatnonzero(ARRAYS["folds"][:, 0])[0])
UNLABELLED_ROW = int(np.flatnonzero(ARRAYS["folds"][:, 0] == 0)[0])


@pytest.mark.parametrize(("changes", "fault"), [
    ({"images": None}, "it has no numbers 'images'"),
    ({"folds": None}, "it has no numbers 'folds'"),
    ({"labs_ex": None}, "it has no numbers 'labs_ex'"),
    ({"labs_ex": np.array(["happy", "sad"], dtype=object)}, "it has no numbers 'labs_ex'"),
    ({"images": ARRAYS["images"][:, :24]}, "images have the shape (140, 24, 48), not (n, 48, 48)"),
    ({"images": ARRAYS["images"] / 255}, "images range over 0..1, not 0..255"),
    ({"images": ARRAYS["images"] - 300.0}, "images range over -300..-45, not 0..255"),
    ({"images": ARRAYS["images"] * np.nan}, "images range over nan..nan"),
    ({"folds": ARRAYS["folds"][:, :4]}, "folds have the shape (140, 4), not (140, 5)"),
    ({"folds": ARRAYS["folds"] + 1}, "folds hold other values than 0, 1, 2 and 3"),
    (with_folds((UNLABELLED_ROW, 2), 3), "unlabelled in one of its folds and not in another"),
    (with_folds(ARRAYS["folds"].sum(1) == 0, 1), "it has no unlabelled images"),
    (with_folds(ARRAYS["folds"] == 2, 1), "one of its folds has no validation images"),
    ({"folds": np.minimum(ARRAYS["folds"], 2)}, "one of its folds has no test images"),
    ({"labs_ex": ARRAYS["labs_ex"][:-1]}, "it has 139 labels for 140 images"),
    ({"labs_ex": ARRAYS["labs_ex"] + 1}, "a label other than 1..7"),
])  # fmt: skip
def test_a_file_that_is_not_the_data_set_is_told_in_one_line(tmp_path, changes, fault):
    path = write_faces(tmp_path, **changes)
    with pytest.raises(DataError, match=re.escape(fault)) as told:
        load("tfd", tmp_path)
    assert str(path) in str(told.value) and "\n" not in str(told.value)
    assert not isinstance(told.value, MissingData)


@pytest.mark.parametrize("keep", [0, 50, 200, 5000, -1000])
def test_a_truncated_file_is_told_in_one_line(tmp_path, keep):
    path = write_faces(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=re.escape(str(path))) as told:
        load("tfd", tmp_path)
    assert "\n" not in str(told.value) and not isinstance(told.value, MissingData)


def test_a_file_of_another_kind_is_told_in_one_line(tmp_path):
    (tmp_path / "TFD_48x48.mat").write_text("<html>Sign in</html>\n" * 40)
    with pytest.raises(DataError, match="cannot be read as a MATLAB file") as told:
        load("tfd", tmp_path)
    assert "\n" not in str(told.value)
