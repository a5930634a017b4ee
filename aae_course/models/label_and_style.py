"""The networks and the code that every AAE with a label y and a style z has (sections 5 to 7)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.parts import check_parts
from aae_course.models.priors import Categorical, Prior


def make_discriminator(architecture, categories: int, replicas: int | None = None) -> nn.Module:
    """The label discriminator of the paper: (batch, categories) -> (batch, 1)."""
    return architecture.make_discriminator(categories, replicas)


class LabelAndStyle(EncoderDecoder):
    """Networks without a training step: an encoder of y and z, a decoder, two discriminators.

    The label is a category that the encoder chooses, so no labels have to be given to encode or
    decode. Each variant adds its phases: `ClusteringAutoencoder`, `SemiSupervisedAutoencoder`.

    Args:
        encoder: (batch, pixels) -> (batch, categories + dim): the logits of y first, then z.
        decoder: (batch, categories + dim) -> (batch, pixels).
        label_discriminator: (batch, categories) -> (batch, 1), log-odds that y is a one-hot draw.
        style_discriminator: (batch, dim) -> (batch, 1), log-odds that z is a draw of the prior.
        prior: of the style.
        categories: how many there are.
    """

    wiring = (
        ("x", "encoder", ""),
        ("encoder", "decoder", "y, z"),
        ("label_prior", "label_discriminator", ""),
        ("encoder", "label_discriminator", "y"),
        ("prior", "style_discriminator", ""),
        ("encoder", "style_discriminator", "z"),
    )

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        label_discriminator: nn.Module,
        style_discriminator: nn.Module,
        prior: Prior,
        categories: int = 10,
    ):
        super().__init__()
        check_parts(
            prior,
            beside={
                "encoder": categories,
                "decoder": self.code_dim(categories, prior.dim) - prior.dim,
            },
            encoder=(encoder, -1),
            decoder=(decoder, 0),
            style_discriminator=(style_discriminator, 0),
        )
        check_parts(Categorical(categories), label_discriminator=(label_discriminator, 0))
        self.encoder, self.decoder = encoder, decoder
        self.label_discriminator = label_discriminator
        self.style_discriminator = style_discriminator
        self.prior, self.label_prior = prior, Categorical(categories)
        self.categories = categories

    @classmethod
    def build(
        cls, architecture, pixels, prior, replicas=None, categories=10,
        make_label_discriminator=make_discriminator, **options,
    ):  # fmt: skip
        """A fresh model of this architecture, its style as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, categories + prior.dim, replicas),
            architecture.make_decoder(cls.code_dim(categories, prior.dim), pixels, replicas),
            make_label_discriminator(architecture, categories, replicas),
            architecture.make_discriminator(prior.dim, replicas),
            prior,
            categories,
            **options,
        )

    @staticmethod
    def code_dim(categories: int, dim: int) -> int:
        """How many numbers the decoder gets: those of y and those of z."""
        return categories + dim

    def label_and_style(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """q(y|x) as probabilities (batch, categories), and the style z (batch, dim)."""
        logits, z = self.encoder(x).split([self.categories, self.prior.dim], dim=-1)
        return logits.softmax(-1), z

    def logits(self, x: Tensor) -> Tensor:
        """Of the categories: (batch, pixels) -> (batch, categories)."""
        return self.encoder(x)[..., : self.categories]

    def encode(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The code that the decoder gets: (batch, pixels) -> (batch, categories + dim)."""
        return self.code_of(*self.label_and_style(x))

    def code_of(self, y: Tensor, z: Tensor) -> Tensor:
        """Category (batch, categories) and style (batch, dim) as one code, here side by side."""
        return torch.cat([y, z], dim=-1)

    def decode_parts(self, y: Tensor, z: Tensor) -> Tensor:
        """Images of categories (batch, categories), one-hot or soft, in styles (batch, dim)."""
        return self.decode(self.code_of(y, z))
