"""The semi-supervised AAE (Makhzani et al., 2016, section 5; notebook 08)."""

from __future__ import annotations

from aae_course.models.clustering import ClusteringAutoencoder
from aae_course.models.losses import half_squared_error, label_cross_entropy


class SemiSupervisedAutoencoder(ClusteringAutoencoder):
    """An autoencoder that tells the label y from the style z, mostly without being told labels.

    One adversarial network makes the labels look like one-hot draws of a fair categorical, another
    makes the styles look like draws of their prior, and few labelled images say which label is
    which (Figure 8).

    Args:
        encoder: (batch, pixels) -> (batch, categories + dim): the logits of y first, then z.
        decoder: (batch, categories + dim) -> (batch, pixels).
        label_discriminator: (batch, categories) -> (batch, 1), log-odds that y is a one-hot draw.
        style_discriminator: (batch, dim) -> (batch, 1), log-odds that z is a draw of the prior.
        prior: of the style.
        categories: number of labels.
    """

    phases = {**ClusteringAutoencoder.phases, "classification": ("encoder",)}

    @property
    def classes(self) -> int:
        """Number of labels that it learns from: every category has one."""
        return self.categories

    def training_step(self, batch):
        x, labelled = batch.x, batch.labelled
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        yield from self.regularisation(x)
        yield "classification", label_cross_entropy(self.logits(labelled.x), labelled.y)
