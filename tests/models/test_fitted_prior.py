"""A prior fitted to codes: scikit-learn's fit, drawn from and scored by torch."""

import pytest
import torch
from sklearn import mixture

from aae_course.models.fitted_prior import FittedMixture


@pytest.fixture
def codes():
    torch.manual_seed(0)
    near, far = torch.randn(600, 3) * 0.5, torch.randn(300, 3) @ torch.randn(3, 3) + 5
    return torch.cat([near, far])


def test_one_component_is_the_gaussian_of_the_codes(codes):
    prior = FittedMixture(codes)
    torch.testing.assert_close(prior.means[0], codes.mean(0))
    reference = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov(correction=0))
    torch.testing.assert_close(prior.log_prob(codes), reference.log_prob(codes), atol=1e-3, rtol=0)


def test_density_agrees_with_scikit_learn(codes):
    reference = mixture.GaussianMixture(2, random_state=3).fit(codes.numpy())
    expected = torch.from_numpy(reference.score_samples(codes.numpy())).float()
    found = FittedMixture(codes, 2, seed=3).log_prob(codes)
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-4)


def test_draws_have_the_moments_of_the_codes_and_any_shape(codes):
    prior = FittedMixture(codes, 2)
    draws = prior.sample(50_000)
    torch.testing.assert_close(draws.mean(0), codes.mean(0), atol=0.1, rtol=0)
    torch.testing.assert_close(draws.T.cov(), codes.T.cov(), atol=0.3, rtol=0)
    assert prior.sample(2, 5).shape == (2, 5, 3)
    assert prior.sample_like(codes).shape == codes.shape


@pytest.mark.parametrize(
    ("spoil", "components", "message"),
    [
        (lambda z: z[:3], 5, "n_samples >= n_components"),
        (lambda z: torch.where(z > 6, torch.nan, z), 1, "NaN"),
    ],
)
def test_codes_that_cannot_be_fitted_are_refused(codes, spoil, components, message):
    with pytest.raises(ValueError, match=message):
        FittedMixture(spoil(codes), components)
