"""The checks of notebook 12 tell typical mistakes apart."""

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


PRECISE = ["real images", "one image", "only ones"]


def test_a_right_prediction_passes_in_any_order(capsys):
    assert checks.above_half(lambda: ({*PRECISE}, ("real images",)))
    assert capsys.readouterr().out == "passed: above_half\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: {"real images"}, "two lists were asked for"),
        (lambda: (["real images"], PRECISE), "precision comes first"),
        (lambda: (PRECISE[:1], PRECISE[:1]), "precision does not ask whether samples differ"),
        (lambda: (PRECISE[:2], PRECISE[:1]), "does not ask for the other digits"),
        (lambda: ([*PRECISE, "noise"], PRECISE[:1]), "look like no image"),
        (lambda: (PRECISE[1:], PRECISE[:1]), "among other real images"),
        (lambda: (PRECISE, []), "as varied as"),
        (lambda: (PRECISE, PRECISE[:2]), "its balls are tiny"),
        (lambda: (PRECISE, ["real images", "only ones"]), "only about a tenth"),
        (lambda: (PRECISE, ["real images", "noise"]), "far from images"),
        (lambda: (["real"], []), "names 'real'"),
        (lambda: ("noise", []), "no list of names"),
        (lambda: ([1, 2], [3]), "no list of names"),
    ],
)
def test_wrong_predictions_are_told_why(answer, why, capsys):
    assert not checks.above_half(answer)
    assert why in capsys.readouterr().out


def variance_of(x_hat, x):
    return (x_hat - x).square().mean()


def right_nats(x_hat, x):
    q = torch.distributions.Normal(x_hat, variance_of(x_hat, x).sqrt())
    return -q.log_prob(x).sum(1).mean()


def half_error(x_hat, x):
    return 0.5 * (x_hat - x).square().sum(1).mean()


def with_variance(variance):
    return lambda x_hat, x: (variance(x_hat, x), right_nats(x_hat, x))


def with_nats(nats):
    return lambda x_hat, x: (variance_of(x_hat, x), nats(x_hat, x))


LOG_2_PI = 1.8378770664


@pytest.mark.parametrize(
    "answer",
    [
        with_nats(right_nats),
        lambda a, x: (variance_of(a, x).item(), right_nats(a, x).item()),
        with_nats(lambda a, x: 3 * (variance_of(a, x).log() + LOG_2_PI + 1)),
    ],
)
def test_the_right_variance_passes(answer, capsys):
    assert checks.best_variance(answer)
    assert capsys.readouterr().out == "passed: best_variance\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda a, x: variance_of(a, x), "a pair"),
        (lambda a, x: (right_nats(a, x), variance_of(a, x)), "in the other order"),
        (with_variance(lambda a, x: variance_of(a, x) / 2), "is half of it"),
        (with_variance(lambda a, x: (a - x).square().sum(1).mean()), "variance of one pixel"),
        (with_variance(half_error), "half the squared error of an image"),
        (with_variance(lambda a, x: (a - x).square().sum()), "images and pixels: take the mean"),
        (with_variance(lambda a, x: variance_of(a, x).sqrt()), "the standard deviation"),
        (with_variance(lambda a, x: 1 / variance_of(a, x)), "the precision"),
        (with_variance(lambda a, x: (a - x).var()), "with n − 1"),
        (with_variance(lambda a, x: (a - x).var(correction=0)), "about the mean error"),
        (with_variance(lambda a, x: x.var(correction=0)), "the variance of the images"),
        (with_variance(lambda a, x: (a - x).abs().mean()), "they must be squared"),
        (with_variance(lambda a, x: (a - x).square().mean(1)), "one for each image"),
        (with_variance(lambda a, x: (a - x).square().mean(0)), "one for each pixel"),
        (with_nats(lambda a, x: -right_nats(a, x)), "its negative was asked for"),
        (with_nats(lambda a, x: 3 * (variance_of(a, x).log() + 1)), "leaves out log 2π"),
        (with_nats(lambda a, x: 3 * (variance_of(a, x).log() + LOG_2_PI)), "the quadratic term"),
        (with_nats(lambda a, x: 3 * variance_of(a, x).log()), "only the term with log s²"),
        (with_nats(lambda a, x: right_nats(a, x) / 6), "that of one pixel"),
        (with_nats(lambda a, x: right_nats(a, x) * 9), "summed over the images"),
        (with_nats(lambda a, x: right_nats(a, x) * 2), "forgets the half"),
        (
            with_nats(lambda a, x: 3 * (2 * variance_of(a, x).log() + LOG_2_PI + 1)),
            "s is its root",
        ),
        (with_nats(lambda a, x: right_nats(a, x) / 0.6931471806), "in bits"),
        (with_nats(half_error), "is half the squared error"),
        (with_nats(lambda a, x: half_error(a, x) + 3 * LOG_2_PI), "has s² = 1 in it"),
    ],
)
def test_wrong_variances_are_told_why(answer, why, capsys):
    assert not checks.best_variance(answer)
    assert why in capsys.readouterr().out
