"""Few labels, and a small distortion changes none (ours; notebook 13)."""

from __future__ import annotations

import torch
from torch import nn

from aae_course.models.invariance import Average, make_demand, view, watcher_of
from aae_course.models.losses import (
    discriminator_loss,
    generator_loss,
    half_squared_error,
    label_cross_entropy,
)
from aae_course.models.semi_supervised import SemiSupervisedAutoencoder

SEEN = {"degrees": 10.0, "scale": 0.1, "shear": 0.1, "shift": 2.0, "bend": 0.5}
OTHER = {"degrees": 15.0, "scale": 0.15, "shear": 0.2, "shift": 2.0, "bend": 0.7}
LABELLED = {"degrees": 20.0, "scale": 0.2, "shear": 0.25, "shift": 2.0, "bend": 1.6}


class InvariantSemiSupervised(SemiSupervisedAutoencoder):
    """`SemiSupervisedAutoencoder` with a sixth phase: both views of an image have one label.

    The sixth phase asks for mutual information between the label of the clean image, which an
    average of the encoder gives, and that of a distorted one. Labelled images are distorted most,
    since a hundred of them are soon known by heart.

    Args:
        networks: as those of `LabelAndStyle`, with the prior and the number of labels.
        views: distort images: what the autoencoder sees, the other view, labelled images.
        demand: what the labels of two views must fulfil, a loss.
        pull: weight of the labels' adversary.
        style_pull: weight of the styles' adversary.
        copies: how many replicas the networks have, None for none.
    """

    phases = {**SemiSupervisedAutoencoder.phases, "invariance": ("encoder",)}

    def __init__(
        self, *networks, views: tuple[nn.Module, ...], demand, pull=1.0, style_pull=1.0,
        copies=None,
    ):  # fmt: skip
        super().__init__(*networks)
        self.view, self.other_view, self.labelled_view = views
        self.demand, self.pull, self.style_pull = demand, pull, style_pull
        self.average = Average(self.encoder, replicas=copies)

    @classmethod
    def build(
        cls, architecture, pixels, prior, replicas=None, categories=10, strength=1.0,
        demand="mutual information", watcher="noisy", **options,
    ):  # fmt: skip
        """A fresh model of this architecture; the arguments are those of `TwoViews.build`."""
        return super().build(
            architecture, pixels, prior, replicas, categories,
            make_label_discriminator=watcher_of(watcher),
            views=tuple(view(architecture, most, strength) for most in (SEEN, OTHER, LABELLED)),
            demand=make_demand(demand, categories, replicas),
            copies=replicas,
            **options,
        )  # fmt: skip

    def training_step(self, batch):
        x, D_y, D_z = self.view(batch.x), self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(x)
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        adversarial = self.pull * generator_loss(D_y(y)) + self.style_pull * generator_loss(D_z(z))
        yield "generator", adversarial
        labelled = batch.labelled
        logits = self.logits(self.labelled_view(labelled.x))
        yield "classification", label_cross_entropy(logits, labelled.y)
        q, p = self.averaged_label(batch.x), self.logits(self.other_view(batch.x)).softmax(-1)
        yield "invariance", self.demand(q, p)
        if self.training:
            self.average.follow(self.encoder)

    @torch.no_grad()
    def averaged_label(self, x):
        """q(y|x) of the averaged encoder: (batch, pixels) -> (batch, categories)."""
        return self.average(x)[..., : self.categories].softmax(-1)
