"""AAE against VAE, WAE and the plain autoencoder: what notebook 12 measures, and its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.measures import match
from aae_course.experiments.trained import Trained
from aae_course.metrics import (
    Labelled,
    coded,
    linear_probe_error,
    nearest_neighbour_error,
    reconstruction_error,
)
from aae_course.metrics.codes import train_codes
from aae_course.metrics.judge import judge, judge_of
from aae_course.models import EncoderDecoder
from aae_course.models.fitted_prior import FittedMixture
from aae_course.models.priors import Prior
from aae_course.pictures.plots import image_grid
from aae_course.randomness import generators_restored, seed_noise

FITTED = {"gaussian": 1, "mixture": 10}  # components of the prior fitted to plain codes


def measure_comparison(trained: Trained) -> dict[str, list[float]]:
    """All columns of the table, for each prior of a panel and each seed."""
    rows: dict[str, list[dict]] = {}
    for model, seed in zip(trained.models, trained.seeds, strict=True):
        for row, prior in priors_of(model, trained, seed):
            rows.setdefault(row, []).append(measure_row(model, prior, trained, seed))
    return {
        f"{row}.{name}" if row else name: [of_seed[name] for of_seed in measured]
        for row, measured in rows.items()
        for name in measured[0]
    }


def priors_of(model: EncoderDecoder, trained: Trained, seed: int) -> Iterator[tuple[str, Prior]]:
    """The row and prior of a model; a plain autoencoder has two, fitted to its training codes."""
    prior = getattr(model, "prior", None)
    if prior is not None:
        yield "", prior
        return
    codes = train_codes(model, trained.data).x
    for kind, components in FITTED.items():
        yield f"{codes.shape[1]}d_{kind}_autoencoder", FittedMixture(codes, components, seed)


def measure_row(
    model: EncoderDecoder, prior: Prior, trained: Trained, seed: int
) -> dict[str, float]:
    """The columns of one model over one prior; while it still trains, the first three alone."""
    data = trained.data
    x = as_pixels(trained.measured.images)
    with generators_restored(x.device), torch.no_grad():
        seed_noise([seed])
        codes = coded(model, x, trained.measured.labels)
        draws = prior.sample(len(x))
        found = match(codes.x, draws, seed)
        found["half_squared_error"] = reconstruction_error(model, x)
        if trained.final:
            found |= read_labels(train_codes(model, data), codes)
            found |= judge(model, prior, codes.x, judge_of(data))
    return found


def read_labels(train: Labelled, test: Labelled) -> dict[str, float]:
    """How well the labels, which nobody trained on, can be read off the codes."""
    return {
        "nearest_neighbour_error_percent": nearest_neighbour_error(train, test),
        "linear_probe_error_percent": linear_probe_error(train, test),
    }


def draw_interpolations(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Images decoded on the straight line between the codes of two test images, of every method."""
    steps, pairs = 9, 2
    names = [name for name in trained if name.startswith("8d")]
    figure, axes = plt.subplots(
        len(names), 1, figsize=(9, 0.55 * len(names) + 0.3), layout="constrained"
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
        ax.text(-8, 14, run.recipe.title, ha="right", va="center", fontsize=8)
    return figure
