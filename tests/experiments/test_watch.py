"""What recipes measure after every epoch."""

from dataclasses import replace

import pytest
import small
import torch

from aae_course.data.dataset import Dataset, Split
from aae_course.data.labels import one_hot
from aae_course.data.minibatches import as_pixels
from aae_course.experiments import watch
from aae_course.metrics import reconstruction_error
from aae_course.metrics.codes import error_percent

DATA = Dataset("made", small.split(20), small.split(60), small.split(20), (1, 3, 4))


def test_they_look_at_validation_images():
    torch.manual_seed(0)
    model = small.build_semi_supervised()().eval()
    assert watch.validation_error(model, DATA) == {
        "validation_error_percent": error_percent(model, DATA.validation)
    }
    x = as_pixels(DATA.validation.images)
    assert watch.validation_reconstruction(model, DATA) == {
        "validation_half_squared_error": pytest.approx(reconstruction_error(model, x))
    }


def test_of_many_images_some_are_enough(monkeypatch):
    monkeypatch.setattr(watch, "WATCHED", 7)
    torch.manual_seed(0)
    model = small.build_autoencoder()().eval()
    some = replace(DATA, validation=Split(DATA.validation.images[:7]))
    assert watch.validation_reconstruction(model, DATA) == watch.validation_reconstruction(
        model, some
    )


def test_clusters_are_named_by_other_images_than_are_measured():
    labels = torch.tensor([0, 0, 1, 1, 1, 1, 0, 0])
    images = one_hot(torch.tensor([0, 0, 1, 1, 1, 1, 0, 2]), 4) * 255

    class Reader:
        def logits(self, x):
            return 5 * x

    split = Split(images.to(torch.uint8), labels)
    data = Dataset("made", split, split, split, (1, 2, 2))
    found = watch.validation_clusters(Reader(), data)
    assert found["validation_majority_error_percent"] == 0  # an empty one: what most of all show
    assert found["clusters_alive"] == 3
