"""Figure 4: codes whose place in the prior is chosen by their label.

The command is ``aae-course reproduce fig4``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.measures import measure_codes
from aae_course.experiments.trained import Trained
from aae_course.metrics import own_part_fraction
from aae_course.models import EncoderDecoder
from aae_course.models.priors import GaussianMixture, middles, square_grid
from aae_course.pictures.plots import digit_legend, image_grid, plot_codes
from aae_course.pictures.style import WIDE

SHOWN = 3  # components whose manifold is drawn, the first ones


def measure_label_informed(trained: Trained) -> dict[str, list[float]]:
    """The share of test codes in their own label's part of the prior, and what Figure 2 has."""
    test, prior = trained.measured, trained.models[0].prior
    x, y = as_pixels(test.images), test.labels
    with torch.no_grad():
        own = [own_part_fraction(model.encode(x, y), y, model.prior) for model in trained.models]
    return {f"own_{prior.part}_fraction": own, **measure_codes(trained)}


def draw_figure_4(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Codes over the mixture and over the roll, each beside images decoded from the prior."""
    figure = plt.figure(figsize=(WIDE, 6.6), layout="constrained")
    digit_legend(figure, trained["a"].data.test.labels)
    above, below = figure.subfigures(2, 1)
    draw_codes_and(draw_components, above, trained["a"], "ab")
    draw_codes_and(draw_roll, below, trained["c"], "cd")
    return figure


def draw_codes_and(draw_images, figure: SubFigure, run: Trained, names: str) -> None:
    """A scatter of test codes on the left, decoded images on the right; first seed."""
    left, right = figure.subfigures(1, 2, width_ratios=[1, 2.1])
    model, test = run.models[0], run.data.test
    ax = plot_codes(model, test.images, test.labels, model.prior, left.subplots())
    ax.set_title(textwrap.fill(f"({names[0]}) {run.recipe.title}", 32))
    draw_images(right, model, run.data.image_shape, names[1])


@torch.no_grad()
def draw_components(
    figure: SubFigure, model: EncoderDecoder, shape, name: str, side: int = 12
) -> None:
    """Images over the first components, each even in probability along its own two axes."""
    for k, ax in enumerate(figure.subplots(1, SHOWN)):
        image_grid(ax, model.decode(component_grid(model.prior, k, side)), side, shape, gap=0)
        ax.set_title(f"component {k}")
    figure.suptitle(f"({name}) images decoded over the first {SHOWN} components")


def component_grid(prior: GaussianMixture, k: int, side: int) -> Tensor:
    """Evenly probable points of component k, (side², 2), in rows from the top.

    The radial axis runs to the right, the tangential one upwards.
    """
    local = square_grid(torch.special.ndtri(middles(side))).to(prior.origin.device)
    return prior.centres[k] + (prior.stds * local) @ prior.axes[k]


@torch.no_grad()
def draw_roll(
    figure: SubFigure, model: EncoderDecoder, shape, name: str, a_class: int = 20
) -> None:
    """Images along the roll from its centre, a row for each class."""
    ax: Axes = figure.subplots()
    places = model.prior.classes * a_class
    u = middles(places).to(model.prior.origin.device)
    image_grid(ax, model.decode(model.prior.curve(u)), a_class, shape)
    ax.set_title(f"({name}) images decoded along the roll, a row for each label")


ARTEFACT = Artefact(
    "Figure 4: codes in the parts of a prior that belong to their labels",
    {"a": "label_informed_mixture", "c": "label_informed_roll"},
    draw_figure_4,
    measure_label_informed,
)
