"""Figure 2: codes of AAE and VAE over a Gaussian and a mixture."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from aae_course.jobs import Trained
from aae_course.metrics import components_hit, reconstruction_error, two_sample_accuracy
from aae_course.minibatches import as_pixels
from aae_course.models import Model
from aae_course.plots import plot_codes, plot_latent_grid
from aae_course.priors import GaussianMixture
from aae_course.randomness import generators_restored, seed_noise
from aae_course.record import by_name


def measure_codes(trained: Trained) -> dict[str, list[float]]:
    """How well the codes of the test images follow the prior, and what comes back of the images."""
    x = as_pixels(trained.data.test.images)
    pairs = zip(trained.models, trained.seeds, strict=True)
    rows = [_measure_model(model, x, seed) for model, seed in pairs]
    return by_name(rows)


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
