"""The AAE whose decoder sees the label (Makhzani et al., 2016, section 4; notebook 07)."""

from __future__ import annotations

import torch
from torch import Tensor

from aae_course.data.labels import NOT_LABELLED, one_hot, one_hot_or_unlabelled
from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error
from aae_course.models.parts import check_parts


class SupervisedAutoencoder(EncoderDecoder):
    """An AAE whose decoder is told the label, so that the code can keep to the style (Figure 6).

    Args:
        encoder: (batch, pixels) -> (batch, dim), the style z.
        decoder: (batch, classes + dim) -> (batch, pixels), one-hot label first.
        discriminator: (batch, dim) -> (batch, 1), log-odds as in an AAE.
        prior: of the style.
        classes: number of labels.
    """

    needs_labels = True
    phases = {
        "reconstruction": ("encoder", "decoder"),
        "discriminator": ("discriminator",),
        "generator": ("encoder",),
    }
    wiring = (
        ("x", "encoder", ""),
        ("encoder", "decoder", "z"),
        ("y", "decoder", ""),
        ("prior", "discriminator", ""),
        ("encoder", "discriminator", "z"),
    )

    def __init__(self, encoder, decoder, discriminator, prior, classes=10):
        super().__init__()
        check_parts(
            prior,
            beside={"decoder": classes},
            encoder=(encoder, -1),
            decoder=(decoder, 0),
            discriminator=(discriminator, 0),
        )
        self.encoder, self.decoder, self.discriminator = encoder, decoder, discriminator
        self.prior, self.classes = prior, classes

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, classes=10):
        """A fresh model of this architecture, its style as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, prior.dim, replicas),
            architecture.make_decoder(classes + prior.dim, pixels, replicas),
            architecture.make_discriminator(prior.dim, replicas),
            prior,
            classes,
        )

    def training_step(self, batch):
        x, y, D = batch.x, batch.y, self.discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encoder(x), y), x)
        z = self.encoder(x)
        real, fake = D(self.prior.sample_like(z)), D(z.detach())
        yield "discriminator", discriminator_loss(real, fake)
        yield "generator", generator_loss(D(z))

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Images in the styles z (batch, dim) of labels y (batch,): (batch, pixels)."""
        return self.decoder(torch.cat([one_hot(y, self.classes), z], dim=-1))


class InformedSupervisedAutoencoder(EncoderDecoder):
    """A supervised AAE whose discriminator sees the label too, as in Figure 3.

    A discriminator that sees only codes asks that all styles together follow the prior: each digit
    may still keep to a corner of its own, and then the style tells the label. One that knows the
    label asks that the styles of every digit follow the prior. The paper does not do this.

    Args:
        encoder: (batch, pixels) -> (batch, dim), the style z.
        decoder: (batch, classes + dim) -> (batch, pixels), one-hot label first.
        discriminator: (batch, classes + 1 + dim) -> (batch, 1), label first, as in
            `LabelInformedAutoencoder`.
        prior: of the style, the same for all labels unless it has a part for each.
        classes: number of labels.
    """

    needs_labels = True
    phases = {
        "reconstruction": ("encoder", "decoder"),
        "discriminator": ("discriminator",),
        "generator": ("encoder",),
    }
    wiring = (
        ("x", "encoder", ""),
        ("encoder", "decoder", "z"),
        ("y", "decoder", ""),
        ("prior", "discriminator", ""),
        ("y", "discriminator", ""),
        ("encoder", "discriminator", "z"),
    )

    def __init__(self, encoder, decoder, discriminator, prior, classes=10):
        super().__init__()
        check_parts(
            prior,
            beside={"decoder": classes, "discriminator": classes + 1},
            encoder=(encoder, -1),
            decoder=(decoder, 0),
            discriminator=(discriminator, 0),
        )
        self.encoder, self.decoder, self.discriminator = encoder, decoder, discriminator
        self.prior, self.classes = prior, classes

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, classes=10):
        """A fresh model of this architecture, its style as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, prior.dim, replicas),
            architecture.make_decoder(classes + prior.dim, pixels, replicas),
            architecture.make_discriminator(classes + 1 + prior.dim, replicas),
            prior,
            classes,
        )

    def training_step(self, batch):
        x, y = batch.x, batch.y
        label = one_hot_or_unlabelled(y, self.classes)

        def D(style):
            return self.discriminator(torch.cat([label, style], dim=-1))

        yield "reconstruction", half_squared_error(self.decode(self.encoder(x), y), x)
        z, z_real = self.encoder(x), self.sample_prior(y)
        yield "discriminator", discriminator_loss(real=D(z_real), fake=D(z.detach()))
        yield "generator", generator_loss(D(z))

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Images in the styles z (batch, dim) of labels y (batch,): (batch, pixels)."""
        return self.decoder(torch.cat([one_hot(y, self.classes), z], dim=-1))

    def sample_prior(self, y: Tensor) -> Tensor:
        """Draws of the prior (batch, dim), as `LabelInformedAutoencoder.sample_prior` makes them.

        A Gaussian has no parts: its draws are the same whatever the label.
        """
        part = torch.where(y == NOT_LABELLED, torch.randint_like(y, self.classes), y)
        return self.prior.draw(y.shape, part)
