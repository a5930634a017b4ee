"""By how much two methods differ over their seeds, whether they do, and which are best."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev
from typing import TypeVar

from scipy.stats import ttest_ind, ttest_ind_from_stats

ALPHA = 0.05  # of Welch's test, below which two methods differ
Name = TypeVar("Name", bound=Hashable)


def best(values: Mapping[str, Sequence[float]], more_is_better: bool) -> set[str]:
    """The method with the best mean, and those that Welch's test does not tell from it.

    Args:
        values: method -> a value for each seed; with one seed nothing can be told, and the best
            mean stands alone.
        more_is_better: whether the best is the largest.
    """
    sign = -1 if more_is_better else 1
    first = min(values, key=lambda method: sign * mean(values[method]))
    level = {
        method
        for method, seeds in values.items()
        if len(seeds) > 1 and not differ(seeds, values[first])
    }
    return level | {first}


def differ(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two sets of seeds have different means, by Welch's test."""
    if min(a) == max(a) and min(b) == max(b):
        return a[0] != b[0]  # the test divides by the spread
    moments = [moment for each in (a, b) for moment in (mean(each), stdev(each), len(each))]
    return ttest_ind_from_stats(*moments, equal_var=False).pvalue < ALPHA


@dataclass(frozen=True)
class Difference:
    """The mean of some seeds less that of others: its interval of 95 %, and Welch's p-value.

    ``corrected`` is the p-value among those of `differences`.
    """

    size: float
    low: float
    high: float
    p: float
    corrected: float | None = None

    @property
    def told_apart(self) -> bool:
        """Whether the two differ, by the corrected p-value if there is one."""
        return (self.p if self.corrected is None else self.corrected) < ALPHA

    def written(self, form: str) -> str:
        """Size and interval, such as "-1.2 (-1.9 to -0.5)".

        Args:
            form: of a number without its sign, such as ".1f".
        """
        size, low, high = (f"{value:+{form}}" for value in (self.size, self.low, self.high))
        return f"{size} ({low} to {high})"


def difference(a: Sequence[float], b: Sequence[float]) -> Difference:
    """How the mean of the seeds ``a`` differs from that of ``b``, by Welch's test.

    Where neither set has a spread the interval has no width, and p is 1 or 0.

    Raises:
        ValueError: a set has fewer than two seeds.
    """
    if min(len(a), len(b)) < 2:
        raise ValueError("with one seed nothing tells a difference from noise: two are needed")
    size = mean(a) - mean(b)
    if min(a) == max(a) and min(b) == max(b):
        return Difference(size, size, size, float(size == 0))
    test = ttest_ind(a, b, equal_var=False)
    return Difference(size, *map(float, test.confidence_interval(1 - ALPHA)), float(test.pvalue))


def differences(pairs: Mapping[Name, Sequence[Sequence[float]]]) -> dict[Name, Difference]:
    """The differences of pairs that are judged together, with p-values corrected for their number.

    A pair with fewer than two seeds on a side is left out.

    Args:
        pairs: name -> two: the seeds of one method, and those of the other.
    """
    found = {name: difference(a, b) for name, (a, b) in pairs.items() if min(len(a), len(b)) > 1}
    corrected = holm([each.p for each in found.values()])
    return {
        name: replace(each, corrected=p)
        for (name, each), p in zip(found.items(), corrected, strict=True)
    }


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for their number (Holm, 1979), in the order given.

    If no method differs from any other, the chance that one of them or more falls below 5 % is at
    most 5 %, whether or not the tests depend on each other.
    """
    corrected, largest = [0.0] * len(p_values), 0.0
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        corrected[i] = largest
    return corrected
