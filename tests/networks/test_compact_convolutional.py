"""A small convolutional encoder with perceptrons beside it: shapes, replicas, what is refused."""

import pytest
import torch

from aae_course.networks.compact_convolutional import CompactConvolutional
from aae_course.networks.layers import BatchNorm
from aae_course.networks.map_layers import Convolution
from aae_course.networks.replicas import build_replicas, take_replica


def test_the_map_is_halved_where_channels_grow():
    five = CompactConvolutional(channels=(16, 32, 32, 64, 64), kernels=(3,) * 5)
    encoder = five.make_encoder(784, 20)
    strides = [layer.stride for layer in encoder if isinstance(layer, Convolution)]
    assert strides == [2, 2, 1, 2, 1]
    assert encoder.widths == (784, 16 * 196, 32 * 49, 32 * 49, 64 * 16, 64 * 16, 20)
    assert encoder(torch.rand(3, 784)).shape == (3, 20)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 7, 9)])
def test_networks_of_images_of_any_shape(shape):
    pixels = torch.Size(shape).numel()
    architecture = CompactConvolutional(shape, input_noise=0.1)
    z = architecture.make_encoder(pixels, 6)(torch.rand(4, pixels))
    x = architecture.make_decoder(6, pixels)(z)
    assert z.shape == (4, 6) and x.shape == (4, pixels) and 0 <= x.min() <= x.max() <= 1
    assert architecture.make_discriminator(6)(z).shape == (4, 1)


def test_a_replica_computes_what_it_does_alone():
    architecture = CompactConvolutional((1, 8, 8), (4, 6), (5, 3))

    def build(replicas):
        return architecture.make_encoder(64, 5, replicas)

    both, x = build_replicas(build, (0, 1)), torch.rand(2, 10, 64)
    for place in (0, 1):
        alone = take_replica(both, build(None), place)
        torch.testing.assert_close(both(x)[place], alone(x[place]), rtol=1e-4, atol=1e-5)


def test_the_code_is_normed_where_asked():
    for normed in (True, False):
        *_, last = CompactConvolutional(output_norm=normed).make_encoder(784, 5)
        assert isinstance(last, BatchNorm) == normed


def test_what_does_not_fit_is_told():
    with pytest.raises(ValueError, match="2 convolutions, and 3 sides of kernels"):
        CompactConvolutional(channels=(4, 8), kernels=(3, 3, 3))
    with pytest.raises(ValueError, match=r"784 pixels are not images of shape \(3, 32, 32\)"):
        CompactConvolutional((3, 32, 32)).make_encoder(784, 5)
