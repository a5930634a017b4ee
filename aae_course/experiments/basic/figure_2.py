"""Figure 2: codes of AAE and VAE over a Gaussian and a mixture.

The command is ``aae-course reproduce fig2``.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.measures import measure_codes
from aae_course.experiments.trained import Trained
from aae_course.pictures.plots import digit_legend, plot_codes, plot_latent_grid
from aae_course.pictures.style import WIDE
from aae_course.randomness import generators_restored, seed_noise


def draw_figure_2(trained: Mapping[str, Trained], scale: str) -> Figure:
    """AAE above VAE, Gaussian prior beside mixture, and the manifold of panel a; first seed."""
    figure, axes = plt.subplot_mosaic(
        [["a", "b", "e"], ["c", "d", "e"]], figsize=(WIDE, 5.4), layout="constrained",
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
    digit_legend(figure, manifold.data.test.labels)
    return figure


ARTEFACT = Artefact(
    "Figure 2: codes of AAE and VAE over a Gaussian and a mixture",
    {panel: f"figure_2{panel}" for panel in "abcd"},
    draw_figure_2,
    measure_codes,
)
