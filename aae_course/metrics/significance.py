"""Whether two methods differ over their seeds, and which are best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, stdev

from scipy.stats import ttest_ind_from_stats

ALPHA = 0.05  # of Welch's test, below which two methods differ


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
