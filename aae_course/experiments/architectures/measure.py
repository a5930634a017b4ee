"""What the two studies of architectures measure, and when a run of theirs has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import compress

import torch
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.architectures.recipes import CODE
from aae_course.experiments.artefact import Measured
from aae_course.experiments.measures import match, measure_clusters
from aae_course.experiments.numbers import by_name
from aae_course.experiments.trained import Trained
from aae_course.experiments.watch import WATCHED
from aae_course.metrics import coded, reconstruction_error
from aae_course.metrics.codes import error_percent
from aae_course.metrics.judge import judge_of, sample_scores
from aae_course.models import EncoderDecoder
from aae_course.networks.size import count_flops, count_parameters
from aae_course.randomness import generators_restored, seed_noise

TARGET = 0.6  # of the error of the mean image: how long does it take to get there?
ByMetric = dict[str, list[float] | str]  # metric -> a value for every seed, or why there is none


def measure_generation(row: str, trained: Trained) -> Measured:
    """How an AAE of this architecture rebuilds, follows its prior and samples."""
    rows = [
        _measure_seed(model, trained, seed)
        for model, seed in zip(trained.models, trained.seeds, strict=True)
    ]
    useless = mean_image_error(trained, trained.measured.images)
    broken = [not of_seed["half_squared_error"] <= 0.9 * useless for of_seed in rows]
    found = named(row, "generation", by_name(rows), broken, trained)
    if trained.final:
        found[row, "epochs_to_target"] = epochs_to_target(trained, broken)
    return found


@torch.no_grad()
def _measure_seed(model: EncoderDecoder, trained: Trained, seed: int) -> dict[str, float]:
    test = trained.measured
    x = as_pixels(test.images)
    with generators_restored(x.device):
        seed_noise([seed])
        codes = coded(model, x, test.labels).x
        measured = {
            "half_squared_error": reconstruction_error(model, x),
            **match(codes, model.prior.sample(len(x)), seed),
        }
        if trained.final:
            measured |= sample_scores(model, model.prior, codes, judge_of(trained.data))
    return measured


def measure_labels(row: str, trained: Trained, task: str) -> Measured:
    """Test error with few labels."""
    errors = [error_percent(model, trained.measured) for model in trained.models]
    measured = {f"{task}_error_percent": errors} if errors else {}
    return named(row, task, measured, [error > 50 for error in errors], trained)


def measure_clustering(row: str, trained: Trained) -> Measured:
    """Test error of clusters that are called by most of their validation images, and NMI."""
    scores = measure_clusters(trained)
    kept = {
        "clustering_error_percent": "majority_error_percent",
        "normalised_mutual_information": "normalised_mutual_information",
        "clusters_alive": "clusters_alive",
    }
    measured = {name: scores[metric] for name, metric in kept.items() if scores}
    clusters = trained.recipe.options["categories"]
    broken = [
        alive < clusters / 2 or error > 80
        for alive, error in zip(
            scores.get("clusters_alive", ()), scores.get("majority_error_percent", ()), strict=True
        )
    ]
    return named(row, "clustering", measured, broken, trained)


def named(
    row: str,
    task: str,
    measured: Mapping[str, list[float]],
    broken: Sequence[bool],
    trained: Trained,
) -> Measured:
    """The numbers of the sound runs under the name of their row, which seeds failed, and the size.

    A run has failed if its loss became infinite, or if it ended where a run of its task is useless:
    that is counted, and averaged with nothing. The seeds that failed have 100 in the order of all
    seeds, the others 0.
    """
    failed = dict(zip(trained.seeds, broken, strict=True)) | dict.fromkeys(trained.lost, True)
    sound = [not each for each in broken]
    found: ByMetric = {
        metric: list(compress(values, sound)) or "every run failed"
        for metric, values in measured.items()
    }
    found[f"{task}_failed_percent"] = [100.0 * failed[seed] for seed in sorted(failed)]
    found |= size(trained) if trained.final else {}
    return {(row, metric): values for metric, values in found.items()}


def size(trained: Trained) -> ByMetric:
    """Weights and operations of encoder and decoder."""
    architecture, pixels = trained.recipe.architecture, trained.data.train.images.shape[1]
    return {
        "parameters": [float(count_parameters(architecture, pixels, CODE))],
        "flops_per_image": [float(count_flops(architecture, pixels, CODE))],
    }


def mean_image_error(trained: Trained, images: Tensor) -> float:
    """½‖x̄ − x‖² of images, x̄ the mean of the training images: what a useless code gets."""
    mean = as_pixels(trained.data.train.images).mean(0)
    return 0.5 * (mean - as_pixels(images)).square().sum(1).mean().item()


def epochs_to_target(trained: Trained, broken: Sequence[bool]) -> list[float] | str:
    """Epochs of the sound runs until the validation error is down to the target.

    The target is a share of the error of the mean image. In between epochs lies a line.
    """
    target = TARGET * mean_image_error(trained, trained.data.validation.images[:WATCHED])
    curves = zip(
        *(each["validation_half_squared_error"] for each in trained.history.evaluations),
        strict=True,
    )
    reached = [crossing(curve, target) for curve in curves]
    reached = [epoch for epoch, failed in zip(reached, broken, strict=True) if not failed]
    if any(epoch is None for epoch in reached) or not reached:
        return f"not reached by every seed within {trained.recipe.training.epochs} epochs"
    return reached


def crossing(curve: Sequence[float], target: float) -> float | None:
    """The epoch, from 1 on, at which a falling curve comes down to the target; None for never."""
    for epoch, value in enumerate(curve, start=1):
        if value <= target:
            before = curve[epoch - 2] if epoch > 1 else value
            return epoch - (target - value) / (before - value) if before > value else float(epoch)
    return None


MEASURE_OF_TASK = {
    "generation": measure_generation,
    "semi_supervised": partial(measure_labels, task="semi_supervised"),
    "clustering": measure_clustering,
    "invariant": partial(measure_labels, task="invariant"),
}


def measures(panels: Iterable[str]) -> dict[str, Callable[[Trained], Measured]]:
    """The measure of each panel, which is a row in a task and has the name of its recipe."""
    found = {}
    for panel in panels:
        task = next(task for task in MEASURE_OF_TASK if panel.endswith(f"_{task}"))
        found[panel] = partial(MEASURE_OF_TASK[task], panel.removesuffix(f"_{task}"))
    return found
