"""The swiss roll with width, the prior of the paper's Figure 4b."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from aae_course.models.priors import SwissRoll


class WideSwissRoll(SwissRoll):
    """A swiss roll that is a band: draws lie to both sides of the curve, Gaussian across it.

    The paper draws such a band and gives no numbers. The turns of the roll are 1.5 apart, so at the
    default width there are empty stripes between them. Nothing is drawn along the curve, so every
    draw with a label begins on the stretch of its own class.

    Args:
        classes: the roll has as many stretches.
        width: standard deviation of the distance from the curve.
    """

    def __init__(self, classes: int = 10, width: float = 0.15):
        super().__init__(classes)
        if not width > 0:
            raise ValueError(
                f"the width must be positive, not {width}: SwissRoll is the roll without width"
            )
        self.width = width
        self.settings = {**self.settings, "width": width}

    def draw(self, shape, labels):
        k = self._labels(shape, labels)
        u = (k + torch.rand(shape, device=self.origin.device)) / self.classes
        across = self.width * torch.randn(shape, device=self.origin.device)
        return self.curve(u) + across.unsqueeze(-1) * self.normal(u)

    def outline(self) -> None:
        """None: it has an area."""
        return None

    @staticmethod
    def normal(u: Tensor) -> Tensor:
        """The unit vector across the curve at u in [0, 1], to its left: (...) -> (..., 2)."""
        angle = 4 * math.pi * u.sqrt()
        # The curve is radius ∝ angle, so it moves by 1 outwards where it moves by the angle around.
        direction = angle + torch.atan2(angle, torch.ones_like(angle)) + math.pi / 2
        return torch.stack([direction.cos(), direction.sin()], -1)
