"""Checks of notebook 14: a spread over seeds, an interval, how recipes differ, a chosen epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from statistics import mean, median, pstdev, stdev, variance

from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.choosing import train_and_choose
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.letters import Letters

__all__ = ["changed", "interval", "shrinks", "spread", "train_and_choose"]

VALUES = [5.9, 11.0, 5.7, 7.2]  # errors of four seeds, in percent
T = 3.182  # of Student's distribution, for 95 % and four seeds
WITH_SEEDS = Letters(  # as more of them run
    {
        "A": (False, "it estimates how far apart single runs fall, which does not depend on n"),
        "B": (True, "the errors of single runs partly cancel in the mean"),
        "C": (True, "with more draws, one is more likely to fall far below the others"),
        "D": (False, "one more run can widen it and can never narrow it"),
        "E": (True, "σ, too, is known better from more runs"),
    },
    none="names none: three of them get smaller",
    opposite="names those that stay or grow: those that get smaller were asked for",
    everything="names all of them: can one more run narrow the range?",
)


def spread(answer: Callable[[list[float]], tuple[float, float]]) -> bool:
    """Check ``answer(values)``: the mean over seeds, and the sample standard deviation."""
    middle = Expected(
        mean(VALUES),
        {
            "is the median: take the mean": median(VALUES),
            "is that of the best seed: report the mean over all": min(VALUES),
            "is a sum over the seeds: divide by their number": sum(VALUES),
        },
    )
    std = Expected(
        stdev(VALUES),
        {
            "divides by n: the mean was estimated from the same n values, so divide by n − 1": (
                pstdev(VALUES)
            ),
            "is the variance: take its root": variance(VALUES),
            "is the variance, divided by n: take its root, and divide by n − 1": (
                pstdev(VALUES) ** 2
            ),
            "is the standard error of the mean: leave out the division by √n": _error(VALUES),
            "is the range from the smallest to the largest value": max(VALUES) - min(VALUES),
            "is the mean distance from the mean: square the distances, and take the root at the "
            "end": mean(abs(value - mean(VALUES)) for value in VALUES),
        },
    )
    return grade("spread", answer, (VALUES,), Pair(mean=middle, std=std).fault)


def shrinks(answer: Callable[[], Iterable[str]]) -> bool:
    """Check ``answer()``: the letters of what gets smaller as more seeds run."""
    return grade("shrinks", answer, (), WITH_SEEDS.fault)


def interval(answer: Callable[[list[float], float], tuple[float, float]]) -> bool:
    """Check ``answer(values, t)``: the ends of mean ± t s / √n."""
    low, high = (_end(sign) for sign in (-1, 1))
    return grade("interval", answer, (VALUES, T), Pair(low=low, high=high).fault)


def _error(values: list[float]) -> float:
    return stdev(values) / sqrt(len(values))


def _end(sign: int) -> Expected:
    """One end of the interval, and what it is after the usual mistakes."""
    s, n = stdev(VALUES), len(VALUES)
    wrong = {
        "does not divide by √n: that is for where a further seed lies, not for the mean": T * s,
        "divides by n: the root of n was asked for": T * s / n,
        "leaves out t: with so few seeds, s is uncertain too": s / sqrt(n),
        "is one standard deviation from the mean: t s / √n was asked for": s,
        "has the standard deviation over n: divide by n − 1": T * pstdev(VALUES) / sqrt(n),
        "has the variance in place of the standard deviation": T * s**2 / sqrt(n),
    }
    mistakes = {why: mean(VALUES) + sign * distance for why, distance in wrong.items()}
    mistakes["is the half width: add it to the mean and subtract it"] = sign * T * _error(VALUES)
    mistakes["is the outermost seed"] = min(VALUES) if sign < 0 else max(VALUES)
    return Expected(mean(VALUES) + sign * T * _error(VALUES), mistakes)


SETTINGS = (
    {
        "epochs": 8, "labels": 100, "noise": 0.0,
        "optimisers": {"generator": {"kind": "Adam", "lr": 2e-4}, "bound": {"lr": 1e-3}},
    },
    {
        "epochs": 12, "labels": 100, "images": None,
        "optimisers": {"generator": {"kind": "Adam", "lr": 5e-4}, "bound": {"lr": 1e-3}},
    },
)  # fmt: skip
CHANGED = {"epochs", "noise", "images", "optimisers.generator.lr"}


def changed(answer: Callable[[dict, dict], set[str]]) -> bool:
    """Check ``answer(before, now)``: the names of the settings that differ, a.b for b within a."""
    return grade("changed", answer, SETTINGS, _names_are_wrong)


def _names_are_wrong(names) -> str | None:
    """Why these are not the settings that differ, None if they are."""
    if not isinstance(names, set | list | tuple):
        return f"returns a {type(names).__name__}: a set of names was asked for"
    if not all(isinstance(name, str) for name in names):
        return "returns other things than names: no values, no pairs"
    if set(names) == CHANGED:
        return None
    same = sorted(set(names) & {"labels", "optimisers.bound", "optimisers.generator.kind"})
    if same:
        return f"names {same[0]}, which is the same in both"
    if not set(names).isdisjoint({"optimisers", "optimisers.generator"}):
        return "does not look inside: of optimisers, only generator.lr differs"
    if "lr" in names or "generator.lr" in names:
        return "does not say where lr is: optimisers.generator.lr"
    for name, where in {"noise": "before", "images": "now"}.items():
        if name not in names:
            return f"leaves out {name}, which is only in {where}: 0 and None are settings too"
    return f"gives {sorted(names)} where {sorted(CHANGED)} is right"
