"""The swiss roll with width: where its draws lie, and what it is without width."""

import pytest
import torch

from aae_course.metrics import own_part_fraction
from aae_course.models.swiss_roll import WideSwissRoll


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_draws_lie_across_the_curve_at_the_asked_distance():
    prior = WideSwissRoll(width=0.1)
    labels = torch.full((20_000,), 9)  # far from the centre, where the roll is nearly straight
    z = prior.sample(len(labels), labels=labels)
    curve = prior.curve(torch.linspace(0.85, 1, 5000))
    distance = torch.cdist(z, curve).min(1).values
    assert distance.square().mean().sqrt().item() == pytest.approx(0.1, rel=0.05)


def test_the_normal_is_a_unit_vector_across_the_curve():
    prior, u = WideSwissRoll(), torch.linspace(0.01, 1, 50, dtype=torch.double)
    along = prior.curve(u + 1e-6) - prior.curve(u - 1e-6)
    cosine = (prior.normal(u) * along).sum(-1) / along.norm(dim=-1)
    torch.testing.assert_close(cosine, torch.zeros_like(u), atol=1e-6, rtol=0)
    torch.testing.assert_close(prior.normal(u).norm(dim=-1), torch.ones_like(u))


def test_each_draw_is_nearest_to_the_stretch_of_its_label():
    prior, labels = WideSwissRoll(), torch.arange(10).repeat(1000)
    assert own_part_fraction(prior.sample(10_000, labels=labels), labels, prior) > 0.995


def test_it_has_an_area_and_says_its_width():
    prior = WideSwissRoll(5, width=0.2)
    assert prior.outline() is None
    assert repr(prior) == "WideSwissRoll(dim=2, classes=5, width=0.2)"
    assert prior.sample(2, 3).shape == (2, 3, 2)


@pytest.mark.parametrize("width", [0, -0.1, float("nan")])
def test_a_width_that_is_none_is_refused(width):
    with pytest.raises(ValueError, match="the width must be positive, not"):
        WideSwissRoll(width=width)
