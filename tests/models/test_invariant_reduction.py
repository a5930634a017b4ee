"""Summed codes and views: what is distorted, and that a label reaches its own phase only."""

from dataclasses import replace

import pytest
import small
import torch

from aae_course.data.minibatches import Batch

NAMES = [name for name in small.BUILDERS if name.startswith("invariant reduction")]


class Counting(torch.nn.Module):
    """A view without distortion, which counts the images that it sees."""

    images = 0

    def forward(self, x):
        self.images += len(x)
        return x


def losses(model, batch):
    torch.manual_seed(0)
    return {name: loss.item() for name, loss in model.training_step(batch)}


@pytest.mark.parametrize("name", NAMES)
def test_two_views_of_each_image_and_one_of_each_labelled_image(name):
    model = small.BUILDERS[name]()
    model.view = Counting()
    labelled = Batch(torch.rand(5, small.PIXELS), torch.arange(5))
    batch = Batch(torch.rand(10, small.PIXELS), torch.full((10,), -1), labelled, torch.tensor(0.5))
    told = losses(model, batch)
    assert model.view.images == 20 + 5 * model.wants_labelled_batch
    assert set(told) == set(model.phases)
    others = replace(batch, labelled=replace(labelled, y=(labelled.y + 1) % 10))
    changed = losses(model, replace(others, y=torch.arange(10)))
    wanted = {"classification"} if model.wants_labelled_batch else set()
    assert {name for name in told if told[name] != changed[name]} == wanted
