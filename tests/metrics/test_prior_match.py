"""Distances between samples, against closed forms and scipy, and inputs that are wrong."""

import math

import numpy as np
import pytest
import scipy.stats
import torch

from aae_course.metrics import energy_distance, maximum_mean_discrepancy, sliced_wasserstein


def shifted(distance, n=2000, dim=2):
    generator = torch.Generator().manual_seed(0)
    codes, draws = torch.randn(2, n, dim, generator=generator)
    codes[:, 0] += distance
    return codes, draws


@pytest.mark.parametrize("distance", [0.0, 1.0, 3.0])
def test_mmd_of_two_gaussians_has_a_closed_form(distance):
    """With kernel width h and unit Gaussians a distance d apart in D dimensions it is
    2 (h² / (h² + 2))^(D/2) (1 − exp(−d² / 2(h² + 2)))."""
    h, dim = 1.5, 2
    peak = (h**2 / (h**2 + 2)) ** (dim / 2)
    expected = 2 * peak * (1 - math.exp(-(distance**2) / (2 * (h**2 + 2))))
    found = maximum_mean_discrepancy(*shifted(distance), bandwidth=h)
    assert found == pytest.approx(expected, abs=0.02)


def test_mmd_agrees_with_the_sums_written_out():
    codes, draws = (x.double() for x in shifted(1.0, n=12))

    def kernel(a, b):
        return math.exp(-((a - b) ** 2).sum().item() / (2 * 0.7**2))

    pairs = [(i, j) for i in range(12) for j in range(12) if i != j]
    within = sum(kernel(codes[i], codes[j]) + kernel(draws[i], draws[j]) for i, j in pairs)
    across = sum(kernel(a, b) for a in codes for b in draws)
    expected = within / len(pairs) - 2 * across / 144
    assert maximum_mean_discrepancy(codes, draws, 0.7) == pytest.approx(expected, rel=1e-9)


def test_the_default_bandwidth_is_the_median_distance():
    codes, draws = shifted(1.0, n=101)
    both = torch.cat([codes, draws]).double()
    median = torch.cdist(both, both).median().item()
    expected = maximum_mean_discrepancy(codes, draws, median)
    assert maximum_mean_discrepancy(codes, draws) == pytest.approx(expected)


def test_energy_distance_in_one_dimension_is_scipy_s():
    codes, draws = (x[:, :1] for x in shifted(1.0))
    # scipy's is the square root, and counts each sample's distance to itself.
    biased = scipy.stats.energy_distance(codes[:, 0], draws[:, 0]) ** 2
    assert energy_distance(codes, draws) == pytest.approx(biased, abs=0.003)


def test_energy_distance_is_near_zero_for_one_distribution_only():
    assert abs(energy_distance(*shifted(0.0))) < 0.005
    assert energy_distance(*shifted(1.0)) > 0.2


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
    assert np.isclose(energy_distance(codes, codes.clone()), -energy_bias(codes), atol=1e-6)


def energy_bias(codes):
    """The unbiased estimate counts no sample against itself, so equal sets come out below 0."""
    distances = torch.cdist(codes.double(), codes.double())
    n = len(codes)
    return (2 * distances.sum() * (1 / (n * (n - 1)) - 1 / n**2)).item()


@pytest.mark.parametrize("measure", [maximum_mean_discrepancy, energy_distance, sliced_wasserstein])
def test_samples_that_cannot_be_compared_are_told(measure):
    codes, draws = shifted(0.0, n=10)
    with pytest.raises(ValueError, match="not finite"):
        measure(codes, draws * math.inf)
    with pytest.raises(ValueError, match="the same number of dimensions"):
        measure(codes, draws[:, :1])
    with pytest.raises(ValueError, match="samples must be"):
        measure(codes[:0], draws[:0])


def test_one_point_repeated_is_at_distance_zero_from_itself():
    point = torch.ones(5, 3)
    assert maximum_mean_discrepancy(point, point) == 0
    assert energy_distance(point, point) == 0
