"""Encoders: which of them draw, and that the draws have the posterior's moments."""

import pytest
import torch

from aae_course.networks.encoders import (
    DeterministicEncoder,
    UniversalApproximatorEncoder,
    reparameterise,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_reparameterised_samples_have_the_posterior_s_moments():
    mean, log_std = torch.full((100_000,), 2.0), torch.full((100_000,), -1.0)
    z = reparameterise(mean, log_std)
    assert z.mean().item() == pytest.approx(2, abs=0.01)
    assert z.std().log().item() == pytest.approx(-1, abs=0.01)


def test_universal_encoder_is_random_and_deterministic_one_is_not():
    x = torch.randn(5, 6)
    universal = UniversalApproximatorEncoder((6, 8, 3))
    deterministic = DeterministicEncoder((6, 8, 3))
    assert not torch.equal(universal(x), universal(x))
    assert torch.equal(deterministic(x), deterministic(x))
