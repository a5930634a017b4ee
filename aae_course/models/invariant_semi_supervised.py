"""Few labels, and a small distortion changes none (ours; notebook 13)."""

from __future__ import annotations

import torch
from torch import nn

from aae_course.models.invariance import Average, NoisyDiscriminator, mutual_information, pairs
from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.losses import (
    discriminator_loss,
    generator_loss,
    half_squared_error,
    label_cross_entropy,
)
from aae_course.networks.distortion import Distortion

SEEN = {"degrees": 10.0, "scale": 0.1, "shear": 0.1, "shift": 2.0, "bend": 0.5}
OTHER = {"degrees": 15.0, "scale": 0.15, "shear": 0.2, "shift": 2.0, "bend": 0.7}
LABELLED = {"degrees": 20.0, "scale": 0.2, "shear": 0.25, "shift": 2.0, "bend": 1.6}


class InvariantSemiSupervised(LabelAndStyle):
    """`SemiSupervisedAutoencoder` with a sixth phase: both views of an image have one label.

    The sixth phase asks for mutual information between the label of the clean image, which an
    average of the encoder gives, and that of a distorted one. Labelled images are distorted most,
    since a hundred of them are soon known by heart.

    Args:
        networks: as those of `LabelAndStyle`, with the prior and the number of labels.
        views: distort images: what the autoencoder sees, the other view, labelled images.
        replicas: of the networks.
    """

    wants_labelled_batch = True
    phases = {
        "reconstruction": ("encoder", "decoder"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
        "classification": ("encoder",),
        "invariance": ("encoder",),
    }

    def __init__(self, *networks, views: tuple[nn.Module, ...], replicas: int | None = None):
        super().__init__(*networks)
        self.view, self.other_view, self.labelled_view = views
        self.average = Average(self.encoder)
        copies, K = () if replicas is None else (replicas,), self.categories
        self.register_buffer("joint", torch.full((*copies, K, K), 1 / K**2))

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, categories=10, **options):
        """A fresh model of this architecture, its style as wide as the prior."""
        strengths, shape = (SEEN, OTHER, LABELLED), architecture.image_shape
        return cls(
            architecture.make_encoder(pixels, categories + prior.dim, replicas),
            architecture.make_decoder(categories + prior.dim, pixels, replicas),
            NoisyDiscriminator(architecture.make_discriminator(categories, replicas)),
            architecture.make_discriminator(prior.dim, replicas),
            prior,
            categories,
            views=tuple(Distortion(shape, **each) for each in strengths),
            replicas=replicas,
            **options,
        )

    @property
    def classes(self) -> int:
        """Number of labels that it learns from: every category has one."""
        return self.categories

    def training_step(self, batch):
        x, D_y, D_z = self.view(batch.x), self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(x)
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        yield "generator", generator_loss(D_y(y)) + generator_loss(D_z(z))
        labelled = batch.labelled
        logits = self.logits(self.labelled_view(labelled.x))
        yield "classification", label_cross_entropy(logits, labelled.y)
        q, p = self.averaged_label(batch.x), self.logits(self.other_view(batch.x)).softmax(-1)
        if self.training:
            self.joint.lerp_(pairs(q, p.detach()), 0.2)
        yield "invariance", -mutual_information(q, p, self.joint)
        if self.training:
            self.average.follow(self.encoder)

    @torch.no_grad()
    def averaged_label(self, x):
        """q(y|x) of the averaged encoder: (batch, pixels) -> (batch, categories)."""
        return self.average(x)[..., : self.categories].softmax(-1)
