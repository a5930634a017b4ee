"""Priors against closed forms, torch.distributions and their own samples."""

import math

import pytest
import torch
from torch import distributions as D

from aae_course.models.priors import (
    Categorical,
    Gaussian,
    GaussianMixture,
    SwissRoll,
    Uniform,
    spread_directions,
)

ALL = [
    *(Gaussian(3, std=5), GaussianMixture(), GaussianMixture(dim=8)),
    *(SwissRoll(), Uniform(4), Categorical(7)),
]


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("prior", ALL, ids=lambda prior: type(prior).__name__)
@pytest.mark.parametrize("shape", [(5,), (3, 5), ()])
def test_samples_have_the_asked_shape(prior, shape):
    assert prior.sample(*shape).shape == (*shape, prior.dim)
    assert prior.sample_like(torch.zeros(*shape, prior.dim)).shape == (*shape, prior.dim)


PLANAR = [Gaussian(2, std=5), GaussianMixture(), SwissRoll(), Uniform(2)]


@pytest.mark.parametrize("prior", PLANAR, ids=lambda prior: type(prior).__name__)
def test_a_grid_has_its_rows_from_the_top_and_stays_where_draws_reach(prior):
    z = prior.grid(6).view(6, 6, 2)
    assert (z[1:, :, 1] < z[:-1, :, 1]).all() and (z[:, 1:, 0] > z[:, :-1, 0]).all()
    assert z.abs().max() < prior.extent() <= prior.sample(50_000).abs().max()


def test_the_grid_of_a_gaussian_is_even_in_probability():
    shares = D.Normal(0.0, 5.0).cdf(Gaussian(2, std=5).grid(4).view(4, 4, 2)[0, :, 0])
    torch.testing.assert_close(shares, torch.tensor([1, 3, 5, 7]) / 8)


def test_other_grids_are_even_in_the_plane():
    axis = Uniform(2, 3.0).grid(3).view(3, 3, 2)[0, :, 0]
    torch.testing.assert_close(axis, torch.tensor([-2.0, 0.0, 2.0]), atol=0.01, rtol=0)


def test_only_a_curve_is_its_own_outline():
    outline = SwissRoll().outline()
    u = (outline.norm(dim=-1) / 3).square()  # the radius is 3 sqrt(u)
    torch.testing.assert_close(u, torch.linspace(0, 1, len(u)), atol=1e-5, rtol=0)
    assert all(prior.outline() is None for prior in (Gaussian(), GaussianMixture(), Uniform()))


def test_draws_for_pictures_are_the_same_each_time_and_disturb_nothing():
    prior, before = GaussianMixture(), torch.get_rng_state()
    assert torch.equal(prior.fixed_draws(10), prior.fixed_draws(10))
    assert torch.equal(before, torch.get_rng_state())


def test_gaussian_density_agrees_with_torch():
    z = torch.randn(100, 3) * 5
    expected = D.Normal(0.0, 5.0).log_prob(z).sum(-1)
    torch.testing.assert_close(Gaussian(3, std=5).log_prob(z), expected, atol=1e-5, rtol=1e-5)


def test_gaussian_quantiles_invert_the_cumulative_distribution():
    u = torch.linspace(0.01, 0.99, 50)
    back = D.Normal(0.0, 2.0).cdf(Gaussian(2, std=2).quantile(u))
    torch.testing.assert_close(back, u)


def test_gaussian_samples_have_the_asked_moments():
    z = Gaussian(2, std=5).sample(100_000)
    torch.testing.assert_close(z.mean(0), torch.zeros(2), atol=0.1, rtol=0)
    torch.testing.assert_close(z.T.cov(), 25 * torch.eye(2), atol=0.5, rtol=0)


def test_uniform_density_agrees_with_torch_and_ends_at_the_border():
    prior = Uniform(2, half_width=3)
    z = prior.sample(100)
    torch.testing.assert_close(prior.log_prob(z), D.Uniform(-3.0, 3.0).log_prob(z).sum(-1))
    assert prior.log_prob(torch.tensor([0.0, 3.1])) == -math.inf


def reference_mixture(prior: GaussianMixture, radial: float, tangential: float, distance: float):
    """The same mixture, built by rotating covariance matrices in torch.distributions."""
    angles = torch.arange(prior.classes) * 2 * math.pi / prior.classes
    turns = torch.stack(
        [torch.stack([a.cos(), -a.sin(), a.sin(), a.cos()]).view(2, 2) for a in angles]
    )
    covariances = turns @ torch.diag(torch.tensor([radial**2, tangential**2])) @ turns.mT
    means = turns @ torch.tensor([distance, 0.0])
    components = D.MultivariateNormal(means, covariances)
    return D.MixtureSameFamily(D.Categorical(torch.ones(prior.classes)), components)


