"""One method against another in the comparison: where each is better, and where it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

from aae_course.experiments.comparison.recipes import SPACES
from aae_course.experiments.comparison.table import COLUMNS, rows_of
from aae_course.metrics.significance import differ


def duel(metrics: Mapping[str, dict], ours: str, theirs: str) -> dict[str, dict[str, list[str]]]:
    """Column -> the spaces in which ``ours`` is "better", "worse", or "not told apart".

    Args:
        metrics: those of ``figures/comparison.json``.
        ours: a method of `verdict.METHODS`.
        theirs: another one.
    """
    outcomes = {column: {"better": [], "worse": [], "not told apart": []} for column in COLUMNS}
    for space in SPACES:
        rows = rows_of(metrics, space)
        for column, (_, more_is_better) in COLUMNS.items():
            a, b = (metrics[f"{rows[m]}.{column}"]["per_seed"] for m in (ours, theirs))
            outcomes[column][outcome(a, b, more_is_better)].append(space)
    return outcomes


def outcome(a: Sequence[float], b: Sequence[float], more_is_better: bool) -> str:
    """How the seeds of ``a`` stand against those of ``b``, by Welch's test.

    With one seed nothing can be told apart.
    """
    if min(len(a), len(b)) < 2 or not differ(a, b):
        return "not told apart"
    return "better" if (mean(a) > mean(b)) == more_is_better else "worse"
