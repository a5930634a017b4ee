"""Replicas: each is the network of its seed, and none mixes with another."""

import pytest
import torch

from aae_course.networks.encoders import (
    DeterministicEncoder,
    GaussianEncoder,
    UniversalApproximatorEncoder,
)
from aae_course.networks.layers import MLP
from aae_course.networks.replicas import build_replicas, take_replica

NETWORKS = {
    "mlp": lambda replicas: MLP((6, 8, 3), replicas=replicas, initialisation="kaiming"),
    "batch norm": lambda replicas: MLP((6, 8, 3), batch_norm=True, replicas=replicas),
    "deterministic": lambda replicas: DeterministicEncoder((6, 8, 3), replicas=replicas),
    "gaussian": lambda replicas: GaussianEncoder((6, 8, 3), replicas=replicas),
    "universal": lambda replicas: UniversalApproximatorEncoder((6, 8, 3), replicas=replicas),
}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("build", NETWORKS.values(), ids=NETWORKS)
def test_replicas_never_mix(build):
    """The gradient of replica 1's output is zero in every other replica's weights and inputs."""
    network, x = build(3), torch.randn(3, 5, 6, requires_grad=True)
    network(x)[1].square().sum().backward()
    for tensor in [x, *network.parameters()]:
        others = tensor.grad[[0, 2]]
        assert not others.any()
    assert x.grad[1].any()


@pytest.mark.parametrize("build", NETWORKS.values(), ids=NETWORKS)
def test_a_replica_starts_as_the_network_of_its_seed(build):
    together, again = build_replicas(build, [4, 9]), build_replicas(build, [9, 5])
    alone = build_replicas(build, [9])
    for name, value in alone.state_dict().items():
        assert torch.equal(together.state_dict()[name][1], value)
        assert torch.equal(again.state_dict()[name][0], value)
    assert not torch.equal(together.state_dict()[name_of_weight(alone)][0], weight(alone))


def name_of_weight(network):
    return next(name for name in network.state_dict() if name.endswith("weight"))


def weight(network):
    return network.state_dict()[name_of_weight(network)]


@pytest.mark.parametrize("name", ["mlp", "batch norm", "deterministic"])
def test_a_replica_computes_what_it_computes_alone(name):
    build = NETWORKS[name]
    network, x = build_replicas(build, [0, 1, 2]), torch.randn(3, 5, 6)
    alone = take_replica(network, build(None), 2)
    torch.testing.assert_close(network(x)[2], alone(x[2]))


def test_building_replicas_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    build_replicas(NETWORKS["mlp"], [0, 1])
    assert torch.equal(torch.get_rng_state(), before)
