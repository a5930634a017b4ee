"""The control that learns from labelled images and no others."""

import pytest
import small
import torch
import torch.nn.functional as F

from aae_course.data.minibatches import Batch


def test_it_learns_from_the_labelled_images_and_no_others():
    torch.manual_seed(0)
    model = small.build_labels_alone().eval()
    labelled = Batch(torch.rand(4, small.PIXELS), torch.tensor([2, 0, 9, 2]))
    expected = F.cross_entropy(model.logits(labelled.x), labelled.y).item()
    for x in torch.rand(2, 10, small.PIXELS):
        ((phase, loss),) = model.training_step(Batch(x, torch.arange(10), labelled))
        assert phase == "classification"
        assert loss.item() == pytest.approx(expected, rel=1e-5)
