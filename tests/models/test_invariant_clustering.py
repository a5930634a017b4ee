"""Clusters that distortions do not change: views, and what relaxes on the way."""

import small
import torch

from aae_course.data.minibatches import Batch
from aae_course.models.invariant_clustering import InvariantClustering


class Still(torch.nn.Module):
    """A view without distortion, which counts."""

    calls = 0

    def forward(self, x):
        self.calls += 1
        return x


def losses(model, progress):
    torch.manual_seed(0)
    batch = Batch(torch.rand(10, small.PIXELS), torch.full((10,), -1), None, torch.tensor(progress))
    return {name: loss.item() for name, loss in model.training_step(batch)}


def test_two_views_are_taken_and_the_pull_of_the_labels_relaxes():
    model = small.BUILDERS["invariant clustering"]()
    model.view = Still()
    early, late = losses(model, 0.0), losses(model, 1.0)
    assert model.view.calls == 4
    assert late["generator"] < early["generator"]
    assert {n: late[n] for n in late if n != "generator"} == {
        n: early[n] for n in early if n != "generator"
    }


def test_the_weights_of_the_two_demands_are_those_given():
    settings = {"consistency": 0.0, "pull": (1.0, 1.0)}
    plain = InvariantClustering.build(small.COMPACT, small.PIXELS, small.Gaussian(3), **settings)
    plain.view = Still()
    with_demand = losses(plain, 1.0)["generator"]
    plain.consistency = 2.0
    assert losses(plain, 1.0)["generator"] > with_demand
    assert losses(plain, 0.0) == losses(plain, 1.0)  # a pull of 1 does not relax
