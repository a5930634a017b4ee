"""What is measured on the AAE and on the methods that notebook 12 compares it with."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Measured
from aae_course.experiments.measures import match
from aae_course.experiments.numbers import RowMetric, by_name
from aae_course.experiments.trained import Trained
from aae_course.metrics import (
    Labelled,
    coded,
    linear_probe_error,
    nearest_neighbour_error,
    reconstruction_error,
)
from aae_course.metrics.codes import train_codes
from aae_course.metrics.judge import between_codes, judge_of, sample_scores
from aae_course.models import EncoderDecoder
from aae_course.models.fitted_prior import FittedMixture
from aae_course.models.priors import Prior
from aae_course.randomness import generators_restored, seed_noise

FITTED = {"gaussian": 1, "mixture": 10}  # components of the prior fitted to plain codes


AT_MEANS = "at_means_"  # before the name of a column: its codes are the means of q(z|x)


class AtMeans(EncoderDecoder):
    """A model with a Gaussian q(z|x), whose codes are the means instead of draws.

    Args:
        model: whose encoder has a ``posterior``.
    """

    def __init__(self, model: EncoderDecoder):
        super().__init__()
        self.encoder, self.decoder, self.prior = model.encoder, model.decoder, model.prior

    def encode(self, x, y=None):
        return self.encoder.posterior(x)[0]


def measure_comparison(trained: Trained) -> Measured:
    """All columns of the table for every seed; a plain autoencoder has a row for each prior."""
    pairs = zip(trained.models, trained.seeds, strict=True)
    return by_name([measure_seed(model, trained, seed) for model, seed in pairs])


def measure_seed(
    model: EncoderDecoder, trained: Trained, seed: int
) -> dict[str | RowMetric, float]:
    """The columns of one model, over its prior or over those that are fitted to its codes."""
    prior = getattr(model, "prior", None)
    if prior is not None:
        return measure_row(model, prior, trained, seed)
    return {
        (row, metric): value
        for row, fitted in fitted_priors(model, trained, seed)
        for metric, value in measure_row(model, fitted, trained, seed).items()
    }


def fitted_priors(
    model: EncoderDecoder, trained: Trained, seed: int
) -> Iterator[tuple[str, Prior]]:
    """The rows of a plain autoencoder, and the prior of each, fitted to its training codes."""
    codes = train_codes(model, trained.data).x
    for kind, components in FITTED.items():
        yield f"{codes.shape[1]}d_{kind}_autoencoder", FittedMixture(codes, components, seed)


def measure_row(
    model: EncoderDecoder, prior: Prior, trained: Trained, seed: int
) -> dict[str, float]:
    """The columns of one model over one prior; while it still trains, only the first three.

    Where q(z|x) is a Gaussian, the columns that depend on its draws are there for its means too.
    """
    data = trained.data
    x = as_pixels(trained.measured.images)
    with generators_restored(x.device), torch.no_grad():
        seed_noise([seed])
        codes = coded(model, x, trained.measured.labels)
        draws = prior.sample(len(x))
        measured = match(codes.x, draws, seed)
        measured["half_squared_error"] = reconstruction_error(model, x)
        if trained.final:
            measured |= read_labels(train_codes(model, data), codes)
            measured |= sample_scores(model, prior, codes.x, judge_of(data))
            if hasattr(model.encoder, "posterior"):
                measured |= measure_means(AtMeans(model), trained)
    return measured


def measure_means(model: AtMeans, trained: Trained) -> dict[str, float]:
    """The columns that depend on the codes of single images."""
    judge, x = judge_of(trained.data), as_pixels(trained.measured.images)
    codes = coded(model, x, trained.measured.labels)
    measured = {
        "half_squared_error": reconstruction_error(model, x),
        "midpoint_precision": between_codes(model, codes.x, judge),
        **read_labels(train_codes(model, trained.data), codes),
    }
    return {f"{AT_MEANS}{name}": value for name, value in measured.items()}


def read_labels(train: Labelled, test: Labelled) -> dict[str, float]:
    """How well the labels, which nobody trained on, can be read off the codes."""
    return {
        "nearest_neighbour_error_percent": nearest_neighbour_error(train, test),
        "linear_probe_error_percent": linear_probe_error(train, test),
    }
