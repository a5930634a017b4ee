"""The checks of notebook 13 tell typical mistakes apart."""

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import invariance as checks

RIGHT = [(6, 9)], [(2, 5)]


@pytest.mark.parametrize("answer", [RIGHT, [{(9, 6)}, ({5, 2},)]])
def test_pairs_are_right_in_any_order(answer, capsys):
    assert checks.exchanged(lambda: answer)
    assert capsys.readouterr().out == "passed: exchanged\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (RIGHT[::-1], "in the other order"),
        (([(6, 9), (2, 5)], [(2, 5)]), "(turned) says that 2 and 5 change places: a 2 that is"),
        (([(6, 9), (7, 1)], [(2, 5)]), "the bar of a 7 that is turned"),
        (([(6, 9), (4, 7)], [(2, 5)]), "a 4 that is turned"),
        (([(6, 9), (3, 5)], [(2, 5)]), "draw one of them on paper"),
        (([(6, 9)], [(2, 5), (6, 9)]), "(mirrored) says that 6 and 9 change places: a 6 in the"),
        (([(6, 9)], [(2, 5), (1, 7)]), "the bar of a 7 in the mirror"),
        (([(6, 9)], [(2, 5), (3, 8)]), "like the letter E"),
        (([], [(2, 5)]), "(turned) misses a pair"),
        (([(6, 9)], []), "(mirrored) misses a pair"),
        (([(6, 9), (8, 8)], [(2, 5)]), "two different digits"),
        (((6, 9), (2, 5)), "lists of pairs of digits"),
        (([(6, 9, 0)], [(2, 5)]), "holds (6, 9, 0)"),
        (([(6, 19)], [(2, 5)]), "a pair is of two digits"),
        (([([6], 9)], [(2, 5)]), "a pair is of two digits"),
        ({(6, 9), (2, 5), (0, 1)}, "returns a set"),
    ],
)
def test_wrong_pairs_are_told_why(answer, why, capsys):
    assert not checks.exchanged(lambda: answer)
    assert why in capsys.readouterr().out


def shares(y, other):
    return y * other / (y * other).sum()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda y, o: shares(y, o) - y, "the wrong sign"),
        (lambda y, o: -o / (y * o).sum(), "go on to the logits"),
        (lambda y, o: o - shares(y, o), "the logits of the other view"),
        (lambda y, o: y - y * o, "forgets to divide"),
        (lambda y, o: y - o, "the gradient of a cross entropy"),
        (lambda y, o: -shares(y, o), "each y_k depends on all logits"),
        (lambda y, o: shares(y, o), "one step is missing"),
        (lambda y, o: -shares(y, o) * (1 - y), "the diagonal of the softmax's derivative"),
        (lambda y, o: (y - shares(y, o)) / 5, "a mean over the categories"),
        (lambda y, o: -(y * o).sum().log(), "returns one number"),
        (lambda y, o: (y - shares(y, o))[:4], "where (5,) is right"),
        (lambda y, o: 2 * (y - shares(y, o)), "in place [0]"),
    ],
)
def test_wrong_gradients_are_told_why(answer, why, capsys):
    assert not checks.gradient(answer)
    assert why in capsys.readouterr().out


def test_the_gradient_by_autograd_passes(capsys):
    def by_autograd(y, other):
        a = y.log().requires_grad_()
        (of_logits,) = torch.autograd.grad(-(a.softmax(-1) * other).sum().log(), a)
        return of_logits

    assert checks.gradient(by_autograd)


def right_error(clusters):
    fewest, more = divmod(clusters, 10)
    right = more * min(10, 100 * (fewest + 1) / clusters)
    return 100 - right - (10 - more) * min(10, 100 * fewest / clusters)


def whole_clusters(clusters):
    return 100 - 100 * (clusters // 10 * 10) / clusters


def only_for_16(clusters):
    return 15.0


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda k: right_error(k) / 100, "percent was asked for"),
        (lambda k: 100 - right_error(k), "is what is right"),
        (lambda k: 1 - right_error(k) / 100, "a share of what is right"),
        (whole_clusters, "a cluster of its own, which it shares"),
        (lambda k: 0.0, "every cluster as pure"),
        (lambda k: torch.tensor(k / 10).log(), "is an entropy"),
        (only_for_16, "(clusters = 30) gives 15 where 0 is right"),
        (lambda k: 15.0 if k == 16 else max(0, k - 10) / k * 100, "(clusters = 30) counts every"),
        (lambda k: [k], "where 15 is right"),
    ],
)
def test_wrong_least_errors_are_told_why(answer, why, capsys):
    assert not checks.least_error(answer)
    assert why in capsys.readouterr().out


