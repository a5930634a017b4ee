"""The WAE: what its one loss is made of."""

import pytest
import small
import torch

from aae_course.data.minibatches import Batch
from aae_course.models import WassersteinAutoencoder
from aae_course.models.losses import half_squared_error, inverse_multiquadratic_mmd
from aae_course.models.priors import Gaussian


@pytest.mark.parametrize("weight", [0.0, 10.0])
def test_the_discrepancy_of_the_codes_is_added_with_its_weight(weight):
    torch.manual_seed(0)
    model = WassersteinAutoencoder.build(small.networks(), small.PIXELS, Gaussian(), weight=weight)
    x = torch.rand(10, small.PIXELS)
    torch.manual_seed(1)
    ((_, loss),) = model.training_step(Batch(x, torch.zeros(10)))
    torch.manual_seed(1)
    z = model.encoder(x)
    discrepancy = inverse_multiquadratic_mmd(z, model.prior.sample_like(z))
    expected = half_squared_error(model.decoder(z), x) + weight * discrepancy
    torch.testing.assert_close(loss, expected)
