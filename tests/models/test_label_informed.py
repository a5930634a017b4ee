"""The label-informed AAE: what its prior must be."""

import pytest
import small

from aae_course.models import LabelInformedAutoencoder
from aae_course.models.priors import Gaussian


def test_a_prior_without_classes_cannot_be_informed_by_labels():
    with pytest.raises(ValueError, match="Gaussian has no classes"):
        LabelInformedAutoencoder.build(small.networks(), small.PIXELS, Gaussian(2))
