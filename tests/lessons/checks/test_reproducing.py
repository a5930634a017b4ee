"""The checks of notebook 14 tell typical mistakes apart."""

from math import sqrt
from statistics import mean, median, pstdev, stdev, variance

import pytest

from aae_course.lessons.checks import reproducing as checks


def with_std(std):
    return lambda values: (mean(values), std(values))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (with_std(pstdev), "(std) divides by n"),
        (with_std(variance), "(std) is the variance: take its root"),
        (with_std(lambda v: pstdev(v) ** 2), "(std) is the variance, divided by n"),
        (with_std(lambda v: stdev(v) / sqrt(len(v))), "standard error of the mean"),
        (with_std(lambda v: max(v) - min(v)), "the range"),
        (with_std(lambda v: mean(abs(x - mean(v)) for x in v)), "mean distance from the mean"),
        (with_std(lambda v: 1.0), "(std) gives 1 where"),
        (lambda v: (median(v), stdev(v)), "(mean) is the median"),
        (lambda v: (min(v), stdev(v)), "that of the best seed"),
        (lambda v: (sum(v), stdev(v)), "(mean) is a sum"),
        (lambda v: mean(v), "a pair"),
    ],
)
def test_wrong_spreads_are_told_why(answer, why, capsys):
    assert not checks.spread(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (["A", "B", "C", "E"], "wrong about A: it estimates how far apart"),
        (["C", "E"], "wrong about B: the errors of single runs partly cancel"),
        ("be", "wrong about C: with more draws"),
        ("BCDE", "wrong about D: one more run can widen it"),
        (["B", "C"], "wrong about E: σ, too, is known better"),
        ("AD", "names those that stay or grow"),
        ("ABCDE", "names all of them"),
        ([], "names none"),
        ("F", "names 'F'"),
        (3, "returns no letters"),
    ],
)
def test_wrong_predictions_of_what_shrinks_are_told_why(answer, why, capsys):
    assert not checks.shrinks(lambda: answer)
    assert why in capsys.readouterr().out


def around(half):
    return lambda v, t: (mean(v) - half(v, t), mean(v) + half(v, t))


def half_width(v, t):
    return t * stdev(v) / sqrt(len(v))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (around(lambda v, t: t * stdev(v)), "does not divide by √n"),
        (around(lambda v, t: t * stdev(v) / len(v)), "the root of n"),
        (around(lambda v, t: stdev(v) / sqrt(len(v))), "leaves out t"),
        (around(lambda v, t: stdev(v)), "one standard deviation from the mean"),
        (around(lambda v, t: t * pstdev(v) / sqrt(len(v))), "divide by n − 1"),
        (around(lambda v, t: t * variance(v) / sqrt(len(v))), "the variance in place"),
        (lambda v, t: (-half_width(v, t), half_width(v, t)), "(low) is the half width"),
        (lambda v, t: (mean(v) - half_width(v, t), half_width(v, t)), "(high) is the half width"),
        (lambda v, t: (min(v), max(v)), "(low) is the outermost seed"),
        (lambda v, t: around(half_width)(v, t)[::-1], "in the other order"),
        (lambda v, t: half_width(v, t), "a pair"),
    ],
)
def test_wrong_intervals_are_told_why(answer, why, capsys):
    assert not checks.interval(answer)
    assert why in capsys.readouterr().out


def flat(before, now):
    return {n for n in before.keys() | now.keys() if before.get(n, ...) != now.get(n, ...)}


def at_any_depth(before, now, differ, joined="{}.{}"):
    names = set()
    for name in before.keys() | now.keys():
        a, b = before.get(name, ...), now.get(name, ...)
        if isinstance(a, dict) and isinstance(b, dict):
            inner = at_any_depth(a, b, differ, joined)
            names |= {joined.format(name, each) for each in inner}
        elif differ(a, b):
            names.add(name)
    return names


def one_level(before, now):
    names = flat(before, now) - {"optimisers"}
    return names | {f"optimisers.{n}" for n in flat(before["optimisers"], now["optimisers"])}


def unequal(a, b):
    return a != b


@pytest.mark.parametrize("kind", [set, list, tuple, sorted])
def test_the_names_may_come_in_any_order(kind, capsys):
    assert checks.changed(lambda before, now: kind(at_any_depth(before, now, unequal)))
    assert capsys.readouterr().out == "passed: changed\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (flat, "does not look inside"),
        (one_level, "does not look inside"),
        (lambda b, n: at_any_depth(b, n, unequal, "{1}"), "does not say where lr is"),
        (lambda b, n: at_any_depth(b, n, lambda x, y: (x or 0) != (y or 0) and ... not in (x, y)),
         "leaves out noise, which is only in before"),
        (lambda b, n: at_any_depth(b, n, lambda x, y: x != y and y is not None),
         "leaves out images, which is only in now"),
        (lambda b, n: at_any_depth(b, n, lambda x, y: x == y), "which is the same in both"),
        (lambda b, n: at_any_depth(b, n, unequal) - {"epochs"}, "gives ['images', 'noise', 'opt"),
        (lambda b, n: {8, 12}, "no values"),
        (lambda b, n: "epochs", "returns a str"),
        (lambda b, n: dict.fromkeys(at_any_depth(b, n, unequal)), "returns a dict"),
    ],
)  # fmt: skip
def test_wrong_comparisons_are_told_why(answer, why, capsys):
    assert not checks.changed(answer)
    assert why in capsys.readouterr().out
