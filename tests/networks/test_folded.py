"""A perceptron as matrices computes what the network does, batch norm and all."""

import pytest
import torch
from torch import nn

from aae_course.networks.folded import folded
from aae_course.networks.layers import MLP, BatchNorm


def trained(**settings):
    """A network whose batch norms have seen minibatches, in evaluation."""
    torch.manual_seed(0)
    network = MLP((3, 20, 20, 5), initialisation="kaiming", **settings)
    for norm in (part for part in network if isinstance(part, BatchNorm)):
        nn.init.uniform_(norm.scale, 0.5, 2)
        nn.init.normal_(norm.shift)
    for _ in range(20):
        network(2 + 3 * torch.randn(50, 3))
    return network.eval()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"output": nn.Sigmoid()},
        {"batch_norm": True, "hidden_dropout": 0.5},
        {"batch_norm": True, "output_norm": True, "output": nn.Sigmoid()},
    ],
    ids=str,
)
@torch.no_grad()
def test_it_computes_what_the_network_does(settings):
    network, x = trained(**settings), torch.randn(100, 3)
    matrices = folded(network)
    assert [W.shape for W, _ in matrices.layers] == [(3, 20), (20, 20), (20, 5)]
    assert torch.allclose(matrices(x), network(x), atol=1e-5)
    halves = matrices.half()
    assert {part.dtype for layer in halves.layers for part in layer} == {torch.float16}
    assert torch.allclose(halves(x), network(x), atol=2e-2)
    assert not torch.equal(halves(x), network(x))


def test_the_network_stays_as_it_was():
    network = trained(batch_norm=True)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    folded(network).half()
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


@pytest.mark.parametrize("settings", [{"replicas": 2}, {"output": nn.Tanh()}], ids=str)
def test_what_is_more_than_a_perceptron_is_refused(settings):
    with pytest.raises(ValueError, match="only a perceptron without replicas can be folded"):
        folded(MLP((3, 20, 5), **settings))


def test_a_weight_that_half_precision_cannot_hold_is_refused():
    network = MLP((3, 5))
    nn.init.constant_(network[0].weight, 1e5)
    with pytest.raises(ValueError, match="not finite in half precision, whose largest is 65504"):
        folded(network).half()
