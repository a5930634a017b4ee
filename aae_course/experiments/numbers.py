"""The numbers of an artefact: summed up over seeds, as its JSON holds them, and looked up again.

A number belongs to a row (of a table, or a panel of a figure) and a metric. The JSON joins both in
one key, ``row.metric``; `key_of` and `Metrics` are the only places that know of it.
"""

from __future__ import annotations

import statistics
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
T = TypeVar("T")
RowMetric = tuple[str, str]  # the row and the metric


def by_name(rows: Sequence[Mapping[Name, T]]) -> dict[Name, list[T]]:
    """The numbers of every seed side by side, by name; nothing where there is no seed."""
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def key_of(row: str, metric: str) -> str:
    """The key of a number in the JSON."""
    return f"{row}.{metric}"


def summarise(values: list[float], paper: float | None) -> dict:
    """Mean and sample standard deviation over seeds, the values, and the paper's number."""
    spread = statistics.stdev(values) if len(values) > 1 else None
    return {"mean": statistics.mean(values), "std": spread, "per_seed": values, "paper": paper}


def not_measured(why: str, paper: float | None) -> dict:
    """The entry for a number that was not measured."""
    return {"mean": None, "std": None, "per_seed": [], "paper": paper, "why": why}


def in_one_line(metrics: Mapping[str, dict]) -> str:
    """Metrics for the terminal, with their spread over seeds and the paper's number, if any.

    Args:
        metrics: what `summarise` returned, by key.
    """
    parts = []
    for key, entry in metrics.items():
        if entry["mean"] is None:
            continue
        spread = "" if entry["std"] is None else f" ± {entry['std']:.2g}"
        paper = "" if entry["paper"] is None else f" (paper {entry['paper']:g})"
        parts.append(f"{key.replace('_', ' ')} {entry['mean']:.4g}{spread}{paper}")
    return ", ".join(parts) or "nothing is measured on it"


@dataclass(frozen=True)
class Number:
    """One number of the record; without a mean it was not measured, and ``why`` may say why."""

    mean: float | None = None
    std: float | None = None
    per_seed: Sequence[float] = ()
    paper: float | None = None
    why: str | None = None


def seeds_in_words(metrics: Metrics, metric: str) -> str:
    """What ± means in a table of ours, by the numbers of one of its metrics."""
    counts = {len(seeds) for seeds in metrics.per_seed(metric, metrics.rows).values()}
    if not counts - {1}:
        return "Our numbers are of one seed."
    over = " to ".join(str(count) for count in sorted({min(counts), max(counts)}))
    return f"Our numbers are means ± standard deviations over {over} seeds."


class Metrics:
    """The numbers of an artefact, by row and metric.

    Args:
        entries: the "metrics" of its JSON.
    """

    def __init__(self, entries: Mapping[str, dict]):
        self._numbers: dict[RowMetric, Number] = {}
        for key, entry in entries.items():
            row, _, metric = key.rpartition(".")  # a row may have a dot in it, as β = 0.3 has
            self._numbers[row, metric] = Number(**entry)

    @property
    def rows(self) -> list[str]:
        """The rows, in the order of the record."""
        return list(dict.fromkeys(row for row, _ in self._numbers))

    def of(self, row: str, metric: str) -> Number:
        """The number of a row; an empty one if there is none in the record."""
        return self._numbers.get((row, metric), Number())

    def per_seed(self, metric: str, rows: Iterable[str]) -> dict[str, Sequence[float]]:
        """Row -> a value for each seed, of those rows that have any."""
        values = {row: self.of(row, metric).per_seed for row in rows}
        return {row: seeds for row, seeds in values.items() if seeds}
