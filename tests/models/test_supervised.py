"""The supervised AAE: the decoder gets the label that it is given."""

import pytest
import small
import torch


@pytest.mark.parametrize("build", [small.build_supervised, small.build_informed_supervised])
def test_a_supervised_model_decodes_the_label_that_it_is_given(build):
    torch.manual_seed(0)
    model, z = build().eval(), torch.randn(4, 3)
    y = torch.tensor([0, 3, 3, 9])
    one_hot = torch.eye(10)[y]
    torch.testing.assert_close(model.decode(z, y), model.decoder(torch.cat([one_hot, z], -1)))
    with pytest.raises(ValueError, match="Autoencoder needs labels beside images or codes"):
        model.reconstruct(torch.rand(4, small.PIXELS))
