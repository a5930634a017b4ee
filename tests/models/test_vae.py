"""The VAE: its divergence and its bound agree with closed forms; what has no density is refused."""

import math

import pytest
import small
import torch
from torch import distributions as D

from aae_course.data.minibatches import Batch
from aae_course.models import VariationalAutoencoder
from aae_course.models.priors import Gaussian, GaussianMixture, SwissRoll
from aae_course.networks.encoders import DeterministicEncoder, GaussianEncoder
from aae_course.networks.layers import MLP


@pytest.mark.parametrize("std", [1.0, 3.0])
def test_closed_form_divergence_agrees_with_torch(std):
    torch.manual_seed(0)
    model = small.build_vae(lambda: Gaussian(2, std))()
    mean, log_std = torch.randn(40, 2), 0.3 * torch.randn(40, 2)
    q, p = D.Normal(mean, log_std.exp()), D.Normal(0.0, std)
    expected = D.kl_divergence(q, p).sum(-1).mean()
    found = model.divergence(mean, mean, log_std)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_monte_carlo_divergence_converges_to_the_closed_form():
    """A mixture whose components coincide is a Gaussian, so both ways of computing must agree."""
    torch.manual_seed(0)
    single = GaussianMixture(3, radial=1.0, tangential=1.0, distance=0.0)
    model = small.build_vae(lambda: single)()
    mean, log_std = torch.full((400_000, 2), 0.5), torch.full((400_000, 2), -0.7)
    z = mean + log_std.exp() * torch.randn_like(mean)
    expected = D.kl_divergence(D.Normal(0.5, math.exp(-0.7)), D.Normal(0.0, 1.0)).item() * 2
    assert model.divergence(z, mean, log_std).item() == pytest.approx(expected, abs=0.01)


def test_the_bound_of_a_linear_gaussian_model_agrees_with_its_closed_form():
    """For z ~ N(m, s²) and a linear decoder the expected squared error has a closed form."""
    torch.manual_seed(0)
    encoder = GaussianEncoder((small.PIXELS, 2), initialisation="kaiming")
    decoder = MLP((2, small.PIXELS), initialisation="kaiming")
    model = VariationalAutoencoder(encoder, decoder, Gaussian(2))
    x = torch.rand(5, small.PIXELS)
    mean, log_std = encoder.posterior(x)
    W = decoder[0].weight
    rest = ((decoder(mean) - x).square().sum(-1) + log_std.mul(2).exp() @ W.square().sum(-1)) / 2
    kl = D.kl_divergence(D.Normal(mean, log_std.exp()), D.Normal(0.0, 1.0)).sum(-1)
    found = sum(sum(model.bound_terms(x)).item() for _ in range(4000)) / 4000
    assert found == pytest.approx((rest + kl).mean().item(), rel=5e-3)


def test_with_equal_draws_the_elbo_agrees_with_torch_distributions(monkeypatch):
    torch.manual_seed(0)
    model, x = small.build_vae(GaussianMixture, beta=1.0)(), torch.rand(7, small.PIXELS)
    mean, log_std = model.encoder.posterior(x)
    epsilon = torch.randn(7, 2)
    monkeypatch.setattr(torch, "randn_like", lambda tensor: epsilon)
    z = mean + log_std.exp() * epsilon
    log_q = D.Normal(mean, log_std.exp()).log_prob(z).sum(-1)
    log_x = D.Normal(model.decoder(z), 1.0).log_prob(x).sum(-1)
    constant = 0.5 * small.PIXELS * math.log(2 * math.pi)
    expected = -(log_x + constant + model.prior.log_prob(z) - log_q).mean()
    ((_, bound),) = model.training_step(Batch(x, torch.zeros(7)))
    torch.testing.assert_close(bound, expected, atol=1e-5, rtol=1e-5)


def test_the_learned_variance_is_the_one_of_the_highest_likelihood(monkeypatch):
    """No other s² gives a higher log-likelihood of the same reconstruction."""
    torch.manual_seed(0)
    model, x = small.build_vae(likelihood="learned variance")(), torch.rand(7, small.PIXELS)
    mean, log_std = model.encoder.posterior(x)
    epsilon = torch.randn_like(mean)
    monkeypatch.setattr(torch, "randn_like", lambda tensor: epsilon)
    x_hat = model.decode(mean + log_std.exp() * epsilon)
    tried = [D.Normal(x_hat, s).log_prob(x).sum(-1).mean() for s in torch.linspace(0.05, 1, 2000)]
    constant = 0.5 * small.PIXELS * (1 + math.log(2 * math.pi))
    found, _ = model.bound_terms(x)
    assert found.item() + constant == pytest.approx(-max(tried).item(), rel=1e-4)


def without_a_density():
    return DeterministicEncoder((small.PIXELS, 8, 2)), MLP((2, 8, small.PIXELS))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: small.build_vae(SwissRoll)(), "SwissRoll has none"),
        (
            lambda: small.build_vae(likelihood="laplace")(),
            "gaussian or learned variance or bernoulli",
        ),
        (
            lambda: VariationalAutoencoder(*without_a_density(), Gaussian(2)),
            "an encoder with a density",
        ),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
