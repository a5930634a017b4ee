"""The checks of notebook 10 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import reduction as checks


def cost(heads, margin):
    return (margin - torch.pdist(heads)).relu().sum()


@pytest.mark.parametrize("answer", [cost, lambda w, m: cost(w, m).item()])
def test_the_right_cost_passes(answer, capsys):
    assert checks.head_distance(answer)
    assert capsys.readouterr().out == "passed: head_distance\n"


def square(heads, margin):
    """The costs of all ordered pairs, of each head with itself too."""
    return (margin - torch.cdist(heads, heads)).relu()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda w, m: 2 * cost(w, m), "every pair twice: i < j"),
        (lambda w, m: square(w, m).sum(), "every pair twice, and each head with itself"),
        (lambda w, m: square(w, m).sum() / 2, "halves the sum of all"),
        (lambda w, m: square(w, m).triu().sum(), "counts each head with itself"),
        (lambda w, m: (m - torch.pdist(w)).relu().mean(), "takes the mean"),
        (lambda w, m: (m - torch.pdist(w)).sum(), "lets far pairs pay back"),
        (lambda w, m: (torch.pdist(w) - m).relu().sum(), "punishes heads that are far apart"),
        (lambda w, m: (m - torch.pdist(w)).relu().square().sum(), "squares the shortfall"),
        (lambda w, m: (m - torch.pdist(w).square()).relu().sum(), "squares the distance"),
        (lambda w, m: (m - torch.pdist(w, p=1)).relu().sum(), "differences of the coordinates"),
        (lambda w, m: m - torch.pdist(w).min(), "only at the nearest pair"),
        (lambda w, m: square(w, m), "one number was asked for"),
        (lambda w, m: "much", "a number was asked for"),
        (lambda w, m: 0.0, "gives 0 where"),
    ],
)
def test_wrong_costs_are_told_why(answer, why, capsys):
    assert not checks.head_distance(answer)
    assert why in capsys.readouterr().out


def nearest(codes, heads):
    return torch.cdist(codes, heads).argmin(1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda z, w: torch.cdist(z, w, p=1).argmin(1), "differences of the coordinates"),
        (lambda z, w: torch.cdist(z, w).min(1), "take one of the two"),
        (torch.cdist, "returns all distances"),
        (lambda z, w: torch.cdist(z, w).argmin(0), "the nearest code of each head"),
        (lambda z, w: one_hot(nearest(z, w), len(w)), "one-hot rows"),
        (lambda z, w: w[nearest(z, w)], "the place of the head"),
        (lambda z, w: torch.cdist(z, w).argmax(1), "the farthest head"),
        (lambda z, w: torch.cdist(z, w).amin(1), "returns the distance"),
        (lambda z, w: nearest(z, w) + 1, "from 1"),
        (lambda z, w: (z @ w.T).argmax(1), "inner product"),
        (lambda z, w: nearest(z, w)[:5], "where (40,) is right"),
        (lambda z, w: nearest(z, w).tolist(), "a tensor was asked for"),
        (lambda z, w: torch.zeros(len(z)).long(), "is right"),
    ],
)
def test_wrong_heads_are_told_why(answer, why, capsys):
    assert not checks.nearest_head(answer)
    assert why in capsys.readouterr().out


def points(angle):
    return torch.stack([angle.cos(), angle.sin()], 1)


def circle(m):
    return points(2 * math.pi * torch.arange(m) / m)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda m: circle(m).T, "a column for each axis"),
        (lambda m: circle(m).flip(1), "sine and cosine"),
        (lambda m: points(torch.linspace(0, 2 * math.pi, m)), "the first and the last head"),
        (lambda m: points(math.pi * torch.arange(m) / m), "half way round"),
        (lambda m: points(360.0 * torch.arange(m) / m), "by degrees"),
        (lambda m: points(2 * math.pi * torch.arange(1, m + 1) / m), "starts one step on"),
        (lambda m: points(-2 * math.pi * torch.arange(m) / m), "the other way"),
        (lambda m: 10 * circle(m), "radius 10"),
        (lambda m: circle(10), "right for 10 heads, and for 7 it returns the shape (10, 2)"),
        (lambda m: circle(m)[:, 0], "where (10, 2) is right"),
        (lambda m: circle(m).numpy(), "a tensor was asked for"),
        (lambda m: torch.ones(m, 2), "is right"),
    ],
)
def test_wrong_circles_are_told_why(answer, why, capsys):
    assert not checks.circle_map(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("half_done", [lambda m: None, lambda m: circle(10) if m == 10 else None])
def test_half_a_circle_is_not_yet(half_done, capsys):
    assert not checks.circle_map(half_done)
    assert capsys.readouterr().out.startswith("not yet: circle_map")
