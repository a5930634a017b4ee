"""The AAE whose code is a cluster head plus a style (section 7; notebook 10)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aae_course.models.clustering import ClusteringAutoencoder
from aae_course.models.losses import head_distance_loss
from aae_course.models.semi_supervised import SemiSupervisedAutoencoder


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


class SummedCodeAutoencoder(ClusteringAutoencoder):
    """A clustering AAE whose code is the sum W_C y + z; the decoder sees no more (Figure 10).

    Around each head, a column of W_C, lies a cluster, spread as the style is. In two dimensions the
    code can be drawn, and it is the reason for this model: `DimensionalityReduction` learns the
    heads, in `FixedHeadsReduction` they stand still.

    Args:
        encoder: (batch, pixels) -> (batch, categories + dim): the logits of y first, then z.
        decoder: (batch, dim) -> (batch, pixels).
        label_discriminator: (batch, categories) -> (batch, 1).
        style_discriminator: (batch, dim) -> (batch, 1).
        prior: of the style.
        categories: number of clusters.
        heads: (batch, categories) -> (batch, dim).
    """

    code = "y, z"

    def __init__(
        self, encoder, decoder, label_discriminator, style_discriminator, prior, categories, heads
    ):
        super().__init__(
            encoder, decoder, label_discriminator, style_discriminator, prior, categories
        )
        self.heads = heads

    @classmethod
    def build(cls, architecture, pixels, prior, replicas=None, categories=10, **options):
        """A fresh model of this architecture, its code as wide as the prior."""
        heads = cls.make_heads(categories, prior.dim, replicas)
        return super().build(
            architecture, pixels, prior, replicas, categories, heads=heads, **options
        )

    @staticmethod
    def make_heads(categories: int, dim: int, replicas: int | None = None) -> nn.Module:
        """W_C: (batch, categories) -> (batch, dim)."""
        raise NotImplementedError

    @staticmethod
    def labels_to_decoder(categories: int) -> int:
        """None of the decoder's inputs belong to y alone: it sees the sum."""
        return 0

    def code_of(self, y: Tensor, z: Tensor) -> Tensor:
        """W_C y + z of categories (batch, categories) and styles (batch, dim): (batch, dim)."""
        return self.heads(y) + z


class DimensionalityReduction(SummedCodeAutoencoder):
    """Heads that are learned with the autoencoder, and that repel each other where too near.

    Args:
        networks: as those of `SummedCodeAutoencoder`, up to the heads.
        margin: η, the distance below which two heads repel each other. The paper does not state it.
    """

    phases = {
        **ClusteringAutoencoder.phases,
        "reconstruction": ("encoder", "decoder", "heads"),
        "head distance": ("heads",),
    }

    def __init__(self, *networks, heads, margin: float = 6.0):
        super().__init__(*networks, heads)
        self.margin = margin

    @staticmethod
    def make_heads(categories: int, dim: int, replicas: int | None = None) -> ClusterHeads:
        """Heads scattered by chance."""
        return ClusterHeads(categories, dim, replicas=replicas)

    def training_step(self, batch):
        yield from super().training_step(batch)
        yield "head distance", head_distance_loss(self.heads.points, self.margin)


class SemiSupervisedReduction(DimensionalityReduction, SemiSupervisedAutoencoder):
    """The same with few labels, which say which head is whose (Figures 11a and 11b)."""

    phases = {**SemiSupervisedAutoencoder.phases, **DimensionalityReduction.phases}


class FixedHeadsReduction(SummedCodeAutoencoder, SemiSupervisedAutoencoder):
    """Ten heads 10 · I that stay where they are, in ten dimensions, and few labels (Figure 11d)."""

    @staticmethod
    def make_heads(categories: int, dim: int, replicas: int | None = None) -> FixedHeads:
        """One head on each axis.

        Raises:
            ValueError: not as many dimensions as categories.
        """
        if categories != dim:
            raise ValueError(
                f"{categories} heads on the axes of {dim} dimensions: as many of both are needed"
            )
        return FixedHeads(dim)
