"""Label and style: how the encoder's output is split, and how the decoder gets both."""

import pytest
import small
import torch

from aae_course.models import ClusteringAutoencoder
from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.priors import Gaussian
from aae_course.networks.layers import MLP


@pytest.fixture
def model():
    torch.manual_seed(0)
    return small.build_clustering(categories=6)().eval()


def test_the_label_is_a_probability_of_each_category_and_the_style_the_rest(model):
    x = torch.rand(5, small.PIXELS)
    y, z = model.label_and_style(x)
    assert y.shape == (5, 6) and z.shape == (5, 3)
    torch.testing.assert_close(y, model.logits(x).softmax(-1))
    torch.testing.assert_close(torch.cat([model.logits(x), z], -1), model.encoder(x))


def test_the_code_is_label_and_style_side_by_side(model):
    x = torch.rand(5, small.PIXELS)
    y, z = model.label_and_style(x)
    torch.testing.assert_close(model.encode(x), torch.cat([y, z], -1))
    torch.testing.assert_close(model.decode_parts(y, z), model.reconstruct(x))


def test_replicas_are_split_alike():
    model = small.build_clustering(categories=6)(2)
    y, z = model.label_and_style(torch.rand(2, 5, small.PIXELS))
    assert y.shape == (2, 5, 6) and z.shape == (2, 5, 3)
    torch.testing.assert_close(y.sum(-1), torch.ones(2, 5))


def networks_of(encoder=9, decoder=9, label=6, style=3):
    """Networks for six categories and a style of three numbers, or with one width that is wrong."""
    return MLP((12, encoder)), MLP((decoder, 12)), MLP((label, 1)), MLP((style, 1))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"encoder": 8}, "latent dimension 2 of the encoder .* Gaussian has 3"),
        ({"decoder": 10}, "latent dimension 4 of the decoder .* Gaussian has 3"),
        ({"style": 9}, "latent dimension 9 of the style_discriminator .* Gaussian has 3"),
        ({"label": 5}, "latent dimension 5 of the label_discriminator .* Categorical has 6"),
    ],
)
def test_widths_that_do_not_fit_are_named(wrong, message):
    LabelAndStyle(*networks_of(), Gaussian(3), 6)
    with pytest.raises(ValueError, match=message):
        ClusteringAutoencoder(*networks_of(**wrong), Gaussian(3), 6)
