"""The label-informed AAE: what its prior must be, and which images its adversaries see."""

from dataclasses import replace

import pytest
import small
import torch

from aae_course.data.minibatches import Batch
from aae_course.models import LabelInformedAutoencoder
from aae_course.models.label_informed import with_labelled
from aae_course.models.priors import Gaussian


def test_a_prior_without_classes_cannot_be_informed_by_labels():
    with pytest.raises(ValueError, match="Gaussian has no classes"):
        LabelInformedAutoencoder.build(small.networks(), small.PIXELS, Gaussian(2))


def losses(model, batch):
    torch.manual_seed(1)
    return {name: loss.item() for name, loss in model.training_step(batch)}


def test_labelled_images_join_the_minibatch_for_the_adversaries_only():
    torch.manual_seed(0)
    model = small.build_label_informed()()
    x, y = torch.rand(6, small.PIXELS), torch.tensor([0, -1, -1, -1, 4, 9])
    alone = Batch(x[:4], y[:4])
    beside, joined = replace(alone, labelled=Batch(x[4:], y[4:])), Batch(x, y)
    found = losses(model, beside)
    assert found["reconstruction"] == losses(model, alone)["reconstruction"]
    for phase in ("discriminator", "generator"):
        assert found[phase] == losses(model, joined)[phase] != losses(model, alone)[phase]


def test_replicas_get_their_own_labelled_images():
    x, y = torch.rand(2, 3, small.PIXELS), torch.zeros(2, 3, dtype=torch.long)
    images, labels = with_labelled(Batch(x, y, labelled=Batch(x + 1, y + 1)))
    assert torch.equal(images, torch.cat([x, x + 1], 1))
    assert labels.tolist() == [[0, 0, 0, 1, 1, 1]] * 2
