"""Layers on feature maps: torch's own layers are the reference, one for each replica."""

import pytest
import torch
from torch import nn

from aae_course.networks.layers import MLP
from aae_course.networks.map_layers import (
    ChannelNorm,
    Convolution,
    FirstMap,
    ToMaps,
    ToVectors,
    TransposedConvolution,
    Upsampling,
    sums_depend_on_threads,
)
from aae_course.networks.replicas import build_replicas, take_replica

SIZES = [(8, 8), (7, 9)]
REPLICAS = pytest.mark.parametrize("replicas", [None, 3], ids=["plain", "replicas"])


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def rows(tensor, replicas):
    """What each replica holds of a weight."""
    return [tensor] if replicas is None else list(tensor)


def expected(ours, theirs, x, replicas):
    """The reference layer on each replica's channels, with that replica's weights."""
    parts = []
    weights, biases = rows(ours.weight, replicas), rows(ours.bias, replicas)
    for weight, bias, part in zip(weights, biases, x.chunk(replicas or 1, 1), strict=True):
        theirs.load_state_dict({"weight": weight, "bias": bias})
        parts.append(theirs(part))
    return torch.cat(parts, 1)


def give_biases(layer):
    nn.init.normal_(layer.bias)
    return layer


@REPLICAS
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 2), (1, 1)])
def test_convolution_agrees_with_torch(replicas, size, kernel, stride):
    ours = give_biases(Convolution(2, 4, kernel, stride, replicas=replicas))
    theirs = nn.Conv2d(2, 4, kernel, stride, padding=kernel // 2)
    x = torch.randn(5, 2 * (replicas or 1), *size)
    torch.testing.assert_close(ours(x), expected(ours, theirs, x, replicas))
    assert ours(x).shape[-2:] == tuple(-(-side // stride) for side in size)


@REPLICAS
@pytest.mark.parametrize("size", [(8, 8), (7, 9), (8, 9)])
@pytest.mark.parametrize("kernel", [3, 5])
def test_transposed_convolution_agrees_with_torch_and_undoes_the_sizes(replicas, size, kernel):
    ours = give_biases(TransposedConvolution(2, 4, kernel, size, replicas=replicas))
    down = Convolution(1, 1, kernel, stride=2)
    half = down(torch.zeros(1, 1, *size)).shape[-2:]
    x = torch.randn(5, 2 * (replicas or 1), *half)
    more = tuple(int(side % 2 == 0) for side in size)
    theirs = nn.ConvTranspose2d(2, 4, kernel, 2, kernel // 2, output_padding=more)
    torch.testing.assert_close(ours(x), expected(ours, theirs, x, replicas))
    assert ours(x).shape[-2:] == size


@REPLICAS
def test_the_first_map_agrees_with_torch(replicas):
    ours = give_biases(FirstMap(2, 4, (3, 5), replicas=replicas))
    x = torch.randn(5, 2 * (replicas or 1), 1, 1)
    theirs = nn.ConvTranspose2d(2, 4, (3, 5))
    torch.testing.assert_close(ours(x), expected(ours, theirs, x, replicas))


@REPLICAS
def test_channel_norm_agrees_with_torch_while_training_and_evaluating(replicas):
    ours = ChannelNorm(2, replicas=replicas)
    theirs = [nn.BatchNorm2d(2) for _ in range(replicas or 1)]
    scale = torch.arange(1.0, 2 * len(theirs) + 1).view(-1, 1, 1)  # other statistics in each
    for _ in range(3):
        x = scale * torch.randn(20, len(scale), 3, 5) + scale
        parts = [norm(part) for norm, part in zip(theirs, x.chunk(len(theirs), 1), strict=True)]
        torch.testing.assert_close(ours(x), torch.cat(parts, 1), atol=1e-5, rtol=1e-5)
    for norm, mean, variance in zip(
        theirs,
        rows(ours.running_mean, replicas),
        rows(ours.running_variance, replicas),
        strict=True,
    ):
        torch.testing.assert_close(mean, norm.running_mean)
        torch.testing.assert_close(variance, norm.running_var)
    parts = [norm.eval()(part) for norm, part in zip(theirs, x.chunk(len(theirs), 1), strict=True)]
    torch.testing.assert_close(ours.eval()(x), torch.cat(parts, 1), atol=1e-5, rtol=1e-5)


def test_upsampling_repeats_pixels_and_cuts_what_is_too_much():
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).view(1, 1, 2, 2)
    expected = torch.tensor([[1.0, 1, 2], [1, 1, 2], [3, 3, 4], [3, 3, 4]])
    assert torch.equal(Upsampling((4, 3))(x)[0, 0], expected)


@REPLICAS
def test_vectors_become_maps_and_vectors_again(replicas):
    x = torch.randn(5, 24) if replicas is None else torch.randn(replicas, 5, 24)
    maps = ToMaps((2, 3, 4), replicas)(x)
    assert maps.shape == (5, 2 * (replicas or 1), 3, 4)
    assert torch.equal(ToVectors(replicas)(maps), x)
    if replicas:
        assert torch.equal(maps[:, 2:4], x[1].view(5, 2, 3, 4))


@pytest.mark.parametrize(
    ("layer", "std"),
    [
        (Convolution(32, 64, 5), (2 / 800) ** 0.5),
        (Convolution(32, 64, 5, initialisation="paper"), 0.01),
        (TransposedConvolution(32, 64, 5, (8, 8)), (2 / 200) ** 0.5),
        (FirstMap(50, 64, (4, 4)), (2 / 50) ** 0.5),
    ],
)
def test_initial_weights_have_the_stated_spread(layer, std):
    assert layer.weight.std().item() == pytest.approx(std, rel=0.02)
    assert not layer.bias.any()


def test_kaiming_keeps_the_size_of_activations_through_a_convolution_and_its_transpose():
    x = torch.randn(4, 32, 16, 16)
    y = Convolution(32, 64, 5, stride=2)(x).relu()
    back = TransposedConvolution(64, 32, 5, (16, 16))(y)
    for map_ in (y, back.relu()):  # He's rule: the mean square stays where it is
        assert map_[..., 2:-2, 2:-2].square().mean().item() == pytest.approx(1, rel=0.25)


LAYERS = {
    "convolution": lambda replicas: Convolution(2, 3, 3, 2, replicas=replicas),
    "transposed": lambda replicas: TransposedConvolution(2, 3, 3, (8, 8), replicas=replicas),
    "norm": lambda replicas: ChannelNorm(2, replicas=replicas),
}


@pytest.mark.parametrize("name", LAYERS)
def test_replicas_never_mix(name):
    """The gradient of replica 1's output is zero in every other replica's weights and inputs."""
    layer, x = LAYERS[name](3), torch.randn(5, 6, 4, 4, requires_grad=True)
    layer(x).chunk(3, 1)[1].square().sum().backward()
    assert not x.grad[:, [0, 1, 4, 5]].any() and x.grad[:, 2:4].any()
    for parameter in layer.parameters():
        assert not parameter.grad[[0, 2]].any()


@pytest.mark.parametrize("name", LAYERS)
def test_a_replica_starts_as_the_layer_of_its_seed(name):
    together, alone = (build_replicas(LAYERS[name], seeds) for seeds in ([4, 9], [9]))
    picked = take_replica(together, LAYERS[name](None), 1)
    for key, value in alone.state_dict().items():
        assert torch.equal(picked.state_dict()[key], value)


@pytest.mark.parametrize("kernel", [0, 2, 4])
def test_kernels_without_a_middle_are_refused(kernel):
    with pytest.raises(ValueError, match=f"an odd side, not {kernel}"):
        Convolution(1, 1, kernel)
    with pytest.raises(ValueError, match=f"an odd side, not {kernel}"):
        TransposedConvolution(1, 1, kernel, (8, 8))


class Own(nn.Linear):
    """Who knows what it sums?"""


@pytest.mark.parametrize("layer", [
    Convolution(1, 2, 3), TransposedConvolution(1, 2, 3, (4, 4)), FirstMap(2, 1, (2, 2)),
    Convolution(1, 2, 3, replicas=2), nn.Conv1d(1, 2, 3), nn.Conv2d(1, 2, 3),
    nn.ConvTranspose2d(1, 2, 3), nn.BatchNorm1d(2), nn.LSTM(2, 2), Own(2, 2),
], ids=repr)  # fmt: skip
def test_the_sums_of_a_convolution_or_of_what_nobody_knows_depend_on_threads(layer):
    assert sums_depend_on_threads(layer)
    assert sums_depend_on_threads(nn.Sequential(nn.ReLU(), nn.Sequential(layer)))


@pytest.mark.parametrize("replicas", [None, 2])
def test_the_sums_of_perceptrons_do_not(replicas):
    assert not sums_depend_on_threads(MLP((4, 3, 2), batch_norm=True, replicas=replicas))
    assert not sums_depend_on_threads(nn.Linear(4, 2))
