"""Random distortions that do not change what an image shows: turned, stretched, moved, bent."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

KNOTS = 5  # of the smooth field of displacements, along each side


class Distortion(nn.Module):
    """A random view of every image, of the same shape: (batch, pixels) -> (batch, pixels).

    Every image gets a distortion of its own, drawn from torch's generator on the image's device.
    What comes in from outside repeats the border. A value between pixels is interpolated, so the
    result stays in the range of the image.

    Args:
        image_shape: (channels, height, width).
        degrees: turned by up to so many, to either side.
        scale: stretched along each axis by a factor from 1 - scale to 1 + scale.
        shear: slanted, by up to so many pixels for each pixel of height.
        shift: moved by up to so many pixels along each axis.
        bend: standard deviation, in pixels, of a smooth field of displacements.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        degrees: float = 0.0,
        scale: float = 0.0,
        shear: float = 0.0,
        shift: float = 0.0,
        bend: float = 0.0,
    ):
        super().__init__()
        self.image_shape = tuple(image_shape)
        self.degrees, self.scale, self.shear = degrees, scale, shear
        self.shift, self.bend = shift, bend
        _, height, width = self.image_shape
        buffers = {
            "pixel": torch.tensor([2 / width, 2 / height]),  # in units of half the sides
            "columns": (2 * torch.arange(width) + 1) / width - 1,  # places, in the same units
            "rows": ((2 * torch.arange(height) + 1) / height - 1).unsqueeze(-1),
            "smooth": _smooth(height, width),
        }
        for name, values in buffers.items():
            self.register_buffer(name, values, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        images = x.reshape(-1, *self.image_shape)
        with torch.autocast(x.device.type, enabled=False):  # bf16 cannot tell neighbouring pixels
            grid = self._affine(x)
            if self.bend:
                grid = grid + self._field(x)
            views = F.grid_sample(
                images, grid.movedim(1, -1), padding_mode="border", align_corners=False
            )
        return views.view(x.shape)

    def _affine(self, x: Tensor) -> Tensor:
        """Where each pixel of a view comes from, in units of half the sides: (images, 2, h, w)."""
        u = (2 * torch.rand(*x.shape[:-1], 6, device=x.device) - 1).view(-1, 6, 1, 1)
        angle, slant = math.radians(self.degrees) * u[:, 0], self.shear * u[:, 1]
        across, down = 1 + self.scale * u[:, 2], 1 + self.scale * u[:, 3]
        right, low = self.shift * self.pixel[0] * u[:, 4], self.shift * self.pixel[1] * u[:, 5]
        cos, sin = angle.cos(), angle.sin()
        return torch.stack(
            [
                cos * across * self.columns + (slant * cos - sin) * down * self.rows + right,
                sin * across * self.columns + (slant * sin + cos) * down * self.rows + low,
            ],
            1,
        )

    def _field(self, x: Tensor) -> Tensor:
        """Smooth displacements of the pixels, in the same units: (images, 2, height, width)."""
        knots = torch.randn(*x.shape[:-1], 2, KNOTS**2, device=x.device).view(-1, 2, KNOTS**2)
        field = (knots @ self.smooth).unflatten(-1, self.image_shape[1:])
        return self.bend * self.pixel.view(2, 1, 1) * field

    def extra_repr(self) -> str:
        names = ("degrees", "scale", "shear", "shift", "bend")
        return ", ".join(f"{name}={getattr(self, name):g}" for name in names)


def _smooth(height: int, width: int) -> Tensor:
    """A product with it interpolates between the knots of a field: (KNOTS², height * width)."""
    knots = torch.eye(KNOTS**2).view(-1, 1, KNOTS, KNOTS)
    field = F.interpolate(knots, (height, width), mode="bicubic", align_corners=True)
    return field.view(KNOTS**2, -1)
