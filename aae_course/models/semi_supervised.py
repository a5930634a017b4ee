"""The semi-supervised AAE (Makhzani et al., 2016, section 5; notebook 08)."""

from __future__ import annotations

from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.losses import (
    discriminator_loss,
    generator_loss,
    half_squared_error,
    label_cross_entropy,
)


class SemiSupervisedAutoencoder(LabelAndStyle):
    """An autoencoder that tells the label y from the style z, mostly without being told labels.

    One adversarial network makes the labels look like one-hot draws of a fair categorical, another
    makes the styles look like draws of their prior, and few labelled images say which label is
    which (Figure 8).

    Args:
        networks: as those of `LabelAndStyle`, with the prior and the number of labels.
    """

    wants_labelled_batch = True
    phases = {
        "reconstruction": ("encoder", "decoder"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
        "classification": ("encoder",),
    }

    @property
    def classes(self) -> int:
        """Number of labels that it learns from, as every category has one."""
        return self.categories

    def training_step(self, batch):
        x, D_y, D_z = batch.x, self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(x)
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        yield "generator", generator_loss(D_y(y)) + generator_loss(D_z(z))
        labelled = batch.labelled
        yield "classification", label_cross_entropy(self.logits(labelled.x), labelled.y)
