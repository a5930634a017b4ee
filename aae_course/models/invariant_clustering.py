"""Clusters that a small distortion does not change (ours; notebook 13)."""

from __future__ import annotations

import torch
from torch import nn

from aae_course.models.invariance import CrowdDiscriminator, disagreement, relaxed, scale_logits
from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error
from aae_course.networks.distortion import Distortion

VIEWS = {"degrees": 20.0, "scale": 0.2, "shear": 0.3, "shift": 3.0}


class InvariantClustering(LabelAndStyle):
    """`ClusteringAutoencoder`, whose category stays the same when the image is distorted a little.

    The paper's phases stay. Two views of every image are encoded, and the generator's loss has one
    more term, their disagreement. As the run goes on, the pull of the labels' prior relaxes: ten
    digits are not sixteen categories of the same size.

    Args:
        networks: as those of `LabelAndStyle`, with the prior and the number of categories.
        view: distorts images.
        consistency: weight of the disagreement.
        pull: what is left of the labels' adversary in the end, as a share.
    """

    phases = {
        "reconstruction": ("encoder", "decoder"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
    }

    def __init__(self, *networks, view: nn.Module, consistency: float = 5.0, pull: float = 0.1):
        super().__init__(*networks)
        self.view, self.consistency, self.pull = view, consistency, pull

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, categories=10, **options):
        """A fresh model of this architecture, its style as wide as the prior."""
        encoder = architecture.make_encoder(pixels, categories + prior.dim, replicas)
        scale_logits(encoder, categories, 3.0)
        return cls(
            encoder,
            architecture.make_decoder(categories + prior.dim, pixels, replicas),
            CrowdDiscriminator(architecture.make_discriminator(2 * categories, replicas)),
            architecture.make_discriminator(prior.dim, replicas),
            prior,
            categories,
            view=Distortion(architecture.image_shape, **VIEWS),
            **options,
        )

    def training_step(self, batch):
        x, other = self.view(batch.x), self.view(batch.x)
        D_y, D_z = self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(torch.cat([x, other], -2))
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        pull = relaxed(batch.progress, 0.25, 0.6, self.pull)
        invariance = self.consistency * disagreement(*y.chunk(2, -2))
        yield "generator", pull * generator_loss(D_y(y)) + generator_loss(D_z(z)) + invariance
