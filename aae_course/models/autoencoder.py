"""The plain autoencoder and its denoising and sparse relatives (notebook 01)."""

from __future__ import annotations

from torch import nn

from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.losses import half_squared_error


class Autoencoder(EncoderDecoder):
    """Squeeze an image through a narrow code and rebuild it.

    Give the encoder ``input_noise`` or ``input_dropout`` and it becomes a denoising autoencoder
    (Vincent et al., 2008): the corrupted image goes in, the clean one is the target.

    Args:
        encoder: (batch, pixels) -> (batch, dim).
        decoder: (batch, dim) -> (batch, pixels).
        sparsity: weight λ of the penalty λ‖z‖₁, which switches most of the code off.
    """

    phases = {"reconstruction": ("encoder", "decoder")}
    wiring = (("x", "encoder", ""), ("encoder", "decoder", "z"))

    def __init__(self, encoder: nn.Module, decoder: nn.Module, sparsity: float = 0.0):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.sparsity = sparsity

    @classmethod
    def build(cls, architecture, pixels, dim=2, replicas=None, **options):
        """A fresh model of this architecture with ``dim`` numbers a code."""
        return cls(
            architecture.make_encoder(pixels, dim, replicas),
            architecture.make_decoder(dim, pixels, replicas),
            **options,
        )

    def training_step(self, batch):
        x = batch.x
        z = self.encoder(x)
        penalty = self.sparsity * z.abs().sum(-1).mean(-1)
        yield "reconstruction", half_squared_error(self.decoder(z), x) + penalty
