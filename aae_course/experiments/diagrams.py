"""Figures 1, 3, 6, 8 and 10: architectures, drawn from the models themselves.

The commands are ``aae-course reproduce fig1``, and so on with fig3, fig6, fig8 and fig10. Nothing
is trained.
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from aae_course.experiments import recipes
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.trained import Trained
from aae_course.pictures.diagram import draw_architecture

PIXELS = 784  # of the images that the drawn models are for


def diagram(title: str, recipe: str, heading: str) -> Artefact:
    """The architecture of a recipe's model, under a heading."""

    def draw(trained: Mapping[str, Trained], scale: str) -> Figure:
        return draw_architecture(recipes.get(recipe, scale).build(PIXELS), heading)

    return Artefact(title, {}, draw)


FIGURE_1 = diagram(
    "Figure 1: architecture of the adversarial autoencoder",
    "aae_gaussian",
    "An adversarial autoencoder",
)
FIGURE_3 = diagram(
    "Figure 3: architecture of the AAE whose discriminator sees labels",
    "label_informed_mixture",
    "An adversarial autoencoder with labels in its prior",
)
FIGURE_6 = diagram(
    "Figure 6: architecture of the supervised AAE",
    "supervised",
    "A supervised adversarial autoencoder",
)
FIGURE_8 = diagram(
    "Figure 8: architecture of the semi-supervised AAE",
    "semi_supervised_100",
    "A semi-supervised adversarial autoencoder",
)
FIGURE_10 = diagram(
    "Figure 10: architecture of the AAE for dimensionality reduction",
    "reduction_100",
    "An adversarial autoencoder for dimensionality reduction",
)
