"""Distances between samples, against closed forms and scipy, and inputs that are wrong."""

import math

import pytest
import scipy.stats
import torch

from aae_course.metrics import (
    component_shares,
    hole_fraction,
    own_part_fraction,
    sliced_wasserstein,
)
from aae_course.models.priors import Gaussian, GaussianMixture, SwissRoll


def shifted(distance, n=2000, dim=2):
    generator = torch.Generator().manual_seed(0)
    codes, draws = torch.randn(2, n, dim, generator=generator)
    codes[:, 0] += distance
    return codes, draws


def test_sliced_wasserstein_in_one_dimension_is_scipy_s():
    codes, draws = (x[:, :1].double() for x in shifted(1.0))
    expected = scipy.stats.wasserstein_distance(codes[:, 0], draws[:, 0])
    assert sliced_wasserstein(codes, draws) == pytest.approx(expected, rel=1e-6)


def test_sliced_wasserstein_of_a_shift_is_its_mean_projection():
    """A shift by d moves the projection on a line at angle θ by d |cos θ|, 2d/π on average."""
    codes, _ = shifted(0.0)
    moved = codes + torch.tensor([3.0, 0.0])
    found = sliced_wasserstein(moved, codes, slices=4000)
    assert found == pytest.approx(3 * 2 / math.pi, rel=0.03)


def test_sliced_wasserstein_needs_as_many_draws_as_codes():
    codes, draws = shifted(0.0)
    with pytest.raises(ValueError, match=r"as many draws as codes are needed: \(2000, 2\)"):
        sliced_wasserstein(codes, draws[:5])


def test_identical_samples_are_at_distance_zero():
    codes, _ = shifted(0.0, n=50)
    assert sliced_wasserstein(codes, codes.clone()) == 0


def test_samples_that_cannot_be_compared_are_told():
    codes, draws = shifted(0.0, n=10)
    with pytest.raises(ValueError, match="not finite"):
        sliced_wasserstein(codes, draws * math.inf)
    with pytest.raises(ValueError, match="the same number of dimensions"):
        sliced_wasserstein(codes, draws[:, :1])
    with pytest.raises(ValueError, match="samples must be"):
        sliced_wasserstein(codes[:0], draws[:0])


@pytest.mark.parametrize("prior", [GaussianMixture(tangential=0.05, distance=3.0), SwissRoll()])
def test_draws_of_a_label_lie_in_its_own_part(prior):
    torch.manual_seed(0)
    labels = torch.randint(10, (2000,))
    draws = prior.sample(2000, labels=labels)
    assert own_part_fraction(draws, labels, prior) > 0.99
    assert own_part_fraction(draws, (labels + 5) % 10, prior) < 0.01


def test_own_part_refuses_what_it_cannot_count():
    prior, codes = GaussianMixture(), torch.zeros(3, 2)
    with pytest.raises(ValueError, match=r"3 rows and labels of shape \(2,\)"):
        own_part_fraction(codes, torch.zeros(2).long(), prior)
    with pytest.raises(ValueError, match="not finite"):
        own_part_fraction(codes * torch.nan, torch.zeros(3).long(), prior)


def test_codes_without_a_label_do_not_count():
    prior = GaussianMixture()
    labels = torch.arange(10)
    codes = torch.cat([prior.centres, torch.zeros(5, 2)])
    own = own_part_fraction(codes, torch.cat([labels, torch.full((5,), -1)]), prior)
    assert own == own_part_fraction(prior.centres, labels, prior) == 1
    with pytest.raises(ValueError, match="none of 3 rows has a label"):
        own_part_fraction(codes[:3], torch.full((3,), -1), prior)


@pytest.mark.parametrize(
    ("codes", "prior", "kind", "message"),
    [
        (torch.zeros(9, 2), Gaussian(2), TypeError, "Gaussian has no parts"),
        (torch.zeros(9, 3), GaussianMixture(), ValueError, "codes of 3 dimensions, and a prior of"),
        (torch.full((9, 2), torch.nan), GaussianMixture(), ValueError, "not finite"),
    ],
)
def test_codes_that_lie_in_no_part_of_a_prior_are_told(codes, prior, kind, message):
    labels = torch.zeros(9).long()
    with pytest.raises(kind, match=message):
        component_shares(codes, prior)
    with pytest.raises(kind, match=message):
        own_part_fraction(codes, labels, prior)


def test_samples_are_tensors():
    with pytest.raises(TypeError, match="samples are tensors, not ndarray and ndarray"):
        sliced_wasserstein(torch.zeros(9, 2).numpy(), torch.zeros(9, 2).numpy())


def test_codes_that_follow_the_prior_leave_no_holes():
    generator = torch.Generator().manual_seed(0)
    codes, draws, others = torch.randn(3, 5000, 2, generator=generator)
    assert hole_fraction(codes, draws, others) == pytest.approx(0.01, abs=0.005)
    apart = codes[codes[:, 0].abs() > 0.5]  # a strip in the middle is empty: 38 % of the draws
    found = hole_fraction(apart, draws, others[: len(apart)])
    assert 0.2 < found < 0.383
    assert hole_fraction(codes + 100, draws, others) == 1


def test_holes_need_as_many_draws_as_codes():
    codes, draws = shifted(0.0, n=10)
    with pytest.raises(ValueError, match=r"as many draws as codes are needed: \(10, 2\)"):
        hole_fraction(codes, draws, draws[:5])
