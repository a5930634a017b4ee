"""A small factorial analysis: what each of several on-or-off changes does, alone and together.

With all combinations tried, each over several seeds, a change's **main effect** is the mean with it
less the mean without it. Two changes **interact** where one does more beside the other. All effects
come from one linear model whose columns are ±1 for each factor and their products (Box, Hunter &
Hunter, 2005, chapter 5).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

Combination = tuple[bool, ...]  # one entry a factor: is it on?


@dataclass(frozen=True)
class Effect:
    """What a change does on average: ``size``, and half of its interval of confidence."""

    size: float
    half_width: float

    @property
    def told_from_zero(self) -> bool:
        """Whether the interval leaves out 0."""
        return abs(self.size) > self.half_width


def effects(
    values: Mapping[Combination, Sequence[float]],
    factors: Sequence[str],
    confidence: float = 0.95,
) -> dict[str, Effect]:
    """Main effects and interactions, by name ("a", "b", "a × b", ...), with their uncertainty.

    The noise is taken to be as large in every combination, and is estimated from all of them. Where
    seeds are missing the effects are no longer independent of each other, and still unbiased.

    Args:
        values: a number for each seed of every combination.
        factors: their names.
        confidence: of the intervals, from Student's distribution.

    Raises:
        ValueError: a combination is missing or has no number, a number is not finite, or there is
            nothing from which to estimate the noise.
    """
    _check(values, factors)
    rows = [(combination, value) for combination, seeds in values.items() for value in seeds]
    terms = [
        term for n in range(1, len(factors) + 1) for term in combinations(range(len(factors)), n)
    ]
    signs = np.array([[1 if on else -1 for on in combination] for combination, _ in rows])
    columns = [np.ones(len(rows)), *(signs[:, list(term)].prod(1) for term in terms)]
    design, y = np.stack(columns, 1), np.array([value for _, value in rows])
    coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
    free = len(rows) - design.shape[1]
    variance = np.square(y - design @ coefficients).sum() / free
    errors = np.sqrt(variance * np.linalg.inv(design.T @ design).diagonal())
    reach = stats.t.ppf(0.5 + confidence / 2, free)
    names = [" × ".join(factors[i] for i in term) for term in terms]
    # From off, -1, to on, +1, are two steps.
    return {
        name: Effect(2 * size, 2 * reach * error)
        for name, size, error in zip(
            names, coefficients[1:].tolist(), errors[1:].tolist(), strict=True
        )
    }


def _check(values: Mapping[Combination, Sequence[float]], factors: Sequence[str]) -> None:
    wanted = 2 ** len(factors)
    if len(values) != wanted or any(len(each) != len(factors) for each in values):
        raise ValueError(
            f"{len(factors)} factors have {wanted} combinations, {len(values)} were given"
        )
    if empty := [each for each, seeds in values.items() if not len(seeds)]:
        on = [factor for factor, is_on in zip(factors, empty[0], strict=True) if is_on]
        raise ValueError(f"there is no number with {' and '.join(on) or 'nothing'} on")
    if not all(math.isfinite(value) for seeds in values.values() for value in seeds):
        raise ValueError("a number is not finite")
    if all(len(seeds) == 1 for seeds in values.values()):
        raise ValueError("with one seed nothing tells an effect from noise: two are needed")
