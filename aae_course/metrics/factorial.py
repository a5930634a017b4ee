"""What changes do on average, from runs of their combinations: effects, intervals, verdicts.

With combinations tried over the same seeds, the effect of a change is a **contrast**: the mean of
the combinations with it less the mean of those without. Two changes **interact** where one does
more beside the other. All come from one linear model, with a mean for each combination and an
offset for each seed, which pairs them (Box, Hunter & Hunter, 2005, chapters 4 and 5).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

import numpy as np
from scipy import stats

Cell = TypeVar("Cell", bound=Hashable)  # a combination that was tried
Values = Mapping[Cell, Mapping[int, float]]  # combination -> seed -> number
Contrast = Mapping[Cell, float]  # weights of combinations, which sum to 0


@dataclass(frozen=True)
class Effect:
    """What a change does on average: ``size``, and half of its interval of confidence.

    ``steady`` says that it is told from zero, on the same side, also without any one of the seeds.
    """

    size: float
    half_width: float
    steady: bool = False

    @property
    def told_from_zero(self) -> bool:
        """Whether the interval leaves out 0."""
        return abs(self.size) > self.half_width


def contrasts(cells: Mapping[Cell, tuple[bool, ...]], factors: list[str]) -> dict[str, Contrast]:
    """Main effects and interactions of pairs, by name: "a", "b", "a × b".

    An interaction is half of the difference between the effects of one change with and without the
    other.

    Args:
        cells: every combination of the factors, once, and which of them are on.
        factors: their names.

    Raises:
        ValueError: a combination is missing, or is there twice.
    """
    if len(cells) != 2 ** len(factors) or len(set(cells.values())) != len(cells):
        wanted = f"{len(factors)} factors have {2 ** len(factors)} combinations"
        raise ValueError(f"{wanted}, {len(set(cells.values()))} were given")
    terms = [term for n in (1, 2) for term in combinations(range(len(factors)), n)]
    return {
        " × ".join(factors[i] for i in term): {
            cell: 2 / len(cells) * math.prod(1 if on[i] else -1 for i in term)
            for cell, on in cells.items()
        }
        for term in terms
    }


def effects(
    values: Values, wanted: Mapping[str, Contrast], comparisons: int = 1, confidence: float = 0.95
) -> dict[str, Effect]:
    """The effects that the numbers allow, by name; those of a combination without any are left out.

    The noise is taken to be as large in every combination, and is estimated from all of them.

    Args:
        values: a number for each seed of every combination; seeds may be missing.
        wanted: contrasts of the combinations.
        comparisons: how many intervals are looked at: all of them hold the truth with this
            confidence, if they were independent (Šidák, 1967), and with more if they are not.
        confidence: of all intervals together.

    Raises:
        ValueError: a number is not finite, or nothing tells an effect from noise.
    """
    values = {cell: seeds for cell, seeds in values.items() if seeds}
    if not all(math.isfinite(each) for seeds in values.values() for each in seeds.values()):
        raise ValueError("a number is not finite")
    found = _estimated(values, wanted, comparisons, confidence)
    everyone = sorted({seed for seeds in values.values() for seed in seeds})
    without = [_without(seed, values, wanted, comparisons, confidence) for seed in everyone]
    return {
        name: replace(effect, steady=all(_agrees(effect, each.get(name)) for each in without))
        for name, effect in found.items()
    }


def _without(seed: int, values: Values, *settings) -> dict[str, Effect]:
    """The effects without a seed; none where too little is left."""
    others = {
        cell: {each: value for each, value in seeds.items() if each != seed}
        for cell, seeds in values.items()
    }
    try:
        return _estimated({cell: seeds for cell, seeds in others.items() if seeds}, *settings)
    except ValueError:
        return {}


def _agrees(effect: Effect, other: Effect | None) -> bool:
    """Whether both are told from zero, on the same side."""
    if other is None or not (effect.told_from_zero and other.told_from_zero):
        return False
    return (effect.size > 0) == (other.size > 0)


def _estimated(
    values: Values, wanted: Mapping[str, Contrast], comparisons: int, confidence: float
) -> dict[str, Effect]:
    if not values:
        raise ValueError("no combination has a number")
    rows = [(cell, seed, value) for cell, seeds in values.items() for seed, value in seeds.items()]
    cells, seeds = list(values), sorted({seed for _, seed, _ in rows})
    of_cells = np.array([[cell == each for each in cells] for cell, _, _ in rows], dtype=float)
    of_seeds = np.array([[seed == each for each in seeds[1:]] for _, seed, _ in rows], dtype=float)
    design = np.hstack([of_cells, of_seeds])
    free = len(rows) - np.linalg.matrix_rank(design)
    if free < 1:
        raise ValueError("with one seed nothing tells an effect from noise: two are needed")
    y, inverse = np.array([value for *_, value in rows]), np.linalg.pinv(design)
    variance = np.square(y - design @ (inverse @ y)).sum() / free
    reach = stats.t.ppf(0.5 + confidence ** (1 / comparisons) / 2, free)
    found = {}
    for name, contrast in wanted.items():
        weights = np.array([contrast.get(cell, 0.0) for cell in cells] + [0.0] * len(seeds[1:]))
        # Where combinations share no seed, their difference is not to be had.
        known = np.allclose(weights @ inverse @ design, weights)
        if contrast.keys() <= values.keys() and known:
            error = math.sqrt(variance) * np.linalg.norm(weights @ inverse)
            found[name] = Effect(float(weights @ inverse @ y), float(reach * error))
    return found
