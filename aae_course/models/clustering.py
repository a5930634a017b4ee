"""The AAE that sorts images into clusters (Makhzani et al., 2016, section 6; notebook 09)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error
from aae_course.models.model import Model, check_code_fits
from aae_course.models.priors import Categorical, Prior


class ClusteringAutoencoder(Model):
    """An autoencoder whose code has a category y and a style z, and that is told no labels.

    One adversarial network makes the categories look like one-hot draws of a fair categorical,
    another makes the styles look like draws of their prior. What the images have in clusters is
    left to y, as the style alone has no room for it: Figure 8 without its labels.

    Args:
        encoder: (batch, pixels) -> (batch, categories + dim): the logits of y first, then z.
        decoder: (batch, categories + dim) -> (batch, pixels).
        label_discriminator: (batch, categories) -> (batch, 1), log-odds that y is a one-hot draw.
        style_discriminator: (batch, dim) -> (batch, 1), log-odds that z is a draw of the prior.
        prior: of the style.
        categories: how many there are; the paper's Table 3 has 16 and 30.
    """

    phases = {
        "reconstruction": ("encoder", "decoder"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
    }

    code = "y, z"

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
        check_code_fits(
            prior,
            beside={"encoder": categories, "decoder": self.labels_to_decoder(categories)},
            encoder=(encoder, -1),
            decoder=(decoder, 0),
            discriminator=(style_discriminator, 0),
        )
        check_code_fits(Categorical(categories), label_discriminator=(label_discriminator, 0))
        self.encoder, self.decoder = encoder, decoder
        self.label_discriminator = label_discriminator
        self.style_discriminator = style_discriminator
        self.prior, self.label_prior = prior, Categorical(categories)
        self.categories = categories

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, categories=10, **options):
        """A fresh model of this architecture, its style as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, categories + prior.dim, replicas),
            architecture.make_decoder(
                cls.labels_to_decoder(categories) + prior.dim, pixels, replicas
            ),
            architecture.make_discriminator(categories, replicas),
            architecture.make_discriminator(prior.dim, replicas),
            prior,
            categories,
            **options,
        )

    @staticmethod
    def labels_to_decoder(categories: int) -> int:
        """How many inputs of the decoder belong to y: here it stands beside the style."""
        return categories

    def training_step(self, batch):
        x = batch.x
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        yield from self.regularisation(x)

    def regularisation(self, x):
        """The adversarial phases of label and style, then of the encoder that must fool both."""
        y, z = self.label_and_style(x)
        D_y, D_z = self.label_discriminator, self.style_discriminator
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        yield "generator", generator_loss(D_y(y)) + generator_loss(D_z(z))

    def label_and_style(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """q(y|x) as probabilities (batch, categories), and the style z (batch, dim)."""
        logits, z = self.encoder(x).split([self.categories, self.prior.dim], dim=-1)
        return logits.softmax(-1), z

    def logits(self, x: Tensor) -> Tensor:
        """Of the categories: (batch, pixels) -> (batch, categories)."""
        return self.encoder(x)[..., : self.categories]

    def encode(self, x: Tensor) -> Tensor:
        """The code that the decoder gets: (batch, pixels) -> (batch, categories + dim)."""
        return self.code_of(*self.label_and_style(x))

    def code_of(self, y: Tensor, z: Tensor) -> Tensor:
        """Category (batch, categories) and style (batch, dim) as one code, here side by side."""
        return torch.cat([y, z], dim=-1)

    def decode_parts(self, y: Tensor, z: Tensor) -> Tensor:
        """Images of categories (batch, categories), one-hot or soft, in styles (batch, dim)."""
        return self.decode(self.code_of(y, z))
