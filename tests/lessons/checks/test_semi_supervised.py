"""The checks of notebook 08 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.data.labels import labelled_subset
from aae_course.lessons.checks import semi_supervised as checks


def members(labels, per_class):
    found = [(labels == k).nonzero().flatten() for k in range(int(labels.max()) + 1)]
    return [each[torch.randperm(len(each))][:per_class] for each in found]


def test_the_packages_own_subset_passes():
    seeds = iter(range(100))
    assert checks.balanced_subset(
        lambda labels, n: labelled_subset(labels, 4 * n, 4, seed=next(seeds))
    )


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda labels, n: torch.randperm(len(labels))[: 4 * n], "not 20 of each"),
        (lambda labels, n: torch.randperm(len(labels))[:n], "20 indices of each"),
        (lambda labels, n: members(labels, n), "returns a list"),
        (lambda labels, n: torch.cat(members(labels, n)).float(), "no indices"),
        (lambda labels, n: labels[torch.cat(members(labels, n))], "returns labels"),
        (
            lambda labels, n: torch.cat(
                [torch.randperm(len(m))[:n] for m in members(labels, 10**6)]
            ),
            "look up members[place]",
        ),
        (lambda labels, n: torch.cat(members(labels, n)), None),
        (
            lambda labels, n: torch.cat(
                [(labels == k).nonzero().flatten()[:n] for k in labels.unique()]
            ),
            "same images each time",
        ),
        (lambda labels, n: torch.zeros(len(labels), dtype=torch.bool), "returns a mask"),
        (
            lambda labels, n: torch.cat(
                [m[torch.randint(len(m), (n,))] for m in members(labels, 10**6)]
            ),
            "without replacement",
        ),
        (lambda labels, n: torch.cat(members(labels, n)) + len(labels), "no indices"),
    ],
)
def test_wrong_subsets_are_told_why(answer, why, capsys):
    passed = checks.balanced_subset(answer)
    out = capsys.readouterr().out
    assert passed == (why is None)
    assert why is None or why in out


E = math.e


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda K: math.log(1 + (K - 1) / E), None),
        (lambda K: -torch.eye(K)[0].log_softmax(0)[0], None),
        (lambda K: 0.0, "never gives a 1"),
        (lambda K: math.log(K), "an even guess"),
        (lambda K: 1 - math.log(E + K - 1), "wrong sign"),
        (lambda K: math.log2(1 + (K - 1) / E), "in bits"),
        (lambda K: E / (E + K - 1), "is the probability"),
        (lambda K: (E + K - 1) / E, "forgets the logarithm"),
        (lambda K: math.log(E + K - 1), "1 in the numerator"),
        (lambda K: math.log(1 + K / E), "counts K others"),
        (lambda K: math.log(E + K - 2) - 1, "counts K − 2 others"),
        (lambda K: math.log(1 + (K - 1) / E**2), "in place of e⁰"),
        (lambda K: math.log(1 + (K - 1) / E) / K, "divides by the number"),
        (lambda K: math.log(1 + 1 / E), "one other label only"),
        (lambda K: "little", "a number was asked for"),
        (lambda K: 0.7, "gives 0.7 where"),
    ],
)
def test_wrong_losses_of_two_softmaxes_are_told_why(answer, why, capsys):
    passed = checks.two_softmaxes(answer)
    assert passed == (why is None)
    assert why is None or why in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda r, n: (r * n / 2, r), None),
        (lambda r, n: (r, r * n / 2), "in the other order"),
        (lambda r, n: (r, r), "(SGD) is the same rate"),
        (lambda r, n: (r * 2 / n, r), "needs a larger rate"),
        (lambda r, n: (r * n, r), "forgets the half"),
        (lambda r, n: (2 * r * n, r), "turns the half round"),
        (lambda r, n: (n / 2, 1.0), "is the factor"),
        (lambda r, n: (r * math.sqrt(n / 2), r), "takes the root"),
        (lambda r, n: (r * (n / 2) ** 2, r), "is squared"),
        (lambda r, n: (r / 2, r), "forgets the pixels"),
        (lambda r, n: (r * n / 2, r * n / 2), "(Adam) is that of SGD"),
        (lambda r, n: (r * n / 2, r * 2 / n), "(Adam) is smaller"),
        (lambda r, n: (r * n / 2, r * math.sqrt(n / 2)), "drops out"),
        (lambda r, n: (r * n / 2, r / math.sqrt(n / 2)), "drops out"),
        (lambda r, n: (r * n / 2, 1.0), "(Adam) is a factor"),
        (lambda r, n: r * n / 2, "a pair"),
    ],
)
def test_wrong_rates_are_told_why(answer, why, capsys):
    passed = checks.same_step(answer)
    assert passed == (why is None)
    assert why is None or why in capsys.readouterr().out


def entropies(y):
    return -torch.xlogy(y, y).sum(-1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda y: entropies(y).mean(), "a pair"),
        (lambda y: (y.mean(0), entropies(y).mean()), "in the other order"),
        (lambda y: (entropies(y), y.mean(0)), "average over the images"),
        (lambda y: (-(y * y.log()).sum(-1).mean(), y.mean(0)), "nan where a probability is 0"),
        (lambda y: (-entropies(y).mean(), y.mean(0)), "sign"),
        (lambda y: (entropies(y).mean() / math.log(2), y.mean(0)), "in bits"),
        (lambda y: (-torch.xlogy(y, y).mean(), y.mean(0)), "mean over the labels"),
        (lambda y: (entropies(y).sum(), y.mean(0)), "sums over the images"),
        (lambda y: (entropies(y.mean(0)), y.mean(0)), "the entropy of the mean row"),
        (lambda y: (entropies(y.mean(0)) / math.log(2), y.mean(0)), "and in nats"),
        (lambda y: ("low", y.mean(0)), "(entropy) returns a str: a number was asked for"),
        (lambda y: (7.0, y.mean(0)), "gives 7 where"),
        (lambda y: (entropies(y).mean(), y.mean()), "(marginal)"),
        (lambda y: (entropies(y).mean(), y.sum(0)), "sums the probabilities"),
        (
            lambda y: (entropies(y).mean(), y.argmax(-1).bincount(minlength=4) / len(y)),
            "counts the likeliest labels",
        ),
        (lambda y: (entropies(y).mean(), torch.full((4,), 0.25)), "(marginal) gives 0.25"),
    ],
)
def test_wrong_entropies_and_marginals_are_told_why(answer, why, capsys):
    assert not checks.entropy_and_marginal(answer)
    assert why in capsys.readouterr().out


def bins(confidence, right, last=9):
    """(accuracy, mean confidence, share of the images) of each bin in use."""
    place = (10 * confidence).long().clamp(max=last)
    for b in place.unique():
        inside = place == b
        accuracy, sure = right[inside].mean(), confidence[inside].mean()
        yield accuracy, sure, inside.float().mean()


def gap(weigh):
    return lambda c, r: sum(weigh(*each) for each in bins(c, r))


ECE = gap(lambda accuracy, sure, share: share * (accuracy - sure).abs())


def with_empty_bins(confidence, right):
    place = (10 * confidence).long().clamp(max=9)
    inside = [place == b for b in range(10)]
    return sum(i.float().mean() * (right[i].mean() - confidence[i].mean()).abs() for i in inside)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (ECE, None),
        (lambda c, r: sum(n * (a - s).abs() for a, s, n in bins(c, r, 10)), "an eleventh bin"),
        (
            lambda c, r: (
                sum(n * (a - s).abs() for a, s, n in bins(c[c < 1], r[c < 1]))
                * (c < 1).float().mean()
            ),
            "leaves out the images with a confidence of 1",
        ),
        (with_empty_bins, "nan where a bin has no image"),
        (lambda c, r: 100 * ECE(c, r), "percent"),
        (lambda c, r: -ECE(c, r), "wrong sign"),
        (lambda c, r: len(c) * ECE(c, r), "sums over the images"),
        (gap(lambda a, s, share: (a - s).abs()), "sums over the bins"),
        (
            lambda c, r: torch.stack([(a - s).abs() for a, s, _ in bins(c, r)]).mean(),
            "bins count alike",
        ),
        (lambda c, r: gap(lambda a, s, _: (a - s).abs())(c, r) / 10, "empty ones too"),
        (gap(lambda a, s, share: share * (a - s)), "different sign cancel"),
        (lambda c, r: (r.mean() - c.mean()).abs(), "the whole gap"),
        (lambda c, r: (r - c).abs().mean(), "image by image"),
        (lambda c, r: max((a - s).abs() for a, s, _ in bins(c, r)), "largest gap"),
        (lambda c, r: c, "one number was asked for"),
        (lambda c, r: 0.5, "gives 0.5 where"),
    ],
)
def test_wrong_calibration_errors_are_told_why(answer, why, capsys):
    passed = checks.calibration_error(answer)
    out = capsys.readouterr().out
    assert passed == (why is None)
    assert why is None or why in out
