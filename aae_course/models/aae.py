"""The adversarial autoencoder (Makhzani et al., 2016, section 2; notebook 05)."""

from __future__ import annotations

from torch import nn

from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error
from aae_course.models.parts import check_parts
from aae_course.models.priors import Prior


class AdversarialAutoencoder(EncoderDecoder):
    """An autoencoder whose codes, all together, follow the prior.

    A discriminator learns to tell codes from draws of the prior, and the encoder learns to fool
    it, so the aggregated posterior q(z) = ∫ q(z|x) p_d(x) dx is pulled onto p(z). The encoder may
    be any of the paper's three: deterministic, Gaussian posterior, universal approximator.

    Args:
        encoder: (batch, pixels) -> (batch, dim).
        decoder: (batch, dim) -> (batch, pixels).
        discriminator: (batch, dim) -> (batch, 1), the log-odds that a code came from the prior.
        prior: what the codes should look like; samples suffice, no density is needed.
    """

    phases = {
        "reconstruction": ("encoder", "decoder"),
        "discriminator": ("discriminator",),
        "generator": ("encoder",),
    }
    wiring = (
        ("x", "encoder", ""),
        ("encoder", "decoder", "z"),
        ("prior", "discriminator", ""),
        ("encoder", "discriminator", "z"),
    )

    def __init__(
        self, encoder: nn.Module, decoder: nn.Module, discriminator: nn.Module, prior: Prior
    ):
        super().__init__()
        check_parts(
            prior, encoder=(encoder, -1), decoder=(decoder, 0), discriminator=(discriminator, 0)
        )
        self.encoder, self.decoder, self.discriminator = encoder, decoder, discriminator
        self.prior = prior

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None):
        """A fresh model of this architecture, its code as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, prior.dim, replicas),
            architecture.make_decoder(prior.dim, pixels, replicas),
            architecture.make_discriminator(prior.dim, replicas),
            prior,
        )

    def training_step(self, batch):
        x, D = batch.x, self.discriminator
        yield "reconstruction", half_squared_error(self.decoder(self.encoder(x)), x)
        z = self.encoder(x)
        real, fake = D(self.prior.sample_like(z)), D(z.detach())
        yield "discriminator", discriminator_loss(real, fake)
        yield "generator", generator_loss(D(z))
