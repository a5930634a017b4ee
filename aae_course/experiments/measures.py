"""Measurements that several figures and tables take of a trained recipe."""

from __future__ import annotations

import torch
from torch import Tensor

from aae_course.data.dataset import Split
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.numbers import by_name
from aae_course.experiments.trained import Trained
from aae_course.metrics import (
    components_hit,
    hole_fraction,
    reconstruction_error,
    sliced_wasserstein,
    two_sample_accuracy,
)
from aae_course.metrics.clustering import clustered, score
from aae_course.metrics.codes import error_percent
from aae_course.models import EncoderDecoder
from aae_course.randomness import generators_restored, seed_noise


def match(codes: Tensor, draws: Tensor, seed: int) -> dict[str, float]:
    """How closely codes follow the prior; the Wasserstein distance in its standard deviations."""
    return {
        "prior_two_sample_accuracy": two_sample_accuracy(codes, draws, seed),
        "sliced_wasserstein_stds": sliced_wasserstein(codes, draws, seed=seed) / draws.std().item(),
    }


def measure_codes(trained: Trained) -> dict[str, list[float]]:
    """How well the codes of the test images follow the prior, and what comes back of the images."""
    pairs = zip(trained.models, trained.seeds, strict=True)
    x, y = as_pixels(trained.measured.images), trained.measured.labels
    return by_name([measure_model(model, x, y, seed) for model, seed in pairs])


def measure_model(
    model: EncoderDecoder, x: Tensor, y: Tensor | None = None, seed: int = 0
) -> dict[str, float]:
    """The same of one model.

    Args:
        model: any with a code and a prior.
        x: (n, pixels) images that it was not trained on.
        y: (n,) labels, which some models ask for.
        seed: of the draws.
    """
    with generators_restored(x.device):
        seed_noise([seed])
        with torch.no_grad():
            codes, draws = model.encode(x, y), model.prior.sample(len(x))
            others = model.prior.sample(len(x))
        row = {
            "prior_two_sample_accuracy": two_sample_accuracy(codes, draws, seed),
            "prior_hole_fraction": hole_fraction(codes, draws, others),
            "held_out_half_squared_error": reconstruction_error(model, x, y),
        }
    if model.prior.part == "component":
        row["components_hit"] = components_hit(codes, model.prior)
    return row


def measure_errors(trained: Trained) -> dict[str, list[float]]:
    """Test error of a model that gives logits, and its validation error, on which choices are made.

    On the way the "test" images are validation images, and the second number says nothing new.
    """
    measured = {"test_error_percent": errors(trained, trained.measured)}
    if trained.final:
        measured["validation_error_percent"] = errors(trained, trained.data.validation)
    return measured


def errors(trained: Trained, split: Split) -> list[float]:
    """Of every seed's model, in percent."""
    return [error_percent(model, split) for model in trained.models]


def measure_clusters(trained: Trained) -> dict[str, list[float]]:
    """Every measure of every seed's model."""
    rows = [
        score(clustered(model, trained.data.validation), clustered(model, trained.measured))
        for model in trained.models
    ]
    return by_name(rows)
