"""The checks of notebook 09 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.data.labels import one_hot
from aae_course.lessons.checks import clustering as checks


def votes(y, labels):
    return one_hot(y.argmax(1), y.shape[1]).T @ one_hot(labels, 14)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda y, labels: labels[(one_hot(y.argmax(1), 6) * y).argmax(0)], "ask all images"),
        (lambda y, labels: y.max(0), "take one of the two"),
        (lambda y, labels: y.argmax(0), "surest images themselves"),
        (lambda y, labels: y.max(0).values, "returns probabilities"),
        (lambda y, labels: labels[y.argmin(0)], "least sure"),
        (lambda y, labels: votes(y, labels).argmax(1), "lets the images of a cluster vote"),
        (lambda y, labels: (y.T @ one_hot(labels, 14)).argmax(1), "lets all images vote"),
        (lambda y, labels: torch.arange(6), "names the clusters 0, 1, 2"),
        (lambda y, labels: labels[y.argmax(1)], "one name for each cluster"),
        (lambda y, labels: labels[:5], "where (6,) is right"),
        (lambda y, labels: labels[:6] * 0, "gives 0 in place [0]"),
        (lambda y, labels: [1] * 6, "returns a list"),
    ],
)
def test_wrong_names_are_told_why(answer, why, capsys):
    assert not checks.name_clusters(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("kind", [float, torch.tensor])
def test_the_right_errors_pass(kind, capsys):
    assert checks.every_image_alone(lambda n, k: (kind(0.0), kind(100 * (1 - k / n))))
    assert capsys.readouterr().out == "passed: every_image_alone\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda n, k: 0, "a pair"),
        (lambda n, k: (100 * (1 - k / n), 0), "in the other order"),
        (lambda n, k: (100, 100 * (1 - k / n)), "(majority) is 100"),
        (lambda n, k: (87.5, 100 * (1 - k / n)), "(majority) is that of chance"),
        (lambda n, k: (100 * (1 - k / n), 100 * (1 - k / n)), "several clusters may have one"),
        (lambda n, k: (0, 0), "(matching) is 0"),
        (lambda n, k: (0, 100), "(matching) is 100"),
        (lambda n, k: (0, 100 * k / n), "the share that is right"),
        (lambda n, k: (0, 1 - k / n), "is a share"),
        (lambda n, k: (0, n - k), "is a count"),
        (lambda n, k: (0, 87.5), "(matching) is that of chance"),
        (lambda n, k: (0, 50), "gives 50 where 96.67 is right"),
        (lambda n, k: ("none", "all"), "a number was asked for"),
    ],
)
def test_wrong_errors_are_told_why(answer, why, capsys):
    assert not checks.every_image_alone(answer)
    assert why in capsys.readouterr().out


def right_loss(K):
    """By the best D_y: p / (p + q) in the cluster that has all images, 1 in every other."""
    D = (1 / K) / (1 / K + 1)
    return -(1 / K) * math.log(D) - math.log(1 - D)


def test_the_right_loss_passes(capsys):
    assert checks.collapsed_loss(right_loss)
    assert checks.collapsed_loss(lambda K: torch.tensor(right_loss(K)))
    assert capsys.readouterr().out == 2 * "passed: collapsed_loss\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda K: 0, "cannot be sure there"),
        (lambda K: 2 * math.log(2), "is 2 log 2"),
        (lambda K: math.log(K), "is log K"),
        (lambda K: -right_loss(K), "the wrong sign"),
        (lambda K: right_loss(K) / math.log(2), "in bits"),
        (lambda K: math.log(K + 1) / K, "forgets the images"),
        (lambda K: math.log((K + 1) / K), "forgets the draws"),
        (lambda K: math.log(K + 1) + math.log((K + 1) / K), "only 1/K of them do"),
        (lambda K: math.log(K) / K - math.log(1 - 1 / K), "has D_y = 1/K"),
        (lambda K: math.log(2) / K + math.log(2), "has D_y = 1/2"),
        (lambda K: math.log((K + 1) / K) / K + math.log(K + 1), "that of a draw"),
        (lambda K: right_loss(K - 1), "has K − 1"),
        (lambda K: right_loss(K) / 2, "the average of both"),
        (lambda K: 7.0, "gives 7 where"),
        (lambda K: "little", "a number was asked for"),
    ],
)
def test_wrong_losses_are_told_why(answer, why, capsys):
    assert not checks.collapsed_loss(answer)
    assert why in capsys.readouterr().out
