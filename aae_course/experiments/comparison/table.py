"""AAE, VAE, WAE and plain autoencoder on equal terms, as one table; not in the paper.

The command is ``aae-course reproduce comparison``. Its picture shows interpolations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.comparison.measure import measure_comparison
from aae_course.experiments.comparison.recipes import BETAS, COMPARISON_RECIPES, SPACES
from aae_course.experiments.numbers import Metrics, seeds_in_words
from aae_course.experiments.trained import Trained
from aae_course.metrics.significance import best
from aae_course.pictures.plots import image_grid
from aae_course.pictures.style import WIDE
from aae_course.pictures.tables import Column, Table, heading_of, table_rows
from aae_course.randomness import generators_restored, seed_noise

COLUMNS_OF_COMPARISON = [
    Column("prior_two_sample_accuracy", "told from prior", form=".3f"),
    Column("sliced_wasserstein_stds", "sliced Wasserstein", form=".3f"),
    Column("half_squared_error", "reconstruction", form=".2f"),
    Column("frechet_distance", "Fréchet", form=".0f"),
    Column("precision", "precision", more_is_better=True, form=".3f"),
    Column("recall", "recall", more_is_better=True, form=".3f"),
    Column("midpoint_precision", "midpoints", more_is_better=True, form=".3f"),
    Column("nearest_neighbour_error_percent", "k-NN error %", form=".1f"),
    Column("linear_probe_error_percent", "linear error %", form=".1f"),
]
BOLD = "Bold: the best of a block, and what Welch's test does not tell from it."
TUNED = "vae_tuned"
METHOD_TITLES = {
    "aae_deterministic": "AAE, deterministic",
    "aae_gaussian": "AAE, Gaussian posterior",
    "aae_universal": "AAE, universal approximator",
    "vae": "VAE, β = 1",
    TUNED: "VAE, β tuned",
    "wae": "WAE-MMD",
    "autoencoder": "autoencoder, prior fitted",
}


def tuned_beta(metrics: Metrics, space: str) -> str:
    """The run of the VAE whose β is the best on validation images, one of `BETAS`."""

    def distance(run: str) -> float:
        return metrics.of(f"{space}_{run}", "validation_frechet_distance").mean

    return min(BETAS, key=distance)


def rows_of(metrics: Metrics, space: str) -> dict[str, str]:
    """Method -> row of the metrics in a space."""
    runs = {method: method for method in METHOD_TITLES} | {TUNED: tuned_beta(metrics, space)}
    return {method: f"{space}_{run}" for method, run in runs.items()}


def best_methods(metrics: Metrics, space: str) -> dict[str, set[str]]:
    """Name of a column -> the methods that are best in a space."""
    rows = rows_of(metrics, space)
    return {
        column.name: best(
            {method: metrics.of(row, column.name).per_seed for method, row in rows.items()},
            column.more_is_better,
        )
        for column in COLUMNS_OF_COMPARISON
    }


def count_best(metrics: Metrics) -> dict[str, Counter]:
    """Name of a column -> in how many spaces each method is best or not told from the best."""
    counts = {
        column.name: Counter(dict.fromkeys(METHOD_TITLES, 0)) for column in COLUMNS_OF_COMPARISON
    }
    for space in SPACES:
        for column, methods in best_methods(metrics, space).items():
            counts[column].update(methods)
    return counts


def table_comparison(metrics: Metrics) -> Table:
    """A block of rows for each space, the best in bold; the last block counts the bold ones."""
    blocks = {}
    for space in SPACES:
        dim, prior = space.split("d_")
        blocks[f"{dim}-D, {prior}"] = rows_of_space(metrics, space)
    counts = count_best(metrics)
    blocks[f"best, of {len(SPACES)}"] = [
        [title, *(str(counts[column.name][method]) for column in COLUMNS_OF_COMPARISON)]
        for method, title in METHOD_TITLES.items()
    ]
    notes = [BOLD, seeds_in_words(metrics, "frechet_distance")]
    return Table(["", *heading_of(COLUMNS_OF_COMPARISON)], blocks, notes)


def rows_of_space(metrics: Metrics, space: str) -> list[list[str]]:
    """The rows of one block of the table."""
    rows = rows_of(metrics, space)
    starts = {method: [title] for method, title in METHOD_TITLES.items()}
    starts[TUNED] = [f"{METHOD_TITLES[TUNED]} to {BETAS[tuned_beta(metrics, space)]:g}"]
    return table_rows(
        starts,
        COLUMNS_OF_COMPARISON,
        lambda method, metric: metrics.of(rows[method], metric),
        best_methods(metrics, space),
    )


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
