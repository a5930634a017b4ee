"""The paper's figures: which recipes they need, what is measured on them, how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from aae_course import recipes
from aae_course.architecture import draw_architecture
from aae_course.comparison import draw_interpolations, measure_comparison
from aae_course.jobs import Trained
from aae_course.likelihood import (
    PAPER,
    draw_figure_5,
    measure_digits,
    measure_faces,
    table_1,
)
from aae_course.metrics import components_hit, reconstruction_error, two_sample_accuracy
from aae_course.minibatches import as_pixels
from aae_course.models import Model
from aae_course.plots import plot_codes, plot_latent_grid
from aae_course.priors import GaussianMixture
from aae_course.randomness import generators_restored, seed_noise
from aae_course.recipes.comparison import COMPARISON
from aae_course.reproduce import Artefact
from aae_course.verdict import table_comparison


def measure_codes(trained: Trained) -> dict[str, list[float]]:
    """How well the codes of the test images follow the prior, and what comes back of the images."""
    x = as_pixels(trained.data.test.images)
    pairs = zip(trained.models, trained.seeds, strict=True)
    rows = [_measure_model(model, x, seed) for model, seed in pairs]
    return {metric: [row[metric] for row in rows] for metric in rows[0]}


def _measure_model(model: Model, x: torch.Tensor, seed: int) -> dict[str, float]:
    with generators_restored(x.device):
        seed_noise([seed])
        with torch.no_grad():
            codes, draws = model.encode(x), model.prior.sample(len(x))
        measured = {
            "prior_two_sample_accuracy": two_sample_accuracy(codes, draws, seed),
            "held_out_half_squared_error": reconstruction_error(model, x),
        }
    if isinstance(model.prior, GaussianMixture):
        measured["components_hit"] = components_hit(codes, model.prior)
    return measured


def draw_figure_2(trained: Mapping[str, Trained], scale: str) -> Figure:
    """AAE above VAE, Gaussian prior beside mixture, and the manifold of panel a; first seed."""
    figure, axes = plt.subplot_mosaic(
        [["a", "b", "e"], ["c", "d", "e"]], figsize=(16, 8.3), layout="constrained",
        width_ratios=[1, 1, 2],
    )  # fmt: skip
    for panel, run in trained.items():
        model, test = run.models[0], run.data.test
        with generators_restored(test.images.device):
            seed_noise(run.seeds[:1])
            plot_codes(model, test.images, test.labels, model.prior, axes[panel])
        axes[panel].set_title(f"({panel}) {run.recipe.title}")
    manifold = trained["a"]
    shape = manifold.data.image_shape
    plot_latent_grid(manifold.models[0], manifold.models[0].prior, 20, shape, axes["e"])
    axes["e"].set_title("(e) images decoded over the prior of (a), even in probability")
    return figure


def draw_figure_1(trained: Mapping[str, Trained], scale: str) -> Figure:
    """The architecture of the basic adversarial autoencoder."""
    recipe = recipes.get("aae_gaussian", scale)
    return draw_architecture(recipe.build(784), 784, "An adversarial autoencoder")


ARTEFACTS: dict[str, Artefact] = {
    "fig1": Artefact("Figure 1: architecture of the adversarial autoencoder", {}, draw_figure_1),
    "fig2": Artefact(
        "Figure 2: codes of AAE and VAE over a Gaussian and a mixture",
        {"a": "aae_gaussian", "b": "aae_mixture", "c": "vae_gaussian", "d": "vae_mixture"},
        draw_figure_2,
        measure_codes,
    ),
    "fig5": Artefact(
        "Figure 5: samples, and the training images nearest to some of them",
        {"a": "aae_likelihood", "b": "aae_likelihood_tfd"},
        draw_figure_5,
        optional={"b": ()},
    ),
    "table1": Artefact(
        "Table 1: Parzen-window log-likelihood",
        {"mnist": "aae_likelihood", "tfd": "aae_likelihood_tfd"},
        measure={"mnist": measure_digits, "tfd": measure_faces},
        paper=PAPER,
        table=table_1,
        optional={"tfd": ("tfd_10k.parzen_nats", "tfd_10m.parzen_nats")},
    ),
    "comparison": Artefact(
        "AAE, VAE, WAE and plain autoencoder on equal terms (not in the paper)",
        {name: name for name in COMPARISON},
        draw_interpolations,
        measure_comparison,
        table=table_comparison,
    ),
}
