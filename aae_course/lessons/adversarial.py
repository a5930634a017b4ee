"""Measures and pictures of notebook 05: codes judged by three numbers, clouds, losses, seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image
from torch import Tensor

from aae_course.experiments.measures import measure_model
from aae_course.lessons.gan import BLUE, TWO_LOG_2, smoothed
from aae_course.models import EncoderDecoder
from aae_course.randomness import generators_restored, seed_noise
from aae_course.training.history import History


class Judged(NamedTuple):
    """How the codes of a model stand to its prior, and what comes back of the images."""

    match: float  # accuracy of a classifier between codes and draws
    holes: float  # share of draws far from every code
    error: float  # ½‖x̂ − x‖²


def judge(model: EncoderDecoder, x: Tensor, seed: int = 0) -> Judged:
    """The three numbers of a model, from images x (n, pixels) that it was not trained on."""
    row = measure_model(model, x, seed=seed)
    return Judged(
        row["prior_two_sample_accuracy"],
        row["prior_hole_fraction"],
        row["held_out_half_squared_error"],
    )


@torch.no_grad()
def share_within(model: EncoderDecoder, x: Tensor, times: int = 20) -> float:
    """Which share of the variance of q(z) is that of one q(z|x), averaged over images.

    Args:
        model: whose codes may be drawn.
        x: (n, pixels).
        times: how often each image is encoded.
    """
    with generators_restored(x.device):
        seed_noise([0])
        codes = torch.stack([model.encode(x) for _ in range(times)])
    whole = codes.flatten(0, 1).var(0).sum()
    return (codes.var(0).mean(0).sum() / whole).item()


def clouds(count: int, seed: int = 0) -> dict[str, Tensor]:
    """The five clouds of the prediction, beside N(0, I): letter -> points (count, 2)."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(5, count, 2, generator=generator)
    turn = 2 * math.pi * torch.rand(count, generator=generator)
    chance = torch.rand(count, generator=generator)

    def lumps(share: float) -> Tensor:
        side = torch.where(chance < share, 1.5, -1.5)
        return torch.stack([side, torch.zeros(count)], 1)

    return {
        "A": noise[0] + torch.tensor([1.0, 0.0]),
        "B": 0.4 * noise[1],
        "C": 1.5 * torch.stack([turn.cos(), turn.sin()], 1) + 0.15 * noise[2],
        "D": lumps(0.5) + 0.4 * noise[3],
        "E": lumps(0.75) + 0.4 * noise[4],
    }


def draw_phases(
    axes: Sequence[Axes], history: History, label: str = "", replica: int = 0, colour=BLUE
) -> None:
    """The loss of each phase on a logarithmic axis, without the first stretch.

    Dotted lines stand where no discriminator can tell codes from draws.

    Args:
        axes: one for each phase.
        history: of the training.
        label: of the curves.
        replica: whose losses.
        colour: of the curves.
    """
    for ax, phase in zip(axes, history.losses, strict=True):
        curve = torch.tensor(history.curve(phase, replica))
        at, means = smoothed(curve, max(1, len(curve) // 50))
        ax.plot([history.steps[i] for i in at], means, color=colour, linewidth=1.2, label=label)
        ax.set(yscale="log", title=phase, xlabel="step")
        if phase.endswith("discriminator"):
            ax.axhline(TWO_LOG_2, color="0.2", linestyle=":", linewidth=1)
        if phase == "generator":  # its loss is a sum over the discriminators that it faces
            judges = sum(each.endswith("discriminator") for each in history.losses)
            ax.axhline(judges * TWO_LOG_2 / 2, color="0.2", linestyle=":", linewidth=1)
        plain_ticks(ax)


def plain_ticks(ax: Axes) -> None:
    """Numbers such as 0.7 and 20 on a logarithmic axis that spans little."""
    low, high = ax.get_ylim()
    steps = [n * 10.0**power for power in range(-4, 4) for n in (1, 1.2, 1.5, 2, 3, 4, 5, 7)]
    ticks = [tick for tick in steps if low < tick < high]
    if len(ticks) < 2:
        ticks = [tick for tick in MaxNLocator(4).tick_values(low, high) if low < tick < high]
    ticks = ticks[:: -(-len(ticks) // 6)] if len(ticks) > 6 else ticks
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()


def draw_seeds(ax: Axes, runs: Mapping[str, Sequence[float]], ideal: float | None = None) -> None:
    """A mark for each seed of each way, and a line where they would be if all were well."""
    for place, values in enumerate(runs.values()):
        spread = torch.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else torch.zeros(1)
        ax.plot(place + spread, values, "o", color=BLUE, markersize=5, alpha=0.8)
    if ideal is not None:
        ax.axhline(ideal, color="0.2", linestyle=":", linewidth=1)
    ax.set_xticks(range(len(runs)), list(runs))
    ax.set_xlim(-0.5, len(runs) - 0.5)
    ax.grid(axis="y")


def show(figure: Figure) -> None:
    """Display a figure in a few hundred colours, and close it: clouds of dots make large files."""
    from IPython.display import Image as Shown, display  # absent on many servers

    drawn, file = BytesIO(), BytesIO()
    figure.savefig(drawn, dpi=figure.dpi, bbox_inches="tight")
    plt.close(figure)
    image = Image.open(drawn).convert("RGB")
    few = image.quantize(200, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    display(Shown(file.getvalue()))