def terms(D_y, D_z, y, z):
    one, two = y.chunk(2)
    demand = -(one * two).sum(-1).log().mean()
    return F.softplus(-D_y(y)).mean(), F.softplus(-D_z(z)).mean(), demand


def right_phase(D_y, D_z, y, z, pull):
    G_y, G_z, demand = terms(D_y, D_z, y, z)
    return pull * G_y + G_z + 5 * demand


def with_demand(of_views):
    def phase(D_y, D_z, y, z, pull):
        G_y, G_z, _ = terms(D_y, D_z, y, z)
        return pull * G_y + G_z + 5 * of_views(*y.chunk(2))

    return phase


def summed(weigh):
    return lambda D_y, D_z, y, z, pull: weigh(*terms(D_y, D_z, y, z), pull)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (summed(lambda G_y, G_z, d, p: p * G_y + G_z), "leaves out the demand"),
        (summed(lambda G_y, G_z, d, p: 5 * d), "leaves out the adversaries"),
        (summed(lambda G_y, G_z, d, p: p * G_y + G_z + d), "by 5 was asked for"),
        (summed(lambda G_y, G_z, d, p: p * G_y + G_z - 5 * d), "the wrong sign"),
        (summed(lambda G_y, G_z, d, p: G_y + G_z + 5 * d), "leaves out the pull"),
        (summed(lambda G_y, G_z, d, p: p * (G_y + G_z) + 5 * d), "weigh both adversaries"),
        (summed(lambda G_y, G_z, d, p: G_y + p * G_z + 5 * d), "lets the pull weigh z"),
        (summed(lambda G_y, G_z, d, p: p * (G_y + 5 * d) + G_z), "weigh the demand too"),
        (summed(lambda G_y, G_z, d, p: p * G_y + G_z + 7 * d), "is another loss than"),
        (lambda *given: right_phase(*given).item(), "stay with tensors"),
        (lambda *given: right_phase(*given).detach(), "without a gradient"),
        (with_demand(lambda a, b: -(a * b.log()).sum(-1).mean()), "takes a cross entropy"),
        (with_demand(lambda a, b: -(a * b).log().sum(-1).mean()), "takes Σ_k log"),
        (with_demand(lambda a, b: -(a * b).sum(-1).mean().log()), "averages before the logarithm"),
        (with_demand(lambda a, b: (a - b).square().sum(-1).mean()), "squared differences"),
        (with_demand(lambda a, b: -(a * b).sum(-1).mean()), "forgets the logarithm"),
        (with_demand(lambda a, b: -(a * b).sum(-1).log().sum()), "sums the demand"),
        (with_demand(lambda a, b: -(a * b).sum(-1).log()), "a loss for each image"),
        (
            with_demand(lambda a, b: -(a.detach() * b).sum(-1).log().mean()),
            "another gradient for y: detach nothing",
        ),
    ],
)
def test_wrong_phases_are_told_why(answer, why, capsys):
    assert not checks.generator_phase(answer)
    assert why in capsys.readouterr().out


def fooled(D_y, D_z, y, z, pull):
    demand = terms(D_y, D_z, y, z)[2]
    return pull * F.softplus(D_y(y)).mean() + F.softplus(D_z(z)).mean() + 5 * demand


def minimax(D_y, D_z, y, z, pull):
    demand = terms(D_y, D_z, y, z)[2]
    return 5 * demand - pull * F.softplus(D_y(y)).mean() - F.softplus(D_z(z)).mean()


def neighbours(D_y, D_z, y, z, pull):
    G_y, G_z, _ = terms(D_y, D_z, y, z)
    return pull * G_y + G_z - 5 * (y[0::2] * y[1::2]).sum(-1).log().mean()


@pytest.mark.parametrize(
    ("answer", "why"),
    [(fooled, "the wrong target"), (minimax, "the minimax loss"), (neighbours, "pairs neighbours")],
)
def test_wrong_adversaries_and_pairs_are_told_why(answer, why, capsys):
    assert not checks.generator_phase(answer)
    assert why in capsys.readouterr().out


def test_the_right_phase_passes(capsys):
    assert checks.generator_phase(right_phase)
    assert capsys.readouterr().out == "passed: generator_phase\n"
