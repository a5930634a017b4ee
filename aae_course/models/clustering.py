"""The AAE that sorts images into clusters (Makhzani et al., 2016, section 6; notebook 09)."""

from __future__ import annotations

from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error


class ClusteringAutoencoder(LabelAndStyle):
    """An autoencoder whose code has a category y and a style z, and that is told no labels.

    One adversarial network makes the categories look like one-hot draws of a fair categorical,
    another makes the styles look like draws of their prior. What the images have in clusters is
    left to y, since the style has no room for it by itself: Figure 8 without its labels.

    Args:
        networks: as those of `LabelAndStyle`, with the prior and the number of categories; the
            paper's Table 3 has 16 and 30.
    """

    phases = {
        "reconstruction": ("encoder", "decoder"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
    }

    def training_step(self, batch):
        x, D_y, D_z = batch.x, self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(x)
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        yield "generator", generator_loss(D_y(y)) + generator_loss(D_z(z))
