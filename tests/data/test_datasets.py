"""Data sets as tensors: their splits, their pixels, their names."""

from __future__ import annotations

import gzip
import hashlib
import struct

import numpy as np
import pytest
import torch
from scipy.io import savemat
from sklearn.datasets import load_digits

from aae_course.data import datasets as data, files
from aae_course.data.datasets import DATASETS, load
from aae_course.data.downloads import DataError, MissingData
from aae_course.settings import data_folder


def sha256(*splits) -> str:
    """Return the hash of images, then labels, of (images, labels) pairs of tensors."""
    digest = hashlib.sha256()
    for images, labels in splits:
        digest.update(images.numpy().tobytes() + labels.numpy().tobytes())
    return digest.hexdigest()


def check_types(dataset) -> None:
    pixels = np.prod(dataset.image_shape)
    for split in filter(None, (dataset.train, dataset.validation, dataset.test)):
        assert split.images.dtype == torch.uint8
        assert split.images.shape == (len(split), pixels)
        assert split.labels.dtype == torch.int64
        assert split.labels.shape == (len(split),)
        assert 0 <= split.labels.min() <= split.labels.max() < dataset.classes


# digits


def test_digits_splits(digits):
    check_types(digits)
    assert (digits.name, digits.image_shape, digits.classes) == ("digits", (1, 28, 28), 10)
    assert (len(digits.train), len(digits.validation), len(digits.test)) == (1297, 200, 300)


def test_digits_splits_share_no_image_and_lose_none(digits):
    splits = (digits.train, digits.validation, digits.test)
    rows = [{row.tobytes() for row in split.images.numpy()} for split in splits]
    originals = {row.tobytes() for row in load_digits().data}
    assert len(originals) == 1797  # no two are alike, so sets of rows do compare images
    assert [len(row) for row in rows] == [1297, 200, 300]
    assert len(set.union(*rows)) == 1797


def test_digits_labels_go_with_their_images(digits):
    original = load_digits()
    label_of = {
        row.tobytes(): label
        for row, label in zip(
            data._enlarge(torch.from_numpy(original.images)).numpy(), original.target, strict=True
        )
    }
    for split in (digits.train, digits.validation, digits.test):
        for image, label in zip(split.images.numpy(), split.labels.tolist(), strict=True):
            assert label_of[image.tobytes()] == label


def test_digits_classes_are_roughly_balanced(digits):
    assert digits.test.labels.bincount(minlength=10).min() >= 20
    assert digits.test.labels.bincount(minlength=10).max() <= 40
    assert digits.validation.labels.bincount(minlength=10).min() >= 10
    assert digits.train.labels.bincount(minlength=10).min() >= 110


def test_digits_without_validation(digits):
    whole = load("digits", validation=False)
    assert whole.validation is None
    assert len(whole.train) == 1497
    assert torch.equal(whole.train.images[:1297], digits.train.images)
    assert torch.equal(whole.train.images[1297:], digits.validation.images)
    assert torch.equal(whole.test.images, digits.test.images)
    assert whole.sha256 == digits.sha256


def test_digits_are_the_same_bytes_on_every_machine(digits):
    whole = load("digits", validation=False)
    splits = [(split.images, split.labels) for split in (whole.train, whole.test)]
    assert digits.sha256 == sha256(*splits)
    assert digits.sha256 == "08d7f4854113654a1ef088aa190b87c99307fac4829e3e0144e49ba9c34aebc1"


def bilinear(image: np.ndarray, side: int) -> np.ndarray:
    """Resize a square image: pixel centres at half integers, edges repeated."""
    places = (np.arange(side) + 0.5) * len(image) / side - 0.5
    weights = np.maximum(0, 1 - np.abs(places.clip(0, 7)[:, None] - np.arange(len(image))))
    return weights @ image @ weights.T


def test_digits_are_resized_bilinearly_to_the_full_range(digits):
    images = load_digits().images[:50]
    exact = np.stack([bilinear(image, 28) for image in images]) * 255 / 16
    resized = data._enlarge(torch.from_numpy(images)).numpy()
    assert np.abs(resized - exact).max() <= 0.5 + 1e-9
    assert digits.train.images.min() == 0
    assert digits.train.images.max() == 255


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (8, 128), (16, 255)])
def test_resizing_keeps_an_even_image_even(value, expected):
    resized = data._enlarge(torch.full((1, 8, 8), float(value)))
    assert (resized == expected).all()  # 8 is 127.5 exactly, the case that rounding could miss


def test_device_is_where_the_tensors_are():
    dataset = load("digits", device="meta")
    for split in (dataset.train, dataset.validation, dataset.test):
        assert split.images.device.type == split.labels.device.type == "meta"


# Sets of files, in small


