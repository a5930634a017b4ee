"""How long a model trains until its error is small enough, read from the histories in the records.

A record has the validation errors after every epoch and the seconds of the training, evaluations
not counted. Between two epochs the error is taken to fall in a straight line.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import numpy as np

from aae_course.pictures.tables import markdown_table

ERROR = "validation_error_percent"
ASKED = (10, 5, 2, 1.9)  # errors in percent
# What is learned -> the errors that are asked of it.
TASKS = {"100 labels": ASKED, "16 clusters": ASKED[:2]}
# Of each: the task, the method, the record that tells and the recipe.
ROWS = (
    ("100 labels", "the paper's, our settings", "table2", "semi_supervised_100"),
    ("100 labels", "the paper's, its settings", "progress", "semi_supervised_progress"),
    ("100 labels", "ours, with views", "hundred_labels", "invariant_100"),
    ("16 clusters", "the paper's, our settings", "table3", "clusters_16"),
    ("16 clusters", "ours, with views", "table3", "invariant_clusters_16"),
)


def time_to_quality(records: Mapping[str, dict | None]) -> str:
    """The table in Markdown.

    Args:
        records: by the name of their artefact; None where there is none.
    """
    heading = ["", "method", *(f"{error} %" for error in ASKED), "an epoch", "trained on"]
    rows = [
        [task, method, *row_of(records.get(name) or {}, recipe, TASKS[task])]
        for task, method, name, recipe in ROWS
    ]
    return markdown_table([heading, *rows])


def row_of(record: Mapping, recipe: str, errors: Sequence[float]) -> list[str]:
    """The times until each error, the time of an epoch, and what trained it."""
    unasked = [""] * (len(ASKED) - len(errors))
    evaluations = record.get("evaluations", {}).get(recipe)
    if not evaluations:
        return ["not measured"] * len(errors) + [*unasked, "", ""]
    seconds = epoch_seconds(record, recipe)
    times = [time_until(error, evaluations, seconds) for error in errors]
    return [*times, *unasked, f"{seconds:.1f} s", trained_on(record, recipe)]


def epoch_seconds(record: Mapping, recipe: str) -> float:
    """Of one seed.

    The seeds of a block train side by side, and the record has the seconds of the slowest block.
    """
    block = max(len(sitting["seeds"]) for sitting in record["trained_at"][recipe])
    epochs = record["recipes"][recipe]["training"]["epochs"]
    return record["training_seconds"][recipe] / epochs / block


def time_until(error: float, evaluations: Sequence[Mapping], seconds: float) -> str:
    """Mean time over the seeds that reach an error, and how many do: "52 s, 2 of 3 seeds".

    Args:
        error: in percent.
        evaluations: after each epoch, the error of every seed.
        seconds: that an epoch takes.
    """
    epochs = [evaluation["epoch"] for evaluation in evaluations]
    curves = list(zip(*(evaluation[ERROR] for evaluation in evaluations), strict=True))
    found = [epochs_until(error, epochs, curve) for curve in curves]
    reached = [each for each in found if each is not None]
    if not reached:
        return f"not reached within {epochs[-1]} epochs"
    at_most = "≤ " * (min(reached) == epochs[0])  # where in the first epoch, nobody has seen
    mean = seconds * statistics.mean(reached)
    return f"{at_most}{mean:.0f} s, {len(reached)} of {len(found)} seeds"


def epochs_until(error: float, epochs: Sequence[int], curve: Sequence[float]) -> float | None:
    """The epochs, a fraction included, after which a curve first is down at ``error``, if it is.

    The first of ``epochs`` where it is below from the start.
    """
    below = next((place for place, value in enumerate(curve) if value <= error), None)
    if below is None:
        return None
    pair = slice(max(below - 1, 0), below + 1)
    return float(np.interp(-error, -np.array(curve[pair]), epochs[pair]))


def trained_on(record: Mapping, recipe: str) -> str:
    """Device, threads and precision: "cpu, 1 thread, fp32"."""
    sittings = record["trained_at"][recipe]
    devices = dict.fromkeys(sitting["device"] for sitting in sittings)
    threads = max(sitting["threads"] for sitting in sittings)
    precision = record["recipes"][recipe]["training"]["precision"]
    return f"{'/'.join(devices)}, {threads} thread{'s' * (threads != 1)}, {precision}"
