"""One method of the comparison against another: differences over seeds, and what they tell.

Every measure in every space is a test of its own, so p-values are corrected for their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from aae_course.experiments.comparison.methods import COLUMNS_OF_COMPARISON, number_of
from aae_course.experiments.comparison.recipes import SPACES
from aae_course.experiments.numbers import Metrics
from aae_course.metrics.significance import Difference, differences


@dataclass(frozen=True)
class Compared:
    """How one method differs from another in a measure and a space."""

    difference: Difference
    more_is_better: bool

    @property
    def verdict(self) -> str:
        """Whether it is "better" or "worse", or this is "open"."""
        if not self.difference.told_apart:
            return "open"
        return "better" if (self.difference.size > 0) == self.more_is_better else "worse"


class Place(NamedTuple):
    """Where two methods are compared: the name of a column, and a space."""

    column: str
    space: str


def compare(metrics: Metrics, ours: str, theirs: str) -> dict[Place, Compared]:
    """All differences of ``ours`` from ``theirs`` that the record has seeds for.

    Args:
        metrics: of the comparison.
        ours: a method of `METHOD_TITLES`.
        theirs: another one.
    """
    columns = {column.name: column for column in COLUMNS_OF_COMPARISON}
    found = differences(
        {
            Place(name, space): [
                number_of(metrics, space, each, name).per_seed for each in (ours, theirs)
            ]
            for name in columns
            for space in SPACES
        }
    )
    return {
        place: Compared(each, columns[place.column].more_is_better) for place, each in found.items()
    }


def tally(compared: dict[Place, Compared], column: str | None = None) -> tuple[int, int, int]:
    """How often better, worse and open, in one column or in all."""
    verdicts = [each.verdict for place, each in compared.items() if column in (None, place.column)]
    return tuple(verdicts.count(each) for each in ("better", "worse", "open"))
