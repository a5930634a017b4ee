"""The generative adversarial network (Goodfellow et al., 2014; notebook 04)."""

from __future__ import annotations

from torch import nn

from aae_course.models.losses import discriminator_loss, generator_loss
from aae_course.models.model import Model
from aae_course.models.parts import check_network, check_parts
from aae_course.models.priors import Prior


class GenerativeAdversarialNetwork(Model):
    """Images from noise, made so that a discriminator cannot tell them from the data.

    It is the game of the adversarial autoencoder played on images in place of codes. There is no
    encoder, so nothing leads from an image back to its noise: notebook 04 shows what that costs.

    Args:
        generator: (batch, dim) -> (batch, pixels).
        discriminator: (batch, pixels) -> (batch, 1), the log-odds that an image is from the data.
        prior: of the noise that the generator starts from.
    """

    phases = {"discriminator": ("discriminator",), "generator": ("generator",)}
    wiring = (
        ("prior", "generator", ""),
        ("x", "discriminator", ""),
        ("generator", "discriminator", "x̂"),
    )

    def __init__(self, generator: nn.Module, discriminator: nn.Module, prior: Prior):
        super().__init__()
        check_parts(prior, generator=(generator, 0))
        check_network("discriminator", discriminator)
        self.generator, self.discriminator, self.prior = generator, discriminator, prior

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None):
        """A fresh model of this architecture, its noise as wide as the prior."""
        return cls(
            architecture.make_decoder(prior.dim, pixels, replicas),
            architecture.make_discriminator(pixels, replicas),
            prior,
        )

    def training_step(self, batch):
        x = batch.x
        fake = self.generator(self.prior.sample(*x.shape[:-1]))
        D = self.discriminator
        yield "discriminator", discriminator_loss(D(x), D(fake.detach()))
        yield "generator", generator_loss(D(fake))
