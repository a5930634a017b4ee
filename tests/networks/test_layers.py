"""Networks: shapes, initialisation, replicas that never mix, batch norm against torch's."""

import pytest
import torch
from torch import nn

from aae_course.networks.encoders import (
    DeterministicEncoder,
    GaussianEncoder,
    UniversalApproximatorEncoder,
    reparameterise,
)
from aae_course.networks.layers import MLP, BatchNorm, GaussianNoise, Linear
from aae_course.networks.replicas import build_replicas, take_replica


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_linear_agrees_with_torch():
    ours, theirs = Linear(5, 3), nn.Linear(5, 3)
    ours.load_state_dict({"weight": theirs.weight.t(), "bias": theirs.bias})
    x = torch.randn(7, 5)
    torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.parametrize(("initialisation", "std"), [("paper", 0.01), ("kaiming", 0.05)])
def test_initial_weights_have_the_stated_spread(initialisation, std):
    layer = Linear(800, 500, initialisation)
    assert layer.weight.std().item() == pytest.approx(std, rel=0.02)
    assert not layer.bias.any()


def test_mlp_puts_relu_between_layers_and_none_at_the_end():
    kinds = [type(layer) for layer in MLP((4, 3, 2), batch_norm=True, output=nn.Sigmoid())]
    assert kinds == [Linear, BatchNorm, nn.ReLU, Linear, nn.Sigmoid]


def test_batch_norm_agrees_with_torch_while_training_and_evaluating():
    ours, theirs = BatchNorm(5), nn.BatchNorm1d(5)
    for _ in range(3):
        x = 3 * torch.randn(20, 5) + 1
        torch.testing.assert_close(ours(x), theirs(x), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), atol=1e-5, rtol=1e-5)


def test_input_noise_has_its_std_and_is_off_while_evaluating():
    noise, x = GaussianNoise(0.3), torch.zeros(100_000)
    assert noise(x).std().item() == pytest.approx(0.3, rel=0.02)
    assert torch.equal(noise.eval()(x), x)


NETWORKS = {
    "mlp": lambda replicas: MLP((6, 8, 3), replicas=replicas, initialisation="kaiming"),
    "batch norm": lambda replicas: MLP((6, 8, 3), batch_norm=True, replicas=replicas),
    "deterministic": lambda replicas: DeterministicEncoder((6, 8, 3), replicas=replicas),
    "gaussian": lambda replicas: GaussianEncoder((6, 8, 3), replicas=replicas),
    "universal": lambda replicas: UniversalApproximatorEncoder((6, 8, 3), replicas=replicas),
}


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


def test_reparameterised_samples_have_the_posterior_s_moments():
    mean, log_std = torch.full((100_000,), 2.0), torch.full((100_000,), -1.0)
    z = reparameterise(mean, log_std)
    assert z.mean().item() == pytest.approx(2, abs=0.01)
    assert z.std().log().item() == pytest.approx(-1, abs=0.01)


def test_universal_encoder_is_random_and_deterministic_one_is_not():
    x = torch.randn(5, 6)
    universal, deterministic = NETWORKS["universal"](None), NETWORKS["deterministic"](None)
    assert not torch.equal(universal(x), universal(x))
    assert torch.equal(deterministic(x), deterministic(x))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP((784,)), "two or more positive widths"),
        (lambda: MLP((784, 0, 2)), "two or more positive widths"),
        (lambda: Linear(3, 2, "xavier"), "one of paper, kaiming"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
