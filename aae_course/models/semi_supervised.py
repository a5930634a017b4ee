"""The semi-supervised AAE (Makhzani et al., 2016, section 5; notebook 08)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aae_course.losses import (
    discriminator_loss,
    generator_loss,
    half_squared_error,
    label_cross_entropy,
)
from aae_course.models.model import Model, check_code_fits
from aae_course.priors import Categorical, Prior


class SemiSupervisedAutoencoder(Model):
    """An autoencoder that tells the label y from the style z, mostly without being told labels.

    One adversarial network makes the labels look like one-hot draws of a fair categorical, another
    makes the styles look like draws of their prior, and few labelled images say which label is
    which (Figure 8).

    Args:
        encoder: (batch, pixels) -> (batch, classes + dim): the logits of y first, then z.
        decoder: (batch, classes + dim) -> (batch, pixels).
        label_discriminator: (batch, classes) -> (batch, 1), log-odds that y is a one-hot draw.
        style_discriminator: (batch, dim) -> (batch, 1), log-odds that z is a draw of the prior.
        prior: of the style.
        classes: number of labels.
    """

    phases = {
        "reconstruction": ("encoder", "decoder"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
        "classification": ("encoder",),
    }

    code = "y, z"

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        label_discriminator: nn.Module,
        style_discriminator: nn.Module,
        prior: Prior,
        classes: int = 10,
    ):
        super().__init__()
        check_code_fits(
            prior,
            beside={"encoder": classes, "decoder": classes},
            encoder=(encoder, -1),
            decoder=(decoder, 0),
            discriminator=(style_discriminator, 0),
        )
        check_code_fits(Categorical(classes), label_discriminator=(label_discriminator, 0))
        self.encoder, self.decoder = encoder, decoder
        self.label_discriminator = label_discriminator
        self.style_discriminator = style_discriminator
        self.prior, self.label_prior, self.classes = prior, Categorical(classes), classes

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, classes=10):
        """A fresh model of this architecture, its style as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, classes + prior.dim, replicas),
            architecture.make_decoder(classes + prior.dim, pixels, replicas),
            architecture.make_discriminator(classes, replicas),
            architecture.make_discriminator(prior.dim, replicas),
            prior,
            classes,
        )

    def training_step(self, batch):
        x, labelled = batch.x, batch.labelled
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        yield from self.regularisation(x)
        yield "classification", label_cross_entropy(self.logits(labelled.x), labelled.y)

    def regularisation(self, x):
        """The adversarial phases of label and style, then of the encoder that must fool both."""
        y, z = self.label_and_style(x)
        D_y, D_z = self.label_discriminator, self.style_discriminator
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        yield "generator", generator_loss(D_y(y)) + generator_loss(D_z(z))

    def label_and_style(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """q(y|x) as probabilities (batch, classes), and the style z (batch, dim)."""
        logits, z = self.encoder(x).split([self.classes, self.prior.dim], dim=-1)
        return logits.softmax(-1), z

    def logits(self, x: Tensor) -> Tensor:
        """Of the labels: (batch, pixels) -> (batch, classes)."""
        return self.encoder(x)[..., : self.classes]

    def encode(self, x: Tensor) -> Tensor:
        """Label probabilities and style side by side: (batch, classes + dim)."""
        return torch.cat(self.label_and_style(x), dim=-1)
