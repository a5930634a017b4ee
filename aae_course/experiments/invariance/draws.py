"""What the draw of a hundred labels decides: the error of every seed, with views; not in the paper.

The command is ``aae-course reproduce hundred_labels``, with ``--seeds 10`` for ten draws.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aae_course.data.labels import labelled_subset
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.measures import errors, measure_errors
from aae_course.experiments.trained import Trained
from aae_course.metrics.codes import predictions
from aae_course.pictures.plots import image_grid
from aae_course.pictures.style import OURS, PAPERS, WIDE

PANEL = "invariant_100"
SHOWN = 40  # misread images
PAPERS_ERROR = 1.90


def draw_draws(trained: Mapping[str, Trained], scale: str) -> Figure:
    """The errors of all seeds, the labelled images of the best and worst, and what it misreads."""
    run = trained[PANEL]
    by_seed = errors(run, run.measured)
    order = sorted(range(len(by_seed)), key=by_seed.__getitem__)
    best, worst = order[0], order[-1]
    figure, axes = plt.subplots(1, 4, figsize=(WIDE, 3.4), layout="constrained")
    _draw_errors(axes[0], [by_seed[place] for place in order], [run.seeds[i] for i in order])
    for ax, place, word in zip(axes[1:], (best, worst), ("best", "worst"), strict=False):
        _draw_labelled(ax, run, run.seeds[place])
        ax.set_title(f"labelled, {word}: seed {run.seeds[place]}")
    _draw_misread(axes[3], run, worst)
    return figure


def _draw_errors(ax: Axes, values: list[float], seeds: list[int]) -> None:
    ax.plot(range(len(values)), values, "o", color=OURS)
    ax.axhline(PAPERS_ERROR, color=PAPERS, linestyle="--")
    ax.annotate("the paper's mean", (0, PAPERS_ERROR), xytext=(0, 3), textcoords="offset points")
    ax.set_xticks(range(len(seeds)), [str(seed) for seed in seeds])
    ax.set(xlabel="seed", ylabel="test error, %", ylim=(0, None), title="every draw")
    ax.grid(axis="y")


def _draw_labelled(ax: Axes, run: Trained, seed: int) -> None:
    """The labelled images of a seed, a row for each digit."""
    train, count = run.data.train, run.recipe.training.labels
    subset = labelled_subset(train.labels, count, run.data.classes, seed)
    rows = subset[train.labels[subset].argsort(stable=True)]
    image_grid(ax, as_pixels(train.images[rows]), count // run.data.classes, run.data.image_shape)


def _draw_misread(ax: Axes, run: Trained, place: int) -> None:
    """Test images of the commonest mistake of a seed's model."""
    test = run.measured
    read = predictions(run.models[place], test.images).argmax(1)
    table = torch.zeros(run.data.classes, run.data.classes)
    wrong = read != test.labels
    table.index_put_((test.labels[wrong], read[wrong]), torch.ones(int(wrong.sum())), True)
    shown, taken_for = divmod(int(table.argmax()), run.data.classes)
    rows = ((test.labels == shown) & (read == taken_for)).nonzero().flatten()
    image_grid(ax, as_pixels(test.images[rows[:SHOWN]]), 5, run.data.image_shape)
    ax.set_title(f"worst: {shown} read as {taken_for},\n{len(rows)} of {int(wrong.sum())} mistakes")


ARTEFACT = Artefact(
    "What the draw of a hundred labels decides, with views (not in the paper)",
    {PANEL: PANEL},
    draw_draws,
    measure_errors,
)
