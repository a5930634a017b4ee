"""Layers: the mathematics, initialisation, batch norm against torch's, noise while training."""

import pytest
import torch
from torch import nn

from aae_course.networks.layers import MLP, BatchNorm, GaussianNoise, Linear


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


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP((784,)), "two or more positive whole widths"),
        (lambda: MLP((784.0, 2)), "two or more positive whole widths"),
        (lambda: MLP((784, 0, 2)), "two or more positive whole widths"),
        (lambda: Linear(3, 2, "xavier"), "one of paper, kaiming"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
