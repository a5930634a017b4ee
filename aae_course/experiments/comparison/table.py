"""AAE, VAE, WAE and plain autoencoder on equal terms, as one table; not in the paper.

The command is ``aae-course reproduce comparison``. Its picture shows interpolations.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.comparison.differences import compare, tally
from aae_course.experiments.comparison.measure import measure_comparison
from aae_course.experiments.comparison.methods import (
    COLUMNS_OF_COMPARISON,
    TUNED,
    beta_at_edge,
    methods_in,
    number_of,
    tuned_beta,
)
from aae_course.experiments.comparison.recipes import BETAS, COMPARISON_RECIPES, SPACES
from aae_course.experiments.numbers import Metrics, seeds_in_words
from aae_course.experiments.trained import Trained
from aae_course.pictures.plots import image_grid
from aae_course.pictures.style import WIDE
from aae_course.pictures.tables import Column, Table, heading_of, table_rows
from aae_course.randomness import generators_restored, seed_noise

OURS = "aae_deterministic"
NOTES = [
    "Bold: the best mean of a block, which need not be told from the next.",
    "At means: codes are the means of q(z|x); otherwise they are drawn from it.",
    "* The chosen β is the largest or the smallest that was tried.",
    "Last block: in how many spaces the deterministic AAE is better – worse – not told apart, by "
    "Welch's test at 5 %, with Holm's correction for all tests of a row.",
]


def table_comparison(metrics: Metrics) -> Table:
    """A block of rows for each space, its best mean in bold, and one that compares with the AAE."""
    blocks = {}
    for space in SPACES:
        dim, prior = space.split("d_")
        blocks[f"{dim}-D, {prior}"] = rows_of_space(metrics, space)
    blocks["the deterministic AAE against"] = rows_of_differences(metrics)
    notes = [*NOTES, seeds_in_words(metrics, "frechet_distance")]
    return Table(["", *heading_of(COLUMNS_OF_COMPARISON)], blocks, notes)


def rows_of_space(metrics: Metrics, space: str) -> list[list[str]]:
    """The rows of one block of the table."""
    tuned = f" to {BETAS[tuned_beta(metrics, space)]:g}{'*' * beta_at_edge(metrics, space)}"
    methods = methods_in(metrics)
    starts = {
        method: [title.replace("β tuned", f"β tuned{tuned}") if TUNED in method else title]
        for method, title in methods.items()
    }
    return table_rows(
        starts,
        COLUMNS_OF_COMPARISON,
        lambda method, column: number_of(metrics, space, method, column),
        {column.name: {best_mean(metrics, space, column)} for column in COLUMNS_OF_COMPARISON},
    )


def best_mean(metrics: Metrics, space: str, column: Column) -> str:
    """The method with the best mean over seeds in a space."""
    sign = -1 if column.more_is_better else 1
    means = {m: number_of(metrics, space, m, column.name).mean for m in methods_in(metrics)}
    measured = {method: mean for method, mean in means.items() if mean is not None}
    return min(measured, key=lambda method: sign * measured[method])


def rows_of_differences(metrics: Metrics) -> list[list[str]]:
    """How the deterministic AAE stands to every other method, a row each."""
    rows = []
    for method, title in methods_in(metrics).items():
        if method != OURS:
            compared = compare(metrics, OURS, method)
            found = [tally(compared, column.name) for column in COLUMNS_OF_COMPARISON]
            rows.append(
                [title, *(" – ".join(map(str, each)) if any(each) else "" for each in found)]
            )
    return rows


def draw_interpolations(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Images decoded on the straight line between the codes of two test images, of every method."""
    steps, pairs = 9, 2
    names = [name for name in trained if name.startswith("8d")]
    figure, axes = plt.subplots(
        len(names), 1, figsize=(WIDE, 0.5 * len(names) + 0.3), layout="constrained"
    )
    for name, ax in zip(names, axes, strict=True):
        run = trained[name]
        x = as_pixels(run.data.test.images[: 2 * pairs])
        with generators_restored(x.device), torch.no_grad():
            seed_noise(run.seeds[:1])
            ends = run.models[0].encode(x)
            t = torch.linspace(0, 1, steps, device=x.device).view(-1, 1)
            lines = [a + t * (b - a) for a, b in zip(ends[0::2], ends[1::2], strict=True)]
            images = run.models[0].decode(torch.cat(lines))
        image_grid(ax, images, steps * pairs, run.data.image_shape)
        ax.text(-8, 14, run.recipe.title, ha="right", va="center", fontsize=9)
    return figure


ARTEFACT = Artefact(
    "AAE, VAE, WAE and plain autoencoder on equal terms (not in the paper)",
    {name: name for name in COMPARISON_RECIPES},
    draw_interpolations,
    measure_comparison,
    table=table_comparison,
)
