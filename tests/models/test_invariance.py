"""The losses and networks of the family `invariance` in closed form."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from aae_course.models.invariance import (
    VIEWS,
    Average,
    CrowdDiscriminator,
    MutualInformation,
    NoisyDiscriminator,
    disagreement,
    make_demand,
    mutual_information,
    pairs,
    relaxed,
    scale_logits,
    view,
    watcher_of,
)
from aae_course.networks.compact_convolutional import CompactConvolutional
from aae_course.networks.layers import MLP, BatchNorm


def one_hot(*labels, categories=4):
    return F.one_hot(torch.tensor(labels), categories).float()


def test_views_that_agree_and_are_sure_do_not_disagree():
    y = one_hot(0, 1, 2)
    assert disagreement(y, y) == 0
    even = torch.full((3, 4), 0.25)
    assert disagreement(even, even).item() == pytest.approx(math.log(4))
    assert disagreement(y, one_hot(1, 2, 3)).isfinite() and disagreement(y, one_hot(1, 2, 3)) > 10
    assert disagreement(torch.stack([y, even[:3]]), torch.stack([y, even[:3]])).shape == (2,)


def test_mutual_information_is_that_of_the_table():
    y = one_hot(0, 1, 2, 3)
    assert mutual_information(y, y, pairs(y, y)).item() == pytest.approx(math.log(4), rel=1e-3)
    even = torch.full((4, 4), 0.25)
    assert mutual_information(y, even, pairs(y, even)).item() == pytest.approx(0, abs=1e-6)
    crowd = one_hot(1, 1, 1, 1)
    assert mutual_information(crowd, crowd, pairs(crowd, crowd)).item() == pytest.approx(
        0, abs=1e-6
    )
    generator = torch.Generator().manual_seed(0)
    q, p = (torch.rand(50, 4, generator=generator).softmax(-1) for _ in range(2))
    table = pairs(q, p)
    torch.testing.assert_close(table, table.t())
    assert table.sum().item() == pytest.approx(1)
    by_hand = (table * (table / torch.outer(table.sum(1), table.sum(0))).log()).sum()
    assert mutual_information(q, p, table).item() == pytest.approx(by_hand.item(), rel=1e-4)


def test_its_gradient_draws_views_together():
    q, logits = one_hot(0, 1, 2, 3), torch.zeros(4, 4, requires_grad=True)
    joint = pairs(q, (logits + 3 * q).softmax(-1)).detach()
    (gradient,) = torch.autograd.grad(mutual_information(q, logits.softmax(-1), joint), logits)
    assert (gradient.argmax(1) == torch.arange(4)).all()


def test_a_weight_relaxes_between_two_moments():
    found = [relaxed(torch.tensor(p), (1, 0.1)).item() for p in (0, 0.25, 0.425, 0.6, 1)]
    assert found == pytest.approx([1, 1, 0.55, 0.1, 0.1])
    assert relaxed(torch.tensor(0.9), (0.5, 0.5)) == 0.5


def test_a_demand_of_mutual_information_has_a_table_that_follows_in_training():
    demand, y = MutualInformation(4), one_hot(0, 1, 2, 3)
    demand.eval()
    assert demand(y, y) > -math.log(4) and torch.equal(demand.joint, torch.full((4, 4), 1 / 16))
    demand.train()
    for _ in range(100):
        loss = demand(y, y)
    assert loss.item() == pytest.approx(-math.log(4), rel=1e-3)
    torch.testing.assert_close(demand.joint, torch.eye(4) / 4)


def test_demands_and_watchers_have_names():
    assert make_demand("disagreement", 4) is disagreement
    assert make_demand("mutual information", 4, replicas=2).joint.shape == (2, 4, 4)
    with pytest.raises(ValueError, match="unknown demand 'agreement'"):
        make_demand("agreement", 4)
    compact = CompactConvolutional()
    for name, kind in {
        "crowd": CrowdDiscriminator,
        "noisy": NoisyDiscriminator,
        "plain": MLP,
    }.items():
        made = watcher_of(name)(compact, 4)
        assert isinstance(made, kind) and made(one_hot(0, 1)).shape == (2, 1)
    with pytest.raises(ValueError, match="unknown watcher of labels"):
        watcher_of("crowds")


def test_a_multiple_of_the_distortions_is_one_of_each():
    compact = CompactConvolutional((3, 8, 6))
    assert view(compact, {"degrees": 20.0, "bend": 1.0}, 0.5).degrees == 10
    x = torch.rand(5, 144)
    torch.testing.assert_close(view(compact, VIEWS, 0.0)(x), x)


class Seen(nn.Module):
    """A network that gives back what it is shown."""

    widths = (8, 1)

    def forward(self, x):
        return x


def test_the_discriminator_of_labels_sees_its_group():
    D = CrowdDiscriminator(Seen(), group=2, noise=0.0)
    assert D.widths == (4, 1)
    seen = D(one_hot(0, 0, 1, 2))
    assert torch.equal(seen[:, :4], one_hot(0, 0, 1, 2))
    crowded, mixed = 4 * one_hot(0)[0], 2 * (one_hot(1) + one_hot(2))[0]
    assert torch.equal(seen[:, 4:], torch.stack([crowded, crowded, mixed, mixed]))
    replicas = D(torch.stack([one_hot(0, 0, 1, 2), one_hot(3, 3, 3, 3)]))
    assert torch.equal(replicas[0], seen) and replicas.shape == (2, 4, 8)
    assert torch.equal(D(one_hot(0, 1, 2))[:, 4:], 4 * one_hot(0, 1, 2))  # groups of one


def test_noise_is_added_to_draws_and_codes_alike():
    torch.manual_seed(0)
    seen = NoisyDiscriminator(Seen(), noise=0.3)(torch.zeros(5000, 8))
    assert seen.std().item() == pytest.approx(0.3, rel=0.05)


def test_an_average_follows_and_learns_nothing():
    network = CompactConvolutional((1, 8, 8), (4,), (3,), input_noise=0.5).make_encoder(64, 5)
    average = Average(network, kept=0.75)
    average.steps += 100  # the first steps count more
    assert not list(average.parameters())
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    with torch.no_grad():
        for p in network.parameters():
            p.add_(1)
    average.follow(network)
    for name, value in average.network.named_buffers():
        if name in before:
            torch.testing.assert_close(value, before[name] + 0.25)
    average.steps.zero_()
    average.follow(network)
    for name, value in average.network.named_buffers():
        if name in before:
            kept = 0.75 * 2 / 11  # of the distance from the weights
            torch.testing.assert_close(value, before[name] + 1 - kept)
    average.train()
    x = torch.rand(20, 64)
    assert torch.equal(average(x), average(x))  # no noise
    assert average(x).mean(0).abs().max() < 2  # batch norm of this minibatch


def test_logits_are_spread_from_the_start():
    encoder = MLP((6, 5), output_norm=True)
    scale_logits(encoder, categories=3, scale=3.0)
    norm = next(layer for layer in encoder if isinstance(layer, BatchNorm))
    assert norm.scale.tolist() == [3, 3, 3, 1, 1]