def test_mixture_density_agrees_with_torch():
    prior = GaussianMixture(7, radial=0.4, tangential=0.2, distance=1.1)
    reference = reference_mixture(prior, 0.4, 0.2, 1.1)
    z = torch.cat([prior.sample(500), torch.randn(100, 2)])
    torch.testing.assert_close(prior.log_prob(z), reference.log_prob(z), atol=1e-5, rtol=1e-5)


def test_mixture_density_in_many_dimensions_agrees_with_torch():
    prior = GaussianMixture(5, radial=0.7, tangential=0.3, distance=2.0, dim=6)
    a = spread_directions(5, 6).float()
    covariances = 0.3**2 * torch.eye(6) + (0.7**2 - 0.3**2) * a[:, :, None] * a[:, None]
    components = D.MultivariateNormal(2.0 * a, covariances)
    reference = D.MixtureSameFamily(D.Categorical(torch.ones(5)), components)
    z = torch.cat([prior.sample(500), torch.randn(100, 6)])
    torch.testing.assert_close(prior.log_prob(z), reference.log_prob(z), atol=1e-4, rtol=1e-5)


def test_directions_are_a_circle_in_the_plane_and_orthogonal_in_twice_their_number():
    angles = 2 * math.pi / 10 * torch.arange(10).double()
    circle = torch.stack([angles.cos(), angles.sin()], -1)
    torch.testing.assert_close(spread_directions(10, 2), circle)
    many = spread_directions(10, 20)
    torch.testing.assert_close(many @ many.T, torch.eye(10).double())


def test_mixture_density_integrates_to_one():
    axis = torch.linspace(-4, 4, 801)
    plane = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)
    mass = GaussianMixture().log_prob(plane).exp().sum() * (axis[1] - axis[0]) ** 2
    assert mass.item() == pytest.approx(1, abs=1e-3)


def test_mixture_draws_come_from_the_component_of_their_label():
    prior = GaussianMixture(10, radial=0.3, tangential=0.05, distance=3.0)
    labels = torch.arange(10).repeat(200)
    z = prior.sample(2000, labels=labels)
    assert torch.equal(prior.component_log_prob(z).argmax(-1), labels)


def test_mixture_without_labels_uses_every_component_equally():
    prior = GaussianMixture(10, radial=0.3, tangential=0.05, distance=3.0)
    counts = prior.component_log_prob(prior.sample(20_000)).argmax(-1).bincount(minlength=10)
    assert counts.min() > 1800 and counts.max() < 2200


def test_swiss_roll_puts_labels_in_order_along_the_curve():
    prior = SwissRoll(10)
    labels = torch.arange(10).repeat_interleave(50)
    z = prior.sample(500, labels=labels)
    u = (z.norm(dim=-1) / 3).square()  # the radius is 3 sqrt(u)
    assert torch.equal((u * 10).long(), labels)
    torch.testing.assert_close(prior.curve(u), z, atol=1e-3, rtol=0)


def test_categorical_draws_are_one_hot_and_follow_their_labels():
    prior = Categorical(7)
    labels = torch.arange(7)
    assert torch.equal(prior.sample(7, labels=labels), torch.eye(7))
    assert torch.equal(prior.sample(50).sum(-1), torch.ones(50))
    assert prior.log_prob(torch.eye(7))[0].item() == pytest.approx(-math.log(7))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gaussian(2, std=0), "must be positive"),
        (lambda: Gaussian(0), "at least 1 dimension"),
        (lambda: GaussianMixture(tangential=-1), "must be positive"),
        (lambda: GaussianMixture(0), "at least 1 component"),
        (lambda: GaussianMixture(dim=3), "even number of dimensions, not 3"),
        (lambda: Uniform(2, half_width=0), "must be positive"),
        (lambda: SwissRoll(0), "at least 1 class"),
        (lambda: Gaussian(2).sample(3, labels=torch.zeros(3)), "has no classes"),
        (lambda: SwissRoll().sample(1, labels=torch.tensor([10])), "classes 0 to 9"),
        (lambda: GaussianMixture().sample(1, labels=torch.tensor([-1])), "classes 0 to 9"),
        (lambda: Categorical().sample(3, labels=torch.zeros(2).long()), "labels of shape"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_priors_have_no_weights_in_a_checkpoint():
    assert all(not prior.state_dict() for prior in ALL)


@pytest.mark.parametrize(
    ("prior", "expected"), [(Gaussian(3, std=5), 5), (Uniform(2, half_width=3.0), math.sqrt(3))]
)
def test_the_spread_is_the_standard_deviation_of_a_number(prior, expected):
    assert prior.spread() == pytest.approx(expected, rel=0.02)
