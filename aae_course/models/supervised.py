"""The AAE whose decoder sees the label (Makhzani et al., 2016, section 4; notebook 07)."""

from __future__ import annotations

import torch
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.models.aae import AdversarialAutoencoder
from aae_course.models.label_informed import LabelInformedAutoencoder
from aae_course.models.losses import half_squared_error


class SupervisedAutoencoder(AdversarialAutoencoder):
    """An AAE whose decoder is told the label, so that the code can keep to the style (Figure 6).

    Args:
        encoder: (batch, pixels) -> (batch, dim), the style z.
        decoder: (batch, classes + dim) -> (batch, pixels), one-hot label first.
        discriminator: (batch, dim) -> (batch, 1), log-odds as in an AAE.
        prior: of the style.
        classes: number of labels.
    """

    def __init__(self, encoder, decoder, discriminator, prior, classes=10):
        beside = {"decoder": classes, "discriminator": self.labels_to_discriminator(classes)}
        AdversarialAutoencoder.__init__(self, encoder, decoder, discriminator, prior, beside)
        self.classes = classes

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, classes=10):
        """A fresh model of this architecture, its style as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, prior.dim, replicas),
            architecture.make_decoder(classes + prior.dim, pixels, replicas),
            architecture.make_discriminator(
                cls.labels_to_discriminator(classes) + prior.dim, replicas
            ),
            prior,
            classes,
        )

    @staticmethod
    def labels_to_discriminator(classes: int) -> int:
        """How many inputs of the discriminator belong to the label: here it sees none."""
        return 0

    def training_step(self, batch):
        x, y, z = batch.x, batch.y, self.encoder(batch.x)
        yield "reconstruction", half_squared_error(self.decode_as(y, z), x)
        yield from self.regularisation(batch)

    def decode_as(self, y: Tensor, z: Tensor) -> Tensor:
        """Images of labels y (batch,) in the style z (batch, dim): (batch, pixels)."""
        return self.decoder(torch.cat([one_hot(y, self.classes), z], dim=-1))

    def decode(self, z: Tensor) -> Tensor:
        """The style alone does not say which image is meant.

        Raises:
            NotImplementedError: always; `decode_as` takes the label too.
        """
        raise NotImplementedError("a supervised AAE needs a label to decode: use decode_as(y, z)")


class InformedSupervisedAutoencoder(SupervisedAutoencoder, LabelInformedAutoencoder):
    """A supervised AAE whose discriminator sees the label too, as in Figure 3.

    A discriminator of codes alone asks that all styles together follow the prior: each digit may
    still keep to a corner of its own, and then the style tells the label. One that knows the label
    asks that the styles of every digit follow the prior. The paper does not do this.

    Args:
        encoder: (batch, pixels) -> (batch, dim), the style z.
        decoder: (batch, classes + dim) -> (batch, pixels), one-hot label first.
        discriminator: (batch, classes + 1 + dim) -> (batch, 1), label first, as in
            `LabelInformedAutoencoder`.
        prior: of the style, the same for all labels.
        classes: number of labels.
    """

    @staticmethod
    def labels_to_discriminator(classes: int) -> int:
        """How many inputs of the discriminator belong to the label, one for "not labelled"."""
        return classes + 1
