"""The AAE: networks of a reader's own train."""

import small
import torch
from torch import nn

from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.training.loop import Run


def test_a_reader_s_own_modules_train():
    torch.manual_seed(0)
    model = AdversarialAutoencoder(
        nn.Sequential(nn.Linear(small.PIXELS, 2)),
        nn.Sequential(nn.Linear(2, small.PIXELS), nn.Sigmoid()),
        nn.Linear(2, 1),
        Gaussian(2),
    )
    before = model.encoder[0].weight.clone()
    run = Run(model, small.split(), small.training(model), [0], {})
    next(run.steps())
    assert not torch.equal(before, model.encoder[0].weight)
