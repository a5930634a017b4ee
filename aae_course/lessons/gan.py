"""Pictures and measures of notebook 04: a game in the plane, modes that are hit, what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

import torch
from matplotlib.axes import Axes
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.labels.figure_7 import accuracy
from aae_course.models import Classifier
from aae_course.models.losses import discriminator_loss
from aae_course.pictures.style import DIGIT_COLOURS

BLUE, ORANGE, GREEN = DIGIT_COLOURS[:3]
LIMIT, SIDE = 2.6, 80  # of the plane that is shown, and how many places of it along each axis
TWO_LOG_2 = 1.386  # what it costs not to know


class Judged(NamedTuple):
    """How a game ended: modes that are hit, and the share of the samples inside of any mode."""

    modes: int
    inside: float


def judged(samples: Tensor, centres: Tensor, radius: float) -> Judged:
    """The one measure of every game in the plane.

    A sample is inside of a mode if it lies within ``radius`` of the nearest centre. A mode is hit
    if it holds a tenth of its fair share of all samples, or more.

    Args:
        samples: (n, 2).
        centres: (modes, 2).
        radius: how far a mode reaches.
    """
    distance, nearest = torch.cdist(samples, centres).min(1)
    inside = distance <= radius
    counts = torch.bincount(nearest[inside], minlength=len(centres))
    modes = (10 * len(centres) * counts >= len(samples)).sum()
    return Judged(int(modes), inside.float().mean().item())


def medians(runs: Iterable[Judged]) -> Judged:
    """The median of each part, over runs."""
    return Judged(*(median(part) for part in zip(*runs, strict=True)))


def classes_drawn(classifier: Classifier, images: Tensor) -> Tensor:
    """Which classes images show, by a classifier: (n, pixels) -> shares (classes,).

    It has to choose, also where an image shows nothing.
    """
    with torch.no_grad():
        named = torch.cat([classifier(part).argmax(-1) for part in images.split(1000)])
    return torch.bincount(named, minlength=classifier.classes) / len(images)


def classes_hit(shares: Tensor) -> int:
    """How many classes get a tenth of their fair share or more."""
    return int((10 * len(shares) * shares >= 1 - 1e-6).sum())


@torch.no_grad()
def error_of(classifier: Classifier, images: Tensor, labels: Tensor) -> float:
    """Share of images (n, pixels) of bytes that the classifier names wrongly."""
    return 1 - accuracy(classifier, as_pixels(images), labels)


def penalised_loss(
    D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, gamma: float
) -> Tensor:
    """L_D + γ/2 E‖∇ₓ a(x)‖² over real x, with log-odds a (R1; Mescheder et al., 2018).

    Args:
        D: (..., n, 2) -> log-odds (..., n, 1).
        real: (..., n, 2).
        fake: (..., n, 2), detached.
        gamma: γ.
    """
    x = real.detach().requires_grad_()
    a = D(x)
    (slope,) = torch.autograd.grad(a.sum(), x, create_graph=True)
    penalty = 0.5 * gamma * slope.square().sum(-1).mean(-1)
    return discriminator_loss(a, D(fake)) + penalty


def plane() -> Tensor:
    """Places of the plane that is shown, row by row: (SIDE², 2)."""
    axis = torch.linspace(-LIMIT, LIMIT, SIDE)
    return torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).view(-1, 2)


def draw_game(ax: Axes, points: Tensor, log_odds: Tensor, data: Tensor, title: str = "") -> None:
    """A moment of a game: what D thinks of every place, the data, and what G makes.

    Args:
        ax: where to draw.
        points: of the generator, (n, 2); the first 500 are shown.
        log_odds: of D at each place of `plane`, (SIDE², 1).
        data: (n, 2).
        title: of the axes.
    """
    axis = torch.linspace(-LIMIT, LIMIT, SIDE)
    answers, levels = log_odds.detach().sigmoid().view(SIDE, SIDE), torch.linspace(0, 1, 11)
    ax.contourf(axis, axis, answers, levels, cmap="Greys", alpha=0.6)
    ax.scatter(*data.T, s=5, color=ORANGE, marker="x", linewidths=0.6)
    ax.scatter(*points[:500].detach().T, s=4, color=BLUE)
    ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), aspect="equal", xticks=[], yticks=[])
    ax.set_title(title)


def draw_curves(ax: Axes, steps: Sequence[int], d_loss: Tensor, g_loss: Tensor) -> None:
    """Both losses of a game on a logarithmic axis, and what it costs D not to know."""
    ax.plot(steps, d_loss, color=BLUE, linewidth=1.2, label="$L_D$")
    ax.plot(steps, g_loss, "--", color=ORANGE, linewidth=1.2, label="$L_G$")
    ax.axhline(TWO_LOG_2, color="0.2", linestyle=":", linewidth=1, label=r"$2\,\log\,2$")
    ax.axhline(TWO_LOG_2 / 2, color="0.5", linestyle="-.", linewidth=1, label=r"$\log\,2$")
    ax.set(yscale="log", xlabel="step")


def smoothed(values: Tensor, length: int) -> tuple[list[int], Tensor]:
    """Means of so many values each, and the steps in their middles: (n, ...) -> (n // length, ...).

    The first stretch is left out: what happens there would take up the axis.
    """
    whole = len(values) // length
    means = values[: whole * length].view(whole, length, *values.shape[1:]).mean(1)
    return [i * length + length // 2 for i in range(1, whole)], means[1:]


def draw_ratios(axes: Sequence[Axes], games: Mapping[float, Iterable[Judged]]) -> None:
    """Modes that are hit, and the share inside: a mark for each run, a line through the medians.

    Args:
        axes: two.
        games: ratio of the learning rates -> how its runs ended.
    """
    ratios = list(games)
    for ax, part, colour in zip(axes, ("modes", "inside"), (BLUE, GREEN), strict=True):
        values = [[getattr(run, part) for run in runs] for runs in games.values()]
        for ratio, ended in zip(ratios, values, strict=True):
            spread = torch.linspace(-0.06, 0.06, len(ended)).exp()  # or equal ones hide each other
            ax.plot(ratio * spread, ended, "o", color=colour, markersize=4.5, alpha=0.75)
        ax.plot(ratios, [median(ended) for ended in values], color=colour, linewidth=1)
        ax.set(xscale="log", xlabel="learning rate of $D$ / learning rate of $G$")
        ax.set_xticks(ratios, [f"{ratio:g}" for ratio in ratios])
        ax.minorticks_off()
    axes[0].set(ylabel="clouds hit, of 10", ylim=(-0.5, 10.5))
    axes[1].set(ylabel="share of points inside", ylim=(-0.05, 1.05))


def draw_shares(ax: Axes, shares: Tensor) -> None:
    """The share of each class, and the fair one."""
    ax.bar(range(len(shares)), shares.tolist(), color=BLUE)
    ax.axhline(1 / len(shares), color="0.2", linestyle="--", linewidth=1)
    ax.set(xticks=range(len(shares)), xlabel="class", ylim=(0, 1.05))


def slopes_of(losses: Mapping[str, Callable[[Tensor], Tensor]], a: Tensor) -> dict[str, Tensor]:
    """The derivative of each loss by the log-odds ``a`` (n,), from autograd."""
    slopes = {}
    for name, loss in losses.items():
        at = a.detach().requires_grad_()
        (slopes[name],) = torch.autograd.grad(loss(at).sum(), at)
    return slopes
