"""The distributions p(z) that a code can be asked to follow.

A prior draws samples, ``prior.sample(batch)``, and, where its density exists, gives ``log_prob``.
It is a module without weights, so it moves between devices with its model. Draws come from torch's
own random generator. Any leading shape works: ``prior.sample(replicas, batch)``. Only ``draw`` has
to be written: pictures take the rest from samples, unless a prior knows a better outline or grid.
"""

from __future__ import annotations

import math
import operator
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from aae_course.data.labels import one_hot
from aae_course.randomness import generators_restored, seed_noise


class Prior(nn.Module):
    """Base of every prior: ``dim`` numbers a code, ``classes`` labels it can be asked for.

    A subclass writes ``draw(shape, labels)``, and ``log_prob`` if there is a density. ``classes``
    is 0 where labels make no difference; ``settings`` are the numbers that tell this prior from
    another of its kind.
    """

    part: ClassVar[str] = "part"  # what the share of one class is called

    def __init__(self, dim: int, classes: int = 0, **settings: float):
        super().__init__()
        dim, classes = operator.index(dim), operator.index(classes)  # a TypeError for 2.0
        if dim < 1:
            raise ValueError(f"a prior needs at least 1 dimension, not {dim}")
        self.dim, self.classes, self.settings = dim, classes, settings
        self.register_buffer("origin", torch.zeros(()), persistent=False)  # knows the device

    def extra_repr(self) -> str:
        shown = {"dim": self.dim, "classes": self.classes, **self.settings}
        return ", ".join(f"{name}={value}" for name, value in shown.items() if value)

    def sample(self, *shape: int, labels: Tensor | None = None) -> Tensor:
        """Draw codes ``(*shape, dim)``; with ``labels`` of that shape, each from its label's part.

        Raises:
            ValueError: labels out of range, of another shape, or given to a prior without classes.
        """
        if labels is not None:
            self._check(labels, shape)
        return self.draw(shape, labels)

    def sample_like(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw as many codes as ``z`` (..., dim) holds."""
        return self.sample(*z.shape[:-1], labels=labels)

    def draw(self, shape: tuple[int, ...], labels: Tensor | None) -> Tensor:
        raise NotImplementedError("a prior has a method draw(shape, labels)")

    def fixed_draws(self, count: int = 20_000) -> Tensor:
        """The same draws (count, dim) at every call, for pictures; no random state changes."""
        with generators_restored(self.origin.device):
            seed_noise([0])
            return self.sample(count)

    def extent(self) -> float:
        """Largest coordinate that draws reach, leaving out one in five hundred."""
        return np.quantile(self.fixed_draws().abs().cpu().numpy(), 0.998).item()

    def spread(self) -> float:
        """How far its numbers are from their mean, as a standard deviation over draws."""
        draws = self.fixed_draws()
        return (draws - draws.mean(0)).square().mean().sqrt().item()

    def outline(self) -> Tensor | None:
        """Points (n, 2) of the curve that the prior is, in the plane; None if it has an area."""
        return None

    def grid(self, rows: int) -> Tensor:
        """Codes for a picture of images, row by row from the top: (rows * rows, 2).

        They are even in the square that draws reach.
        """
        return square_grid(self.extent() * (2 * middles(rows) - 1)).to(self.origin.device)

    def _check(self, labels: Tensor, shape: tuple[int, ...]) -> None:
        name = type(self).__name__
        if not self.classes:
            raise ValueError(f"{name} has no classes, so labels cannot choose among them")
        if tuple(labels.shape) != tuple(shape):
            raise ValueError(f"labels of shape {tuple(labels.shape)} for {shape} draws")
        # Looking at the values would stop a GPU; there, indexing checks them on the device.
        if labels.device.type == "cpu" and labels.numel():
            low, high = int(labels.min()), int(labels.max())
            if low < 0 or high >= self.classes:
                raise ValueError(f"{name} has classes 0 to {self.classes - 1}, not {low} to {high}")

    def _labels(self, shape: tuple[int, ...], labels: Tensor | None) -> Tensor:
        if labels is not None:
            return labels
        return torch.randint(self.classes, shape, device=self.origin.device)


def middles(count: int) -> Tensor:
    """The middles of equal parts of [0, 1], on the CPU: (count,)."""
    return (torch.arange(count) + 0.5) / count


def square_grid(axis: Tensor) -> Tensor:
    """Points of the plane with both coordinates from ``axis`` (n,): (n², 2).

    They come in the order of a picture's rows, which run from the top, where z₂ is largest.
    """
    return torch.stack(torch.meshgrid(axis, axis.flip(0), indexing="xy"), -1).view(-1, 2)


class Gaussian(Prior):
    """Isotropic Gaussian N(0, std² I); the paper uses std 1, 5 (MNIST) and 10 (TFD)."""

    def __init__(self, dim: int = 2, std: float = 1.0):
        super().__init__(dim, std=std)
        if not std > 0:
            raise ValueError(f"the standard deviation must be positive, not {std}")
        self.std = std

    def draw(self, shape, labels):
        return self.std * torch.randn(*shape, self.dim, device=self.origin.device)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats: (..., dim) -> (...)."""
        normaliser = self.dim * (math.log(self.std) + 0.5 * math.log(2 * math.pi))
        return -0.5 * (z / self.std).square().sum(-1) - normaliser

    def spread(self) -> float:
        return self.std

    def quantile(self, u: Tensor) -> Tensor:
        """Inverse cumulative distribution of one coordinate, u in (0, 1): the grid of Figure 2e."""
        return self.std * torch.special.ndtri(u)

    def grid(self, rows: int) -> Tensor:
        """Codes that are even in probability, row by row from the top: (rows * rows, 2)."""
        return square_grid(self.quantile(middles(rows))).to(self.origin.device)


class Uniform(Prior):
    """Uniform on the cube [-half_width, half_width]^dim."""

    def __init__(self, dim: int = 2, half_width: float = 1.0):
        super().__init__(dim, half_width=half_width)
        if not half_width > 0:
            raise ValueError(f"the half width must be positive, not {half_width}")
        self.half_width = half_width

    def draw(self, shape, labels):
        u = torch.rand(*shape, self.dim, device=self.origin.device)
        return self.half_width * (2 * u - 1)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats, -inf outside the cube: (..., dim) -> (...)."""
        inside = (z.abs() <= self.half_width).all(-1)
        level = z.new_tensor(-self.dim * math.log(2 * self.half_width))
        return torch.where(inside, level, -math.inf)


class GaussianMixture(Prior):
    """Mixture of equally likely Gaussians, in the plane arranged like petals around the origin.

    Component k is a Gaussian with std ``radial`` along its own direction and ``tangential`` across
    it, moved out by ``distance`` in that direction: at the angle 2πk / classes in the plane, and
    spread as evenly in more dimensions (`spread_directions`). The paper shows such a figure and
    gives no numbers; the defaults are the ones most re-implementations use.
    """

    part = "component"

    def __init__(
        self,
        classes: int = 10,
        radial: float = 0.5,
        tangential: float = 0.1,
        distance: float = 1.4,
        dim: int = 2,
    ):
        super().__init__(dim, classes, radial=radial, tangential=tangential, distance=distance)
        if classes < 1:
            raise ValueError(f"a mixture needs at least 1 component, not {classes}")
        if not (radial > 0 and tangential > 0):
            raise ValueError(f"standard deviations must be positive, not {radial}, {tangential}")
        # axes[k] has the component's own unit vectors as rows, the radial one first.
        axes = torch.stack([own_axes(each) for each in spread_directions(classes, dim)]).float()
        stds = torch.tensor([radial] + [tangential] * (dim - 1))
        self.register_buffer("axes", axes, persistent=False)
        self.register_buffer("stds", stds, persistent=False)
        self.register_buffer("centres", distance * axes[:, 0], persistent=False)

    def draw(self, shape, labels):
        k = self._labels(shape, labels)
        local = self.stds * torch.randn(*shape, self.dim, device=self.origin.device)
        return self.centres[k] + (local.unsqueeze(-2) @ self.axes[k]).squeeze(-2)

    def component_log_prob(self, z: Tensor) -> Tensor:
        """log N(z; component k) in nats: (..., dim) -> (..., classes)."""
        local = torch.einsum("...kd,ked->...ke", z.unsqueeze(-2) - self.centres, self.axes)
        normaliser = self.stds.log().sum() + 0.5 * self.dim * math.log(2 * math.pi)
        return -0.5 * (local / self.stds).square().sum(-1) - normaliser

    def nearest_class(self, z: Tensor) -> Tensor:
        """The component that most likely made a code: (..., dim) -> (...)."""
        return self.component_log_prob(z).argmax(-1)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) = log (1/K) Σ_k N(z; component k), in nats: (..., dim) -> (...)."""
        return self.component_log_prob(z).logsumexp(-1) - math.log(self.classes)


def spread_directions(classes: int, dim: int) -> Tensor:
    """Unit vectors far apart from each other, a harmonic frame: (classes, dim), in double.

    Vector k has the coordinates cos(2πkj / classes) and sin(2πkj / classes) for j = 1, 2, ...; in
    the plane these are points on a circle, ten of them in 20 dimensions are orthogonal.

    Raises:
        ValueError: an odd number of dimensions.
    """
    if dim % 2:
        raise ValueError(f"a mixture needs an even number of dimensions, not {dim}")
    k = torch.arange(classes, dtype=torch.double)
    angle = 2 * math.pi / classes * k.unsqueeze(1) * torch.arange(1, dim // 2 + 1)
    return torch.stack([angle.cos(), angle.sin()], -1).flatten(1) / math.sqrt(dim / 2)


def own_axes(direction: Tensor) -> Tensor:
    """An orthonormal basis of positive orientation, ``direction`` (dim,) its first row."""
    unit = torch.eye(len(direction), dtype=direction.dtype)
    basis = torch.linalg.qr(torch.cat([direction.unsqueeze(1), unit], 1)).Q.T.clone()
    basis[0] = direction
    basis[-1] *= torch.linalg.det(basis).sign()
    return basis


class SwissRoll(Prior):
    """A curve rolled up in the plane, one stretch for each class, in numeric order from the centre.

    At u in [0, 1] the roll has radius 3√u and angle 4π√u: a curve without thickness, hence without
    a density. A variational autoencoder cannot use it; an adversarial one needs only samples.
    """

    part = "arc"

    def __init__(self, classes: int = 10):
        super().__init__(dim=2, classes=classes)
        if classes < 1:
            raise ValueError(f"a swiss roll needs at least 1 class, not {classes}")

    def draw(self, shape, labels):
        k = self._labels(shape, labels)
        return self.curve((k + torch.rand(shape, device=self.origin.device)) / self.classes)

    def nearest_class(self, z: Tensor, points: int = 2000) -> Tensor:
        """The class whose stretch of the roll is nearest to a code: (n, 2) -> (n,).

        Args:
            z: codes.
            points: how many points of the roll are tried.
        """
        u = (torch.arange(points, device=z.device) + 0.5) / points
        return (u[torch.cdist(z, self.curve(u)).argmin(-1)] * self.classes).long()

    def outline(self) -> Tensor:
        """Points along the roll from its centre: (600, 2)."""
        return self.curve(torch.linspace(0, 1, 600, device=self.origin.device))

    @staticmethod
    def curve(u: Tensor) -> Tensor:
        """The point at u in [0, 1] along the roll: (...) -> (..., 2)."""
        root = u.sqrt()
        radius, angle = 3 * root, 4 * math.pi * root
        return torch.stack([radius * angle.cos(), radius * angle.sin()], -1)


class Categorical(Prior):
    """One-hot draws of equally likely classes: the prior of a label, Cat(y)."""

    def __init__(self, classes: int = 10):
        super().__init__(dim=classes, classes=classes)

    def draw(self, shape, labels):
        return one_hot(self._labels(shape, labels), self.classes)

    def log_prob(self, y: Tensor) -> Tensor:
        """log p(y) = -log K of a one-hot y: (..., K) -> (...)."""
        return y.new_full(y.shape[:-1], -math.log(self.classes))
