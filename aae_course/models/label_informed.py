"""An AAE whose discriminator sees labels (Makhzani et al., 2016, section 2.3; notebook 06)."""

from __future__ import annotations

import torch
from torch import Tensor

from aae_course.data.labels import NOT_LABELLED, one_hot_or_unlabelled
from aae_course.data.minibatches import Batch
from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error
from aae_course.models.parts import check_parts


class LabelInformedAutoencoder(EncoderDecoder):
    """An AAE that puts the images of each class into the part of the prior chosen for it.

    The discriminator sees a label beside the code: one-hot, with one place more for "not labelled".
    It compares the code of a labelled image with draws from its label's part of the prior, and that
    of any other image with draws from the whole prior (Figure 3).

    Args:
        encoder: (batch, pixels) -> (batch, dim).
        decoder: (batch, dim) -> (batch, pixels).
        discriminator: (batch, classes + 1 + dim) -> (batch, 1), label first, log-odds as in an AAE.
        prior: with a part for each class, such as `GaussianMixture` or `SwissRoll`.

    Raises:
        ValueError: the prior has no classes, or a network does not fit it.
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
        ("y", "discriminator", ""),
        ("encoder", "discriminator", "z"),
    )

    def __init__(self, encoder, decoder, discriminator, prior):
        if not prior.classes:
            raise ValueError(f"{type(prior).__name__} has no classes that labels could choose from")
        super().__init__()
        check_parts(
            prior,
            beside={"discriminator": prior.classes + 1},
            encoder=(encoder, -1),
            decoder=(decoder, 0),
            discriminator=(discriminator, 0),
        )
        self.encoder, self.decoder, self.discriminator = encoder, decoder, discriminator
        self.prior, self.classes = prior, prior.classes

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None):
        """A fresh model of this architecture, its code as wide as the prior."""
        return cls(
            architecture.make_encoder(pixels, prior.dim, replicas),
            architecture.make_decoder(prior.dim, pixels, replicas),
            architecture.make_discriminator(prior.classes + 1 + prior.dim, replicas),
            prior,
        )

    def training_step(self, batch):
        x, y = with_labelled(batch)
        label = one_hot_or_unlabelled(y, self.classes)

        def D(code):
            return self.discriminator(torch.cat([label, code], dim=-1))

        yield "reconstruction", half_squared_error(self.decoder(self.encoder(batch.x)), batch.x)
        z, z_real = self.encoder(x), self.sample_prior(y)
        yield "discriminator", discriminator_loss(real=D(z_real), fake=D(z.detach()))
        yield "generator", generator_loss(D(z))

    def sample_prior(self, y):
        """Draws of the prior (batch, dim): of the part of label y, of any part where there is none.

        They do not pass through ``prior.sample``, whose look at the labels would stop a GPU; the
        loop has checked them.
        """
        part = torch.where(y == NOT_LABELLED, torch.randint_like(y, self.classes), y)
        return self.prior.draw(y.shape, part)


def with_labelled(batch: Batch) -> tuple[Tensor, Tensor]:
    """Images and labels of a minibatch, and after them those of its labelled one, if there is one.

    The paper does not say how it fills its minibatches. Where few images are labelled, more of
    those in each step let the encoder learn the labels sooner.
    """
    parts = [batch] if batch.labelled is None else [batch, batch.labelled]
    return torch.cat([each.x for each in parts], -2), torch.cat([each.y for each in parts], -1)
