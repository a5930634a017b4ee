"""Made-up metrics of the study of architectures, in which the changes do what is planted."""

import numpy as np

from aae_course.experiments.architectures.recipes import TASKS
from aae_course.experiments.architectures.study import COLUMNS_OF_STUDY, FACTORS, combination
from aae_course.experiments.numbers import summarise
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional

PLANTED = {
    "half_squared_error": {"strides": 2.0, "batch norm": -4.0, "strides × batch norm": 1.0},
    "precision": {"no dense layer": 0.2},
}


def synthetic(seeds=3, noise=0.01):
    """Metrics of a study in which the changes do what is planted, and nothing else."""
    generator, metrics = np.random.default_rng(0), {}
    for name, architecture in ARCHITECTURES.items():
        on = combination(architecture) if isinstance(architecture, Convolutional) else (0, 0, 0)
        sign = dict(zip(FACTORS, (1 if each else -1 for each in on), strict=True))
        for column in (column.name for column in COLUMNS_OF_STUDY):
            mean = 20 + sum(
                size / 2 * np.prod([sign[factor] for factor in effect.split(" × ")])
                for effect, size in PLANTED.get(column, {}).items()
            )
            values = (mean + noise * generator.standard_normal(seeds)).tolist()
            metrics[f"{name}.{column}"] = summarise(values, None)
        metrics[f"{name}.parameters"] = summarise([100_000.0], None)
        metrics[f"{name}.flops_per_image"] = summarise([2e6], None)
        for task in TASKS:
            metrics[f"{name}.{task}_failed_percent"] = summarise([0.0], None)
    return metrics
