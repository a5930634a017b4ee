"""Images and labels: the data sets, the splits, and the minibatches that a model trains on."""

from aae_course.data.dataset import Dataset, Split, content_hash
from aae_course.data.datasets import DATASETS, load
from aae_course.data.downloads import DataError, MissingData
from aae_course.data.labels import (
    NOT_LABELLED,
    labelled_subset,
    one_hot,
    one_hot_or_unlabelled,
    proportional_subset,
)
from aae_course.data.minibatches import Batch, Minibatches, as_pixels

__all__ = [
    "DATASETS",
    "NOT_LABELLED",
    "Batch",
    "DataError",
    "Dataset",
    "Minibatches",
    "MissingData",
    "Split",
    "as_pixels",
    "content_hash",
    "labelled_subset",
    "load",
    "one_hot",
    "one_hot_or_unlabelled",
    "proportional_subset",
]