def idx(values: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + (
        values.astype(np.uint8).tobytes()
    )


@pytest.fixture
def small_fashion(tmp_path, monkeypatch):
    """Write a Fashion-MNIST of 12,000 + 30 images of 2 x 3 pixels; return its arrays."""
    random = np.random.default_rng(0)
    arrays = [
        random.integers(0, limit, (n, *shape))
        for n in (12_000, 30)
        for limit, shape in ((256, (2, 3)), (10, ()))
    ]
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    sums = {}
    for file, array in zip(files.MD5["fashion_mnist"], arrays, strict=True):
        (raw / file).write_bytes(gzip.compress(idx(array), compresslevel=1))
        sums[file] = hashlib.md5((raw / file).read_bytes()).hexdigest()
    monkeypatch.setitem(files.MD5, "fashion_mnist", sums)
    return [torch.from_numpy(array) for array in arrays]


def test_the_end_of_the_training_file_is_the_validation_split(tmp_path, small_fashion):
    images, labels, test_images, test_labels = small_fashion
    dataset = load("fashion_mnist", tmp_path)
    check_types(dataset)
    assert dataset.image_shape == (1, 2, 3)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (2000, 10_000, 30)
    assert torch.equal(dataset.train.images, images[:2000].flatten(1))
    assert torch.equal(dataset.train.labels, labels[:2000])
    assert torch.equal(dataset.validation.images, images[2000:].flatten(1))
    assert torch.equal(dataset.validation.labels, labels[2000:])
    assert torch.equal(dataset.test.images, test_images.flatten(1))
    assert torch.equal(dataset.test.labels, test_labels)


def test_without_validation_all_is_for_training(tmp_path, small_fashion):
    images, labels, test_images, test_labels = small_fashion
    dataset = load("fashion_mnist", tmp_path, validation=False)
    assert dataset.validation is None
    assert torch.equal(dataset.train.images, images.flatten(1))
    assert torch.equal(dataset.train.labels, labels)
    expected = sha256((images.byte(), labels), (test_images.byte(), test_labels))
    assert dataset.sha256 == expected == load("fashion_mnist", tmp_path).sha256


def test_the_folder_is_that_of_the_environment(tmp_path, monkeypatch, small_fashion):
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path))
    assert len(load("fashion_mnist").test) == 30


def test_a_set_that_is_missing_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setitem(files.MIRRORS, "kmnist", [])
    with pytest.raises(DataError, match="KMNIST is not complete"):
        load("kmnist", tmp_path)


def test_load_downloads_nothing_where_that_is_not_wanted(tmp_path, small_fashion):
    assert len(load("fashion_mnist", tmp_path, download=False).test) == 30
    for name in ("mnist", "svhn", "tfd"):
        with pytest.raises(MissingData, match="is not in the data folder"):
            load(name, tmp_path, download=False)
    assert len(load("digits", tmp_path, download=False).test) == 300


def test_svhn_is_flattened_by_channel_and_its_class_10_is_the_digit_0(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    sums, arrays = {}, {}
    for split, n in (("train", 10_040), ("test", 30)):
        images = random.integers(0, 256, (4, 5, 3, n), dtype=np.uint8)
        labels = random.integers(1, 11, (n, 1), dtype=np.uint8)
        file = tmp_path / f"{split}_32x32.mat"
        savemat(file, {"X": images, "y": labels})
        sums[file.name] = hashlib.md5(file.read_bytes()).hexdigest()
        arrays[split] = images, labels
    monkeypatch.setitem(files.MD5, "svhn", sums)

    dataset = load("svhn", tmp_path)
    check_types(dataset)
    assert dataset.image_shape == (3, 4, 5)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (40, 10_000, 30)
    images, labels = arrays["train"]
    for n, (row, column, channel) in ((0, (0, 0, 0)), (7, (3, 1, 2)), (39, (2, 4, 1))):
        pixel = channel * 20 + row * 5 + column
        assert dataset.train.images[n, pixel] == images[row, column, channel, n]
    expected = [0 if label == 10 else label for label in labels.flatten().tolist()]
    assert dataset.train.labels.tolist() + dataset.validation.labels.tolist() == expected
    assert 0 in expected[:40]


# The real MNIST


@pytest.fixture(scope="module")
def mnist():
    raw = data_folder() / "MNIST" / "raw"
    if not list(raw.glob("t10k-labels-idx1-ubyte*")):
        pytest.skip(f"no MNIST in {raw}: set AAE_DATA_DIR to a folder that has it")
    return load("mnist")


def test_mnist_is_the_real_one(mnist):
    check_types(mnist)
    assert mnist.image_shape == (1, 28, 28)
    assert (len(mnist.train), len(mnist.validation), len(mnist.test)) == (50_000, 10_000, 10_000)
    assert mnist.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    counts = mnist.test.labels.bincount().tolist()
    assert counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist.train.images[0].reshape(28, 28)[5, 12] == 3  # the famous 5: its first ink
    assert mnist.sha256 == "1e35582d42a90940c55b956deb61875c020b567ed20e3c5b174f52bf7809ed9b"


# Names


@pytest.mark.parametrize(
    ("name", "hint"),
    [("fashion-mnist", "'fashion_mnist'"), ("MNIST", "'mnist'"), ("digit", "'digits'")],
)
def test_an_unknown_name_is_told_with_the_nearest(name, hint):
    with pytest.raises(ValueError, match=f"did you mean {hint}") as caught:
        load(name)
    assert all(known in str(caught.value) for known in DATASETS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["cifar", "", None])
def test_a_name_like_no_other_is_told_without(name):
    with pytest.raises(ValueError, match="known: digits, mnist") as caught:
        load(name)
    assert "did you mean" not in str(caught.value)
