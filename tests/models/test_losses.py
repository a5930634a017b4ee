"""Losses against closed forms and torch.distributions."""

import math

import pytest
import torch
from torch import distributions as D

from aae_course.models import losses


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_half_squared_error_is_the_gaussian_log_density_without_its_constant():
    x, x_hat = torch.rand(6, 784), torch.rand(6, 784)
    nll = -D.Normal(x_hat, 1.0).log_prob(x).sum(-1).mean() - 392 * math.log(2 * math.pi)
    assert losses.half_squared_error(x_hat, x).item() == pytest.approx(nll.item(), rel=1e-5)


def test_bernoulli_likelihood_agrees_with_torch():
    x, logits = (torch.rand(6, 20) > 0.5).float(), 5 * torch.randn(6, 20)
    expected = -D.Bernoulli(logits=logits).log_prob(x).sum(-1).mean()
    torch.testing.assert_close(losses.bernoulli_negative_log_likelihood(logits, x), expected)


def test_gaussian_kl_agrees_with_torch():
    mean, log_std = torch.randn(50, 8), 0.5 * torch.randn(50, 8)
    q, p = D.Normal(mean, log_std.exp()), D.Normal(0.0, 1.0)
    expected = D.kl_divergence(q, p).sum(-1).mean()
    torch.testing.assert_close(losses.gaussian_kl(mean, log_std), expected, atol=1e-5, rtol=1e-5)


def test_gaussian_kl_vanishes_at_the_prior():
    assert losses.gaussian_kl(torch.zeros(3, 4), torch.zeros(3, 4)).item() == 0


def test_gaussian_log_density_agrees_with_torch():
    z, mean, log_std = torch.randn(3, 50, 8)
    expected = D.Normal(mean, log_std.exp()).log_prob(z).sum(-1)
    density = losses.gaussian_log_density(z, mean, log_std)
    torch.testing.assert_close(density, expected, atol=1e-4, rtol=1e-5)


def test_a_blind_discriminator_costs_two_log_two_and_its_opponent_log_two():
    blind = torch.zeros(10, 1)
    assert losses.discriminator_loss(blind, blind).item() == pytest.approx(2 * math.log(2))
    assert losses.generator_loss(blind).item() == pytest.approx(math.log(2))


def test_adversarial_losses_are_cross_entropies():
    real, fake = 3 * torch.randn(10, 1), 3 * torch.randn(10, 1)
    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits
    ones, zeros = torch.ones(10, 1), torch.zeros(10, 1)
    expected = cross_entropy(real, ones) + cross_entropy(fake, zeros)
    torch.testing.assert_close(losses.discriminator_loss(real, fake), expected)
    torch.testing.assert_close(losses.generator_loss(fake), cross_entropy(fake, ones))


@pytest.mark.parametrize(
    "loss",
    [
        losses.half_squared_error,
        losses.bernoulli_negative_log_likelihood,
        losses.gaussian_kl,
        losses.discriminator_loss,
        lambda a, b: losses.generator_loss(a),
    ],
)
def test_replicas_keep_a_loss_each(loss):
    a, b = torch.rand(3, 6, 5), torch.rand(3, 6, 5)
    together = loss(a, b)
    assert together.shape == (3,)
    torch.testing.assert_close(together, torch.stack([loss(a[r], b[r]) for r in range(3)]))


def test_the_discrepancy_is_the_sums_written_out():
    z, draws = torch.randn(2, 6, 3)

    def kernel(a, b):
        return 6.0 / (6.0 + (a - b).square().sum())

    pairs = [(i, j) for i in range(6) for j in range(6) if i != j]
    within = sum(kernel(z[i], z[j]) + kernel(draws[i], draws[j]) for i, j in pairs) / 30
    across = sum(kernel(a, b) for a in z for b in draws) / 36
    torch.testing.assert_close(losses.inverse_multiquadratic_mmd(z, draws), within - 2 * across)


def test_the_discrepancy_is_zero_on_average_for_draws_of_the_same_distribution():
    torch.manual_seed(0)
    same, apart = torch.randn(2, 400, 50, 2), torch.randn(2, 400, 50, 2) + 2.0
    values = losses.inverse_multiquadratic_mmd(*same)  # (400,): a replica each
    assert values.shape == (400,)
    assert values.mean().abs() < 4 * values.std() / math.sqrt(400)  # unbiased
    assert losses.inverse_multiquadratic_mmd(same[0], apart[1]).min() > 0.1


def test_the_discrepancy_pulls_codes_towards_the_draws():
    torch.manual_seed(0)
    z = (torch.randn(100, 2) + 3.0).requires_grad_()
    losses.inverse_multiquadratic_mmd(z, torch.randn(100, 2)).backward()
    assert (z.grad.mean(0) > 0).all()  # descent moves them back
