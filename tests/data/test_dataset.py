"""Splits and data sets: moved as a whole, and named by what they hold."""

import hashlib

import small
import torch

from aae_course.data.dataset import Dataset, Split, content_hash


def dataset(validation):
    return Dataset("made", small.split(40), validation, small.split(20), (1, 3, 4), 10, "a hash")


def test_a_data_set_moves_with_all_of_its_splits():
    moved = dataset(validation=small.split(30)).to("meta")
    assert [len(split) for split in (moved.train, moved.validation, moved.test)] == [40, 30, 20]
    for split in (moved.train, moved.validation, moved.test):
        assert split.images.device.type == split.labels.device.type == "meta"
    assert (moved.name, moved.image_shape, moved.classes, moved.sha256) == (
        "made", (1, 3, 4), 10, "a hash",
    )  # fmt: skip


def test_without_validation_there_is_still_none_elsewhere():
    assert dataset(validation=None).to("meta").validation is None


def test_the_hash_is_of_all_bytes_in_their_order():
    first, second = small.split(40), small.split(20)
    digest = hashlib.sha256()
    for split in (first, second):
        digest.update(split.images.numpy().tobytes() + split.labels.numpy().tobytes())
    assert content_hash(first, second) == digest.hexdigest()
    assert content_hash(second, first) != digest.hexdigest()
    other = Split(first.images, torch.zeros_like(first.labels))
    assert content_hash(other, second) != digest.hexdigest()
