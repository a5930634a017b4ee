"""The multiple of a task's learning rates with which an architecture is trained, as it was chosen.

``rates.jsonl`` has a line for each candidate that `tune` has tried, and nothing else decides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import mean

from aae_course.training.optimisation import SGD, Adam

TRIED = Path(__file__).with_name("rates.jsonl")
FACTORS = (0.3, 1.0, 3.0)


def candidates_in(path: Path) -> list[dict]:
    """What `tune` has written to a file; nothing where there is none."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def tried() -> dict[str, dict[float, float]]:
    """Run -> factor -> mean over the seeds on validation images, infinite where a seed diverged."""
    found: dict[str, dict[float, float]] = {}
    for each in candidates_in(TRIED):
        value = mean(each["per_seed"]) if each["per_seed"] else math.inf
        found.setdefault(each["run"], {})[each["factor"]] = value
    return found


def best_factor(values: Mapping[float, float]) -> float:
    """The factor with the least value; 1 until all have been tried, and where none did anything."""
    if set(values) != set(FACTORS) or min(values.values()) == math.inf:
        return 1.0
    return min(values, key=values.__getitem__)


def factor_of(run: str) -> float:
    """What the rates of a run of the study are multiplied by."""
    return best_factor(tried().get(run, {}))


def multiplied(optimisers: Mapping[str, Adam | SGD], factor: float) -> dict[str, Adam | SGD]:
    """The optimisers with all rates multiplied, rounded to three digits."""
    return {
        phase: replace(each, lr=float(f"{factor * each.lr:.3g}"))
        for phase, each in optimisers.items()
    }
