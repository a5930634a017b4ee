"""The paper's architecture, multilayer perceptrons, as a recipe states it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from aae_course.networks.encoders import ENCODERS
from aae_course.networks.layers import MLP
from aae_course.settings import check_known


@dataclass(frozen=True)
class Perceptrons:
    """Multilayer perceptrons, the paper's only architecture.

    Args:
        hidden: widths of the hidden layers of encoder and discriminator; the decoder mirrors them.
        encoder: "deterministic", "gaussian" or "universal", the three of section 2.
        initialisation: "paper" or "kaiming", see `Linear`.
        batch_norm: "none", "hidden" layers of encoder and decoder, "encoder" for all its layers
            (appendix A.3), or "all" layers of both (appendix A.2.2).
        input_noise: std of the noise on the encoder's input while training.
        input_dropout: share of the encoder's inputs set to 0 while training.
        hidden_dropout: share of the encoder's hidden outputs set to 0 while training.
        output: of the decoder, "sigmoid" for pixels in [0, 1] or "linear".
    """

    hidden: tuple[int, ...] = (500, 500)
    encoder: str = "deterministic"
    initialisation: str = "kaiming"
    batch_norm: str = "none"
    input_noise: float = 0.0
    input_dropout: float = 0.0
    hidden_dropout: float = 0.0
    output: str = "sigmoid"

    def __post_init__(self):
        check_known(self.encoder, ENCODERS, "encoder")
        check_known(self.output, ("sigmoid", "linear"), "output")
        check_known(self.batch_norm, ("none", "hidden", "encoder", "all"), "place for batch norm")

    def make_encoder(self, pixels: int, dim: int, replicas: int | None = None) -> nn.Module:
        """(batch, pixels) -> (batch, dim)."""
        return ENCODERS[self.encoder](
            (pixels, *self.hidden, dim),
            initialisation=self.initialisation,
            batch_norm=self.batch_norm != "none",
            output_norm=self.batch_norm in ("encoder", "all"),
            input_noise=self.input_noise,
            input_dropout=self.input_dropout,
            hidden_dropout=self.hidden_dropout,
            replicas=replicas,
        )

    def make_decoder(
        self, dim: int, pixels: int, replicas: int | None = None, logits: bool = False
    ) -> MLP:
        """(batch, dim) -> (batch, pixels); with ``logits`` their log-odds, without a sigmoid."""
        sigmoid = self.output == "sigmoid" and not logits
        return MLP(
            (dim, *self.hidden[::-1], pixels),
            initialisation=self.initialisation,
            batch_norm=self.batch_norm in ("hidden", "all"),
            output_norm=self.batch_norm == "all",
            output=nn.Sigmoid() if sigmoid else None,
            replicas=replicas,
        )

    def make_discriminator(self, dim: int, replicas: int | None = None) -> MLP:
        """(batch, dim) -> (batch, 1) log-odds."""
        return MLP((dim, *self.hidden, 1), initialisation=self.initialisation, replicas=replicas)
