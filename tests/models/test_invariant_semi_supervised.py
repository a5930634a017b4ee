"""Few labels and views: what reaches which loss, and that the average follows in training only."""

from dataclasses import replace

import pytest
import small
import torch
from made_runs import assert_same, weights

from aae_course.data.minibatches import Batch


@pytest.fixture
def model():
    torch.manual_seed(0)
    return small.BUILDERS["invariant semi-supervised"]()


@pytest.fixture
def batch():
    x, labels = torch.rand(10, small.PIXELS), torch.arange(5)
    labelled = Batch(torch.rand(5, small.PIXELS), labels)
    return Batch(x, torch.full((10,), -1), labelled, torch.tensor(0.5))


def losses(model, batch):
    torch.manual_seed(1)
    return {name: loss.item() for name, loss in model.training_step(batch)}


def test_only_the_labels_of_the_labelled_minibatch_reach_a_loss(model, batch):
    model.eval()
    told = losses(model, replace(batch, y=torch.arange(10)))
    assert told == losses(model, batch)
    others = replace(batch.labelled, y=(batch.labelled.y + 1) % 10)
    changed = losses(model, replace(batch, labelled=others))
    assert {name for name in told if told[name] != changed[name]} == {"classification"}


def test_the_average_and_the_table_follow_in_training_only(model, batch):
    model.eval()
    before = weights(model)
    losses(model, batch)
    assert_same(before, weights(model))
    model.train()
    with torch.no_grad():
        next(model.encoder.parameters()).add_(1)
    losses(model, batch)
    after = weights(model)
    changed = {name.split(".")[0] for name in after if not torch.equal(after[name], before[name])}
    assert changed >= {"average", "demand"}
    assert model.demand.joint.sum().item() == pytest.approx(1)
