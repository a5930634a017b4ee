"""The AAE whose code is a cluster head plus a style (section 7; notebook 10)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.losses import (
    discriminator_loss,
    generator_loss,
    half_squared_error,
    head_distance_loss,
    label_cross_entropy,
)


class ClusterHeads(nn.Module):
    """W_C y: the point of the code space that stands for a category, learned.

    Args:
        categories: m, the number of heads.
        dim: n, of the code.
        std: of the heads at the start. The paper does not state it.
        replicas: number of independent copies, None for none.
    """

    def __init__(self, categories: int, dim: int, std: float = 3.0, replicas: int | None = None):
        super().__init__()
        copies = () if replicas is None else (replicas,)
        self.widths = categories, dim
        self.points = nn.Parameter(std * torch.randn(*copies, categories, dim))  # W_C transposed

    def forward(self, y: Tensor) -> Tensor:
        """(batch, categories), one-hot or soft -> (batch, dim)."""
        return y @ self.points


class FixedHeads(nn.Module):
    """W_C = scale · I: heads that are orthogonal, equally far from each other, and stay (11d)."""

    def __init__(self, dim: int, scale: float = 10.0):
        super().__init__()
        self.widths = dim, dim
        self.register_buffer("points", scale * torch.eye(dim), persistent=False)

    def forward(self, y: Tensor) -> Tensor:
        """(batch, dim), one-hot or soft -> (batch, dim)."""
        return y @ self.points


class SummedCodeAutoencoder(LabelAndStyle):
    """Networks without a training step, whose code is the sum W_C y + z (Figure 10).

    The decoder sees no more than the sum. Around each head, a column of W_C, lies a cluster, spread
    as the style is. In two dimensions the code can be drawn, and it is the reason for these models:
    `DimensionalityReduction` and `SemiSupervisedReduction` learn the heads, in
    `FixedHeadsReduction` they stand still.

    Args:
        encoder: (batch, pixels) -> (batch, categories + dim): the logits of y first, then z.
        decoder: (batch, dim) -> (batch, pixels).
        label_discriminator: (batch, categories) -> (batch, 1).
        style_discriminator: (batch, dim) -> (batch, 1).
        prior: of the style.
        categories: number of clusters.
        heads: (batch, categories) -> (batch, dim).
    """

    wiring = (
        ("x", "encoder", ""),
        ("encoder", "heads", "y"),
        ("encoder", "decoder", "z"),
        ("heads", "decoder", ""),
        ("label_prior", "label_discriminator", ""),
        ("encoder", "label_discriminator", "y"),
        ("prior", "style_discriminator", ""),
        ("encoder", "style_discriminator", "z"),
    )

    def __init__(
        self, encoder, decoder, label_discriminator, style_discriminator, prior, categories, heads
    ):
        super().__init__(
            encoder, decoder, label_discriminator, style_discriminator, prior, categories
        )
        self.heads = heads

    @staticmethod
    def code_dim(categories: int, dim: int) -> int:
        """How many numbers the decoder gets: those of the sum."""
        return dim

    def code_of(self, y: Tensor, z: Tensor) -> Tensor:
        """W_C y + z of categories (batch, categories) and styles (batch, dim): (batch, dim)."""
        return self.heads(y) + z


class DimensionalityReduction(SummedCodeAutoencoder):
    """Heads that are learned without labels and repel each other where too near (Figure 11c).

    Args:
        networks: as those of `SummedCodeAutoencoder`, up to the heads.
        heads: learned, such as `ClusterHeads`.
        margin: η, the distance below which two heads repel each other. The paper does not state it.
    """

    phases = {
        "reconstruction": ("encoder", "decoder", "heads"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
        "head distance": ("heads",),
    }

    def __init__(self, *networks, heads, margin: float = 6.0):
        super().__init__(*networks, heads)
        self.margin = margin

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, categories=10, **options):
        """A fresh model of this architecture, its code as wide as the prior, heads by chance."""
        options["heads"] = ClusterHeads(categories, prior.dim, replicas=replicas)
        return super().build(architecture, pixels, prior, replicas, categories, **options)

    def training_step(self, batch):
        x, D_y, D_z = batch.x, self.label_discriminator, self.style_discriminator
        yield "reconstruction", half_squared_error(self.decode(self.encode(x)), x)
        y, z = self.label_and_style(x)
        y_real, z_real = self.label_prior.sample_like(y), self.prior.sample_like(z)
        yield "label discriminator", discriminator_loss(D_y(y_real), D_y(y.detach()))
        yield "style discriminator", discriminator_loss(D_z(z_real), D_z(z.detach()))
        yield "generator", generator_loss(D_y(y)) + generator_loss(D_z(z))
        yield "head distance", head_distance_loss(self.heads.points, self.margin)


class SemiSupervisedReduction(SummedCodeAutoencoder):
    """Learned heads, and few labels that say which head is whose (Figures 11a and 11b).

    Args:
        networks: as those of `SummedCodeAutoencoder`, up to the heads.
        heads: learned, such as `ClusterHeads`.
        margin: η, as in `DimensionalityReduction`.
    """

    wants_labelled_batch = True
    phases = {
        "reconstruction": ("encoder", "decoder", "heads"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
        "classification": ("encoder",),
        "head distance": ("heads",),
    }

    def __init__(self, *networks, heads, margin: float = 6.0):
        super().__init__(*networks, heads)
        self.margin = margin

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, categories=10, **options):
        """A fresh model of this architecture, its code as wide as the prior, heads by chance."""
        options["heads"] = ClusterHeads(categories, prior.dim, replicas=replicas)
        return super().build(architecture, pixels, prior, replicas, categories, **options)

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
        yield "head distance", head_distance_loss(self.heads.points, self.margin)


class FixedHeadsReduction(SummedCodeAutoencoder):
    """Ten heads 10 · I that stay where they are, in ten dimensions, and few labels (Figure 11d).

    Args:
        networks: as those of `SummedCodeAutoencoder`, with `FixedHeads`.
    """

    wants_labelled_batch = True
    phases = {
        "reconstruction": ("encoder", "decoder"),
        "label discriminator": ("label_discriminator",),
        "style discriminator": ("style_discriminator",),
        "generator": ("encoder",),
        "classification": ("encoder",),
    }

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, categories=10, **options):
        """A fresh model of this architecture, one head on each axis of its code.

        Raises:
            ValueError: not as many dimensions as categories.
        """
        if categories != prior.dim:
            raise ValueError(
                f"{categories} heads on the axes of {prior.dim} dimensions: "
                "as many of both are needed"
            )
        options["heads"] = FixedHeads(prior.dim)
        return super().build(architecture, pixels, prior, replicas, categories, **options)

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
