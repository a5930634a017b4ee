"""Made-up metrics of the study of architectures, in which the changes do what is planted."""

import numpy as np

from aae_course.experiments.architectures.recipes import TASKS
from aae_course.experiments.architectures.study import (
    AVERAGE,
    COLUMNS_OF_STUDY,
    EIGHT,
    FACTORS,
    RATIOS,
    combination,
)
from aae_course.experiments.numbers import summarise
from aae_course.networks.convolutional import ARCHITECTURES

# Differences, of logarithms where the effect is a factor.
PLANTED = {
    "half_squared_error": {"strides": 0.2, "batch norm": -0.4, "strides × batch norm": 0.1},
    "precision": {"no dense layer": 0.2, AVERAGE: -0.1},
}


def synthetic(seeds=5, noise=0.005):
    """Metrics of a study in which the changes do what is planted, and nothing else.

    Every seed has an offset of its own, larger than the noise.
    """
    generator, metrics = np.random.default_rng(0), {}
    offsets = 0.3 * generator.standard_normal(seeds) if noise else np.zeros(seeds)
    for name in ARCHITECTURES:
        for column in (column.name for column in COLUMNS_OF_STUDY):
            level = np.log(20) if column in RATIOS else 20
            drawn = level + planted(name, PLANTED.get(column, {})) + offsets
            drawn = drawn + noise * generator.standard_normal(seeds)
            values = np.exp(drawn) if column in RATIOS else drawn
            metrics[f"{name}.{column}"] = summarise(values.tolist(), None)
        metrics[f"{name}.parameters"] = summarise([100_000.0], None)
        metrics[f"{name}.flops_per_image"] = summarise([2e6], None)
        for task in TASKS:
            metrics[f"{name}.{task}_failed_percent"] = summarise([0.0] * seeds, None)
    return metrics


def planted(name, effects):
    """How far the planted effects lift an architecture."""
    architecture = ARCHITECTURES[name]
    if name.startswith("perceptrons"):
        return 0.0
    sign = dict(zip(FACTORS, (1 if on else -1 for on in combination(architecture)), strict=True))
    lift = sum(
        size / 2 * np.prod([sign[factor] for factor in effect.split(" × ")])
        for effect, size in effects.items()
        if effect != AVERAGE
    )
    return lift + (effects.get(AVERAGE, 0.0) if name not in EIGHT else 0.0)
