"""Rows of the two studies of architectures: which had runs that failed, and the best of the others.

A row is an architecture, or a place of batch norm. Each was trained for several tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aae_course.experiments.architectures.recipes import TASKS
from aae_course.experiments.numbers import Metrics
from aae_course.metrics.significance import best
from aae_course.pictures.tables import Column, Table, heading_of, table_rows

TASK_OF = {
    "semi_supervised_error_percent": "semi_supervised",
    "invariant_error_percent": "invariant",
    "clustering_error_percent": "clustering",
    "normalised_mutual_information": "clustering",
    "clusters_alive": "clustering",
}  # and "generation" of all other metrics
BOLD = (
    "Bold: the best of a column, and what Welch's test does not tell from it. A row is never bold "
    "where a run of that column's task failed."
)


def failed_metric(task: str) -> str:
    """The metric that says how many runs of a task failed, in percent."""
    return f"{task}_failed_percent"


def failed_percent(metrics: Metrics, row: str) -> float | None:
    """Percent of the runs of a row that failed, over its tasks; None where nothing was run."""
    shares = [metrics.of(row, failed_metric(task)).mean for task in TASKS]
    shares = [share for share in shares if share is not None]
    return sum(shares) / len(shares) if shares else None


def task_of(metric: str) -> str:
    """The task that a metric is measured on."""
    return TASK_OF.get(metric, "generation")


def by_seed(metrics: Metrics, row: str, metric: str) -> dict[int, float]:
    """Seed, by its place among all -> its number; seeds that failed are left out.

    Raises:
        ValueError: there are not as many numbers as sound runs.
    """
    failed = metrics.of(row, failed_metric(task_of(metric))).per_seed
    values = metrics.of(row, metric).per_seed
    sound = [place for place, each in enumerate(failed) if not each]
    if values and len(values) != len(sound):
        raise ValueError(
            f"{row} has {len(values)} numbers and {len(sound)} sound runs: make the study again"
        )
    return dict(zip(sound, values, strict=False))


def best_sound(metrics: Metrics, rows: Iterable[str], column: Column) -> set[str]:
    """The best row of a column and those not told from it; a row with a failed run is neither."""
    failed = metrics.per_seed(failed_metric(task_of(column.name)), rows)
    sound = {
        row: seeds
        for row, seeds in metrics.per_seed(column.name, rows).items()
        if not any(failed.get(row, ()))
    }
    return best(sound, column.more_is_better) if sound else set()


def table_with_failures(
    metrics: Metrics,
    heading: Sequence[str],
    starts: Mapping[str, Sequence[str]],
    columns: Sequence[Column],
    notes: Sequence[str],
) -> Table:
    """The table of a study: last in each row the share of its runs that failed.

    Args:
        metrics: of the study.
        heading: over what stands in front of the columns.
        starts: each row, and what stands in front of the columns.
        columns: what is shown.
        notes: further ones, below the table.
    """
    best_rows = {column.name: best_sound(metrics, starts, column) for column in columns}
    rows = table_rows(starts, columns, metrics.of, best_rows, absent="–", not_run="–")
    for row, name in zip(rows, starts, strict=True):
        failed = failed_percent(metrics, name)
        row.append("–" if failed is None else f"{failed:.0f}")
    words = [*heading, *heading_of(columns), "failed runs, %"]
    return Table(words, {"": rows}, [BOLD, *notes])
