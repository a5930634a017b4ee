"""The checks of notebook 12 tell typical mistakes apart."""

from statistics import mean, median

import pytest
import torch

from aae_course.lessons.checks import comparison as checks


def kernel(a, b, power=2, half=2):
    return (-(torch.cdist(a, b) ** power) / half).exp()


def off_diagonal(k):
    n = len(k)
    return (k.sum() - k.diagonal().sum()) / (n * (n - 1))


def terms(codes, draws, **options):
    zz, pp = (off_diagonal(kernel(s, s, **options)) for s in (codes, draws))
    return zz, pp, kernel(codes, draws, **options).mean()


def right_mmd(codes, draws, **options):
    zz, pp, zp = terms(codes, draws, **options)
    return zz + pp - 2 * zp


def of_terms(combine):
    return lambda codes, draws: combine(*terms(codes, draws))


def over_squares(codes, draws):
    zz, pp, zp = terms(codes, draws)
    return zz * (1 - 1 / len(codes)) + pp * (1 - 1 / len(draws)) - 2 * zp


def biased(codes, draws):
    within = kernel(codes, codes).mean() + kernel(draws, draws).mean()
    return within - 2 * kernel(codes, draws).mean()


@pytest.mark.parametrize("answer", [right_mmd, lambda c, d: right_mmd(c, d).item()])
def test_a_right_discrepancy_passes(answer, capsys):
    assert checks.mmd(answer)
    assert capsys.readouterr().out == "passed: mmd\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda c, d: -right_mmd(c, d), "wrong sign"),
        (over_squares, "n(n − 1) pairs"),
        (of_terms(lambda zz, pp, zp: (zz + pp) / 2 - 2 * zp), "count both orders"),
        (
            lambda c, d: (
                kernel(c, c).sum() - len(c) + kernel(d, d).sum() - len(d) - 2 * kernel(c, d).sum()
            ),
            "takes sums over the pairs",
        ),
        (biased, "leave the diagonals out"),
        (of_terms(lambda zz, pp, zp: zz + pp - zp), "forgets the 2"),
        (of_terms(lambda zz, pp, zp: zz + pp + 2 * zp), "subtract them"),
        (of_terms(lambda zz, pp, zp: zz - 2 * zp), "leaves out the pairs of draws"),
        (of_terms(lambda zz, pp, zp: pp - 2 * zp), "leaves out the pairs of codes"),
        (lambda c, d: right_mmd(c, d).sqrt(), "the root of it"),
        (lambda c, d: right_mmd(c, d, half=1), "no half in the kernel"),
        (lambda c, d: right_mmd(c, d, power=1), "does not square the distance"),
        (lambda c, d: kernel(c, d), "one number was asked for"),
        (lambda c, d: "0.1", "a number was asked for"),
        (lambda c, d: 7.0, "gives 7 where"),
    ],
)
def test_wrong_discrepancies_are_told_why(answer, why, capsys):
    assert not checks.mmd(answer)
    assert why in capsys.readouterr().out


def chosen(found, of=mean, best=min):
    return best(found, key=lambda beta: of(found[beta]))


def right_beta(validation, test):
    beta = chosen(validation)
    return beta, mean(test[beta])


def with_distance(distance):
    return lambda v, t: (chosen(v), distance(v, t, chosen(v)))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda v, t: chosen(v), "a pair"),
        (lambda v, t: right_beta(v, t)[::-1], "in the other order"),
        (
            lambda v, t: (chosen(t), mean(t[chosen(t)])),
            "(beta) is 0.1: its mean is the best on the test",
        ),
        (
            lambda v, t: (chosen(v, min), mean(t[chosen(v, min)])),
            "(beta) is 0.1: its mean is the best on the test",
        ),
        (lambda v, t: (chosen(v, best=max), 74.0), "the smallest is the best"),
        (lambda v, t: (0.5, 60.0), "was not tried"),
        (lambda v, t: ("0.3", 58.0), "a number was asked for"),
        (with_distance(lambda v, t, beta: mean(v[beta])), "they flatter it"),
        (with_distance(lambda v, t, beta: min(t[beta])), "that of the best seed"),
        (lambda v, t: (chosen(v, median), mean(t[chosen(v, median)])), "is 0.1: its mean"),
        (with_distance(lambda v, t, beta: median(t[beta])), "is the median over seeds"),
        (with_distance(lambda v, t, beta: sum(t[beta])), "take the mean"),
        (with_distance(lambda v, t, beta: mean(t[0.1])), "of the wrong β"),
        (with_distance(lambda v, t, beta: t[beta]), "one number was asked for"),
        (with_distance(lambda v, t, beta: 1.0), "gives 1 where 58"),
    ],
)
def test_wrong_choices_are_told_why(answer, why, capsys):
    assert not checks.tuned_beta(answer)
    assert why in capsys.readouterr().out


def arc(a, b, t, omega):
    return (((1 - t) * omega).sin() * a + (t * omega).sin() * b) / omega.sin()


def cosine(a, b):
    return torch.cosine_similarity(a, b, dim=-1)[:, None]


def right_slerp(a, b, t):
    return arc(a, b, t, cosine(a, b).acos())


def unit(a):
    return a / a.norm(dim=-1, keepdim=True)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda a, b, t: torch.lerp(a, b, t), "straight line"),
        (lambda a, b, t: right_slerp(b, a, t), "from b to a"),
        (lambda a, b, t: right_slerp(unit(a), unit(b), t), "of length 1"),
        (
            lambda a, b, t: arc(a, b, t, (a * b).sum(-1, keepdim=True).acos()),
            "divide a·b by the lengths",
        ),
        (
            lambda a, b, t: arc(a, b, t, torch.cosine_similarity(a.ravel(), b.ravel(), 0).acos()),
            "one angle for all pairs",
        ),
        (lambda a, b, t: right_slerp(a, b, t) * cosine(a, b).acos().sin(), "divide by sin ω"),
        (lambda a, b, t: arc(a, b, t, cosine(a, b)), "acos is missing"),
        (lambda a, b, t: right_slerp(a, b, t)[0], "where (6, 5) is right"),
        (lambda a, b, t: 1.0, "a tensor was asked for"),
        (lambda a, b, t: a, "leaves the arc"),
    ],
)
def test_wrong_ways_are_told_why(answer, why, capsys):
    assert not checks.slerp(answer)
    assert why in capsys.readouterr().out
