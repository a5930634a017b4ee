"""The variational autoencoder (Kingma & Welling, 2013; notebook 03)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.losses import (
    bernoulli_negative_log_likelihood,
    gaussian_kl,
    gaussian_log_density,
    half_squared_error,
)
from aae_course.models.parts import check_parts
from aae_course.models.priors import Gaussian, Prior
from aae_course.networks.encoders import GaussianEncoder, reparameterise

LIKELIHOODS = ("gaussian", "learned variance", "bernoulli")


class VariationalAutoencoder(EncoderDecoder):
    """Maximise the evidence lower bound E_q[log p(x|z)] − β KL(q(z|x) ‖ p(z)).

    Args:
        encoder: gives mean and log σ of q(z|x), each (batch, dim).
        decoder: (batch, dim) -> (batch, pixels); pixel means for "gaussian", log-odds for
            "bernoulli".
        prior: any prior with ``log_prob``.
        likelihood: "gaussian", p(x|z) = N(x̂, I); "learned variance", N(x̂, s² I) with the s² of the
            highest likelihood in each minibatch (Rybkin et al., 2021); or "bernoulli".
        beta: weight β of the divergence (Higgins et al., 2017); 1 is the bound.
    """

    phases = {"bound": ("encoder", "decoder")}
    wiring = (("x", "encoder", ""), ("encoder", "decoder", "z"))

    def __init__(
        self,
        encoder: GaussianEncoder,
        decoder: torch.nn.Module,
        prior: Prior,
        likelihood: str = "gaussian",
        beta: float = 1.0,
    ):
        super().__init__()
        check_parts(prior, encoder=(encoder, -1), decoder=(decoder, 0))
        if not hasattr(encoder, "posterior"):
            raise ValueError("a VAE needs an encoder with a density q(z|x): use the Gaussian one")
        if not hasattr(prior, "log_prob"):
            raise ValueError(
                f"a VAE needs the density of its prior, and {type(prior).__name__} has none"
            )
        if likelihood not in LIKELIHOODS:
            raise ValueError(f"likelihood is {' or '.join(LIKELIHOODS)}, not {likelihood!r}")
        self.encoder, self.decoder, self.prior = encoder, decoder, prior
        self.likelihood, self.beta = likelihood, beta

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, likelihood="gaussian", **options):
        """A fresh model of this architecture, its code as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, prior.dim, replicas),
            architecture.make_decoder(prior.dim, pixels, replicas, likelihood == "bernoulli"),
            prior,
            likelihood,
            **options,
        )

    def training_step(self, batch):
        reconstruction, kl = self.bound_terms(batch.x)
        yield "bound", reconstruction + self.beta * kl

    def bound_terms(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The two terms of the negative bound in nats, E_q[−log p(x|z)] and KL(q(z|x) ‖ p(z)).

        The Gaussian likelihood leaves out its constant, 392 log 2π for 784 pixels, and with a
        learned variance 392 (1 + log 2π).
        """
        mean, log_std = self.encoder.posterior(x)
        z = reparameterise(mean, log_std)
        if self.likelihood == "bernoulli":
            reconstruction = bernoulli_negative_log_likelihood(self.decoder(z), x)
        else:
            reconstruction = half_squared_error(self.decoder(z), x)
        if self.likelihood == "learned variance":
            pixels = x.shape[-1]  # the best s² is the mean squared error of a pixel
            reconstruction = 0.5 * pixels * (2 * reconstruction / pixels).log()
        return reconstruction, self.divergence(z, mean, log_std)

    def divergence(self, z: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
        """KL(q(z|x) ‖ p(z)): in closed form for a Gaussian prior, else estimated from z ~ q."""
        if isinstance(self.prior, Gaussian):  # the divergence does not change with the unit of z
            return gaussian_kl(mean / self.prior.std, log_std - math.log(self.prior.std))
        return (gaussian_log_density(z, mean, log_std) - self.prior.log_prob(z)).mean(-1)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Mean of p(x|z): (batch, dim) -> (batch, pixels)."""
        x_hat = self.decoder(z)
        return torch.sigmoid(x_hat) if self.likelihood == "bernoulli" else x_hat
