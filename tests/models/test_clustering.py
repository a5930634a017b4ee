"""The clustering AAE: it is told no labels."""

from dataclasses import replace

import small
import torch

from aae_course.data.minibatches import Batch


def losses(model, batch):
    torch.manual_seed(1)
    return {phase: loss.item() for phase, loss in model.training_step(batch)}


def test_no_phase_depends_on_labels():
    torch.manual_seed(0)
    model, batch = small.build_clustering()(), Batch(torch.rand(10, small.PIXELS), torch.arange(10))
    relabelled = replace(batch, y=batch.y.flip(0), labelled=batch)
    assert losses(model, batch) == losses(model, relabelled)
    assert model.classes is None  # of labels, which a run would check


def test_it_may_have_more_categories_than_there_are_labels():
    model = small.build_clustering(categories=16)().eval()
    y, z = model.label_and_style(torch.rand(5, small.PIXELS))
    assert y.shape == (5, 16) and z.shape == (5, 3)
