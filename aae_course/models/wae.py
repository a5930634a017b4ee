"""The Wasserstein autoencoder with MMD (Tolstikhin et al., 2017; notebook 12): no adversary."""

from __future__ import annotations

from torch import nn

from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.losses import half_squared_error, inverse_multiquadratic_mmd
from aae_course.models.parts import check_parts
from aae_course.models.priors import Prior


class WassersteinAutoencoder(EncoderDecoder):
    """An autoencoder whose codes, all together, follow the prior, as a kernel sees them.

    It asks for what the AAE asks for, q(z) = p(z), and measures the difference by the maximum mean
    discrepancy of the minibatch's codes from draws, instead of learning to see it.

    Args:
        encoder: (batch, pixels) -> (batch, dim).
        decoder: (batch, dim) -> (batch, pixels).
        prior: samples suffice, no density is needed.
        weight: λ of the discrepancy (the paper: 10 for MNIST, with squared error summed).
    """

    phases = {"reconstruction and discrepancy": ("encoder", "decoder")}
    wiring = (("x", "encoder", ""), ("encoder", "decoder", "z"))

    def __init__(self, encoder: nn.Module, decoder: nn.Module, prior: Prior, weight: float = 10.0):
        super().__init__()
        check_parts(prior, encoder=(encoder, -1), decoder=(decoder, 0))
        self.encoder, self.decoder, self.prior, self.weight = encoder, decoder, prior, weight

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, **options):
        """A fresh model of this architecture, its code as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, prior.dim, replicas),
            architecture.make_decoder(prior.dim, pixels, replicas),
            prior,
            **options,
        )

    def training_step(self, batch):
        x, λ = batch.x, self.weight
        z = self.encoder(x)
        discrepancy = inverse_multiquadratic_mmd(z, self.prior.sample_like(z))
        reconstruction = half_squared_error(self.decoder(z), x)
        yield "reconstruction and discrepancy", reconstruction + λ * discrepancy
