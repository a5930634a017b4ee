"""Codes W_C y + z whose category a small distortion does not change (ours; notebook 13)."""

from __future__ import annotations

import torch

from aae_course.models.dim_reduction import (
    DimensionalityReduction,
    FixedHeadsReduction,
    SemiSupervisedReduction,
)
from aae_course.models.invariance import TwoViews, relaxed
from aae_course.models.losses import (
    discriminator_loss,
    generator_loss,
    half_squared_error,
    head_distance_loss,
    label_cross_entropy,
)


class InvariantReduction(TwoViews, DimensionalityReduction):
    """`DimensionalityReduction`, learned heads without labels, with the demand on two views."""

    def training_step(self, batch):
        x, other = self.view(batch.x), self.view(batch.x)
        D_y, D_z = self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(torch.cat([x, other], -2))
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        invariance = self.consistency * self.demand(*y.chunk(2, -2))
        pull_y, pull_z = relaxed(batch.progress, self.pull), self.style_pull
        adversarial = pull_y * generator_loss(D_y(y)) + pull_z * generator_loss(D_z(z))
        yield "generator", adversarial + invariance
        yield "head distance", head_distance_loss(self.heads.points, self.margin)


class InvariantSemiSupervisedReduction(TwoViews, SemiSupervisedReduction):
    """`SemiSupervisedReduction`, learned heads and few labels, with the demand on two views."""

    def training_step(self, batch):
        x, other = self.view(batch.x), self.view(batch.x)
        D_y, D_z = self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(torch.cat([x, other], -2))
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        invariance = self.consistency * self.demand(*y.chunk(2, -2))
        pull_y, pull_z = relaxed(batch.progress, self.pull), self.style_pull
        adversarial = pull_y * generator_loss(D_y(y)) + pull_z * generator_loss(D_z(z))
        yield "generator", adversarial + invariance
        labelled = batch.labelled
        logits = self.logits(self.view(labelled.x))
        yield "classification", label_cross_entropy(logits, labelled.y)
        yield "head distance", head_distance_loss(self.heads.points, self.margin)


class InvariantFixedHeadsReduction(TwoViews, FixedHeadsReduction):
    """`FixedHeadsReduction`, heads that stay and few labels, with the demand on two views."""

    def training_step(self, batch):
        x, other = self.view(batch.x), self.view(batch.x)
        D_y, D_z = self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(torch.cat([x, other], -2))
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        invariance = self.consistency * self.demand(*y.chunk(2, -2))
        pull_y, pull_z = relaxed(batch.progress, self.pull), self.style_pull
        adversarial = pull_y * generator_loss(D_y(y)) + pull_z * generator_loss(D_z(z))
        yield "generator", adversarial + invariance
        labelled = batch.labelled
        logits = self.logits(self.view(labelled.x))
        yield "classification", label_cross_entropy(logits, labelled.y)
