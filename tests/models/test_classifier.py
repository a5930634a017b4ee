"""The classifier that reads labels off images: its logits, that it learns, what is too small."""

import pytest
import torch

from aae_course.data.dataset import Split
from aae_course.models import Classifier
from aae_course.training.loop import fit
from aae_course.training.optimisation import Adam, Training
from aae_course.training.progress import NoProgress


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 9, 11), (1, 8, 8)])
def test_images_become_a_logit_for_each_label(shape):
    channels, height, width = shape
    assert Classifier(shape, 7)(torch.rand(5, channels * height * width)).shape == (5, 7)


def test_it_learns_which_half_is_bright():
    torch.manual_seed(0)
    labels = torch.arange(100) % 2
    images = torch.randint(100, (100, 2, 32), dtype=torch.uint8)  # upper and lower half of 8 x 8
    images[torch.arange(100), labels] += 100
    split, model = Split(images.flatten(1), labels), Classifier((1, 8, 8), 2)
    training = Training({"classification": Adam(1e-2)}, epochs=5, batch_size=20)
    fit(model, split, training, progress=NoProgress())
    with torch.no_grad():
        assert torch.equal(model(split.images / 255).argmax(-1), labels)


def test_images_that_are_too_small_are_refused():
    with pytest.raises(ValueError, match="images of 7 x 28 are too small: 8 x 8 at least"):
        Classifier((1, 7, 28), 10)
