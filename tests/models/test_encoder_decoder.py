"""What pictures and metrics need: images become codes and come back, where there are codes."""

import pytest
import small
import torch

from aae_course.data.minibatches import as_pixels

WITHOUT_CODES = {"gan", "labels alone"}


WITH_CODES = {name: build for name, build in small.BUILDERS.items() if name not in WITHOUT_CODES}


@pytest.mark.parametrize("build", WITH_CODES.values(), ids=WITH_CODES)
def test_images_go_through_every_model_with_codes_and_come_back(build):
    split, model = small.split(), build().eval()
    x = as_pixels(split.images)
    x_hat = model.reconstruct(x, split.labels)
    assert x_hat.shape == x.shape
    assert x_hat.min() >= 0 and x_hat.max() <= 1


@pytest.mark.parametrize("name", sorted(WITHOUT_CODES))
def test_a_model_without_codes_does_not_pretend_to_have_them(name):
    model = small.BUILDERS[name]()
    assert not any(hasattr(model, method) for method in ("encode", "decode", "reconstruct"))


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (10, "SupervisedAutoencoder has the labels 0 to 9, not 10"),
        (-2, "range over -2 to -2"),
        (0.5, "labels are integers, not float32"),
    ],
)
def test_what_is_no_label_is_not_decoded(label, message):
    with pytest.raises(ValueError, match=message):
        small.build_supervised().reconstruct(torch.rand(3, small.PIXELS), torch.full((3,), label))
