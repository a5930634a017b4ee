"""Clusters that a small distortion does not change (ours; notebook 13)."""

from __future__ import annotations

import torch

from aae_course.models.clustering import ClusteringAutoencoder
from aae_course.models.invariance import TwoViews, relaxed
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error


class InvariantClustering(TwoViews, ClusteringAutoencoder):
    """`ClusteringAutoencoder`, whose category stays the same when the image is distorted a little.

    The paper's phases stay. Two views of every image are encoded, and the generator's loss has one
    more term, the demand that both get the same category.
    """

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
