"""What each part of the recipes with views is worth, left out one at a time; not in the paper.

The command is ``aae-course reproduce invariance``. All numbers are of validation images: what was
chosen here was chosen on them.
"""

from __future__ import annotations

from functools import partial

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact, Measured
from aae_course.experiments.invariance.ablation_recipes import ABLATION_RECIPES, CHANGES
from aae_course.experiments.measures import match
from aae_course.experiments.numbers import Metrics, by_name, seeds_in_words
from aae_course.experiments.trained import Trained
from aae_course.metrics import reconstruction_error
from aae_course.models import LabelAndStyle
from aae_course.pictures.style import OURS, PAPERS, WIDE
from aae_course.pictures.tables import Column, Table, heading_of, table_rows
from aae_course.randomness import generators_restored, seed_noise

TITLES = {
    "nothing": "nothing left out",
    "demand": "without the demand on two views",
    "other_demand": "the other form of the demand",
    "distortions": "without distortions, with noise",
    "label_adversary": "without the adversary on y",
    "style_adversary": "without the adversary on z",
    "reconstruction": "without reconstruction",
    "averaging": "without averaged weights",
    "convolutions": "perceptrons for convolutions",
    "discriminator": "the paper's discriminator of y",
    "relaxing": "without relaxing the pull on y",
}
TASKS = {"labels": "100 labels", "clusters": "16 clusters, the paper's naming"}
ERROR = "error_percent"
COLUMNS = {
    "labels": [
        Column(f"labels_{ERROR}", "100 labels, error %", form=".2f"),
        Column("labels_reconstruction", "reconstruction", form=".1f"),
        Column("labels_style_told", "styles told from prior", form=".2f"),
    ],
    "clusters": [
        Column(f"clusters_{ERROR}", "16 clusters, error %", form=".1f"),
        Column("clusters_majority_error_percent", "by majority, %", form=".1f"),
        Column("clusters_alive", "alive", more_is_better=True, form=".1f"),
        Column("clusters_reconstruction", "reconstruction", form=".1f"),
        Column("clusters_style_told", "styles told from prior", form=".2f"),
    ],
}
WATCHED = {
    "labels": {"validation_error_percent": ERROR},
    "clusters": {
        "validation_error_percent": ERROR,
        "validation_majority_error_percent": "majority_error_percent",
        "clusters_alive": "alive",
    },
}


def measure_without(task: str, left_out: str, trained: Trained) -> Measured:
    """The errors after the last epoch, and what became of images and styles."""
    if not trained.history.evaluations:
        return {}
    last = trained.history.evaluations[-1]
    measured = {name: last[watched] for watched, name in WATCHED[task].items()}
    if trained.final:
        pairs = zip(trained.models, trained.seeds, strict=True)
        measured |= by_name([_images_and_styles(model, trained, seed) for model, seed in pairs])
    return {(left_out, f"{task}_{name}"): values for name, values in measured.items()}


@torch.no_grad()
def _images_and_styles(model: LabelAndStyle, trained: Trained, seed: int) -> dict[str, float]:
    x = as_pixels(trained.data.validation.images)
    with generators_restored(x.device):
        seed_noise([seed])
        _, z = model.label_and_style(x)
        told = match(z, model.prior.sample(len(x)), seed)["prior_two_sample_accuracy"]
        return {"reconstruction": reconstruction_error(model, x), "style_told": told}


def table_invariance(metrics: Metrics) -> Table:
    """A row for each part that is left out, first with labels, then without."""
    columns = [column for task in TASKS for column in COLUMNS[task]]
    rows = table_rows({name: [title] for name, title in TITLES.items()}, columns, metrics.of)
    notes = [
        "Of validation images, after 3 epochs with labels and 5 without. Reconstruction is "
        "½‖x̂ − x‖²; styles that are told from their prior half of the time follow it.",
        "With labels the demand is mutual information, without them disagreement; the other form "
        "is the other of the two.",
        seeds_in_words(metrics, f"labels_{ERROR}"),
    ]
    return Table(["", *heading_of(columns)], {"": rows}, notes)


def draw_invariance(metrics: Metrics) -> Figure:
    """A panel for each task: every seed's error with each part left out, and their mean."""
    figure, axes = plt.subplots(1, 2, figsize=(WIDE, 4.4), layout="constrained", sharey=True)
    for ax, (task, title) in zip(axes, TASKS.items(), strict=True):
        draw_errors(ax, metrics, f"{task}_{ERROR}")
        ax.set_title(title)
    axes[0].set_yticks([-place for place in range(len(TITLES))], list(TITLES.values()))
    figure.supxlabel(
        "validation error, %: a point for each seed, a line at their mean", fontsize=10
    )
    return figure


def draw_errors(ax: Axes, metrics: Metrics, metric: str) -> None:
    """Points of seeds and a stroke at their mean, a row each; a line where nothing is left out."""
    for place, name in enumerate(TITLES):
        number = metrics.of(name, metric)
        if number.mean is None:
            continue
        colour = PAPERS if name == "nothing" else OURS
        ax.plot(number.per_seed, [-place] * len(number.per_seed), "o", color=colour, alpha=0.6)
        ax.plot(number.mean, -place, "|", color="black", markersize=14, markeredgewidth=1.6)
        if name == "nothing":
            ax.axvline(number.mean, color=colour, linewidth=0.8, linestyle="--")
    ax.set_xscale("log")
    ax.set_xticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="x")


MEASURES = {
    f"{task}_without_{left_out}": partial(measure_without, task, left_out)
    for task, of_task in CHANGES.items()
    for left_out in of_task
}
ARTEFACT = Artefact(
    "What each part of the recipes with views is worth (not in the paper)",
    {name: name for name in ABLATION_RECIPES},
    measure=MEASURES,
    table=table_invariance,
    draw_numbers=draw_invariance,
)
