"""Every model: a phase changes its own networks and no others; widths that do not fit."""

import itertools

import pytest
import small
import torch
from torch import nn

from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.networks.encoders import DeterministicEncoder
from aae_course.networks.layers import MLP, BatchNorm
from aae_course.training.loop import Run


def changed_networks(model, before: dict) -> set[str]:
    after = model.state_dict()
    return {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
def test_each_phase_changes_exactly_the_networks_that_it_names(build, monkeypatch):
    torch.manual_seed(0)
    model = build()
    run = Run(model, small.split(), small.training(model), [0], {})
    seen = []
    for phase, optimiser in run.optimisers.items():
        monkeypatch.setattr(optimiser, "step", watched(model, phase, optimiser.step, seen))
    list(itertools.islice(run.steps(), 3))
    assert [phase for phase, _ in seen] == 3 * list(model.phases)
    for phase, networks in seen:
        assert networks == set(model.phases[phase]), phase


def watched(model, phase, step, seen):
    def watched_step():
        before = {name: p.detach().clone() for name, p in model.named_parameters()}
        step()
        seen.append((phase, changed_networks(model, before)))

    return watched_step


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
def test_a_phase_leaves_no_gradient_in_other_networks(build):
    torch.manual_seed(0)
    model = build()
    run = Run(model, small.split(), small.training(model), [0], {})
    for phase, loss in model.training_step(run.feed.first_batch()):
        model.zero_grad(set_to_none=True)
        loss.sum().backward(inputs=run.parameters[phase])
        others = [
            name.split(".")[0]
            for name, p in model.named_parameters()
            if p.grad is not None and name.split(".")[0] not in model.phases[phase]
        ]
        assert not others


def networks_of(dim):
    return (
        DeterministicEncoder((small.PIXELS, 8, dim)),
        MLP((dim, 8, small.PIXELS)),
        MLP((dim, 8, 1)),
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: AdversarialAutoencoder(*networks_of(3), Gaussian(2)),
            "latent dimension 3 of the encoder does not fit the prior: Gaussian has 2",
        ),
        (
            lambda: AdversarialAutoencoder(*networks_of(2)[:2], MLP((5, 8, 1)), Gaussian(2)),
            "latent dimension 5 of the discriminator",
        ),
        (
            lambda: AdversarialAutoencoder(*networks_of(8), GaussianMixture()),
            "GaussianMixture has 2 dimensions",
        ),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("norm", [nn.BatchNorm1d, BatchNorm])
@pytest.mark.parametrize("learns", [True, False])
def test_frozen_batch_norm_keeps_its_mean_and_variance(norm, learns):
    layer = norm(2).requires_grad_(learns)
    model = small.plain_aae(nn.Sequential(nn.Linear(small.PIXELS, 2), layer)).train()
    model.encoder(torch.rand(10, small.PIXELS))
    assert torch.equal(layer.running_mean, torch.zeros(2)) == (not learns)
    assert model.training and model.decoder.training and layer.training == learns
