"""The checks of notebook 06 tell typical mistakes apart."""

import pytest
import torch

from aae_course.data.labels import one_hot, one_hot_or_unlabelled
from aae_course.lessons.checks import label_informed as checks


def last_place(y, classes):
    return torch.where(y < 0, classes, y)


@pytest.mark.parametrize(
    "answer",
    [
        one_hot_or_unlabelled,
        lambda y, k: torch.eye(k + 1)[y],  # -1 is the last row
        lambda y, k: torch.nn.functional.one_hot(last_place(y, k), k + 1),
    ],
)
def test_right_labels_pass(answer, capsys):
    assert checks.label_input(answer)
    assert capsys.readouterr().out == "passed: label_input\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda y, k: one_hot(y, k), "has no place for an image without a label"),
        (lambda y, k: one_hot(y, k + 1), "at 0: the last one is for it"),
        (lambda y, k: one_hot(y + 1, k + 1), "it comes last"),
        (lambda y, k: one_hot(y % k, k + 1), "gives an image without a label the last class"),
        (
            lambda y, k: torch.cat([one_hot(y, k), torch.ones(len(y), 1)], 1),
            "only one 1",
        ),
        (lambda y, k: 1 - one_hot_or_unlabelled(y, k), "swapped"),
        (lambda y, k: torch.nn.functional.one_hot(y, k + 1), "stops with RuntimeError"),
        (lambda y, k: last_place(y, k), "where (6, 5) is right"),
        (lambda y, k: y.tolist(), "returns a list"),
        (lambda y, k: 2 * one_hot_or_unlabelled(y, k), "gives 2 in place [0, 2] where 1 is right"),
    ],
)
def test_wrong_labels_are_told_why(answer, why, capsys):
    assert not checks.label_input(answer)
    assert why in capsys.readouterr().out


def anywhere(y, prior):
    return torch.where(y < 0, torch.randint_like(y, prior.classes), y)


def draw(labels_of):
    return lambda y, prior: prior.sample(len(y), labels=labels_of(y, prior))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (draw(lambda y, p: y), "stops with ValueError"),
        (lambda y, p: p.sample(len(y)), "each has the part of its label"),
        (draw(lambda y, p: y % p.classes), "from part 9"),
        (draw(lambda y, p: y.clamp_min(0)), "from part 0"),
        (draw(lambda y, p: torch.where(y < 0, torch.randint(10, ()), y)), "choose one for each"),
        (
            draw(lambda y, p: torch.where(y < 0, torch.randint_like(y, 9), y)),
            "from every part equally often",
        ),
        (lambda y, p: p.centres[anywhere(y, p)], "draw from the prior"),
        (lambda y, p: p.sample(len(y), labels=anywhere(y, p))[:, :1], "where (4000, 2) is right"),
        (lambda y, p: 1.0, "returns a float"),
    ],
)
def test_wrong_draws_are_told_why(answer, why, capsys):
    assert not checks.positive_draws(answer)
    assert why in capsys.readouterr().out


def points(scale=lambda local, stds: stds * local, turn=lambda local, axes: local @ axes):
    def answer(u, centre, stds, axes):
        return centre + turn(scale(torch.special.ndtri(u), stds), axes)

    return answer


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda u, c, s, a: c + (s * u) @ a, "evenly in the plane"),
        (lambda u, c, s, a: (s * torch.special.ndtri(u)) @ a, "leaves the centre out"),
        (points(scale=lambda local, s: s * local / 2**0.5), "leaves out √2"),
        (lambda u, c, s, a: c + (s * torch.erfinv(u)) @ a, "takes erfinv of u"),
        (lambda u, c, s, a: c + (s * torch.erfinv(2 * u - 1)) @ a, "leaves out √2"),
        (lambda u, c, s, a: c + (s * torch.special.ndtr(u)) @ a, "its inverse ndtri"),
        (lambda u, c, s, a: c + (s * torch.logit(u)) @ a, "logistic"),
        (lambda u, c, s, a: c + (s * torch.special.ndtri(1 - u)) @ a, "wrong sign"),
        (lambda u, c, s, a: c + (s * torch.special.ndtri(u.flip(1))) @ a, "swaps the two"),
        (points(scale=lambda local, s: s.sqrt() * local), "roots of stds"),
        (points(scale=lambda local, s: local), "leaves the standard deviations out"),
        (points(scale=lambda local, s: local / s), "divides by the standard deviations"),
        (points(scale=lambda local, s: s**2 * local), "by the variances"),
        (points(turn=lambda local, a: local @ a.T), "turns the wrong way"),
        (points(turn=lambda local, a: local), "does not turn"),
        (lambda u, c, s, a: c + s * (torch.special.ndtri(u) @ a), "scales after turning"),
        (lambda u, c, s, a: (c + s * torch.special.ndtri(u)) @ a, "turns the centre too"),
        (lambda u, c, s, a: c, "where (7, 2) is right"),
        (lambda u, c, s, a: u, "in place [0, 0] where"),
    ],
)
def test_wrong_points_are_told_why(answer, why, capsys):
    assert not checks.component_points(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (["E"], "wrong about A: whatever the names are"),
        (["A", "B", "E"], "wrong about B: the codes of images labelled k"),
        (["A", "C", "E"], "wrong about C: a 3 that is labelled 7"),
        ("aed", "wrong about D: with the 9s in component 4"),
        (["A"], "wrong about E: the labels that are left"),
        ("BCD", "names those that the loss shows"),
        ("ABCDE", "names all of them"),
        ([], "names none"),
        ("F", "names 'F'"),
        (2, "returns no letters"),
    ],
)
def test_wrong_predictions_of_unseen_faults_are_told_why(answer, why, capsys):
    assert not checks.unseen(lambda: answer)
    assert why in capsys.readouterr().out


def test_the_right_prediction_passes_in_any_form(capsys):
    assert checks.unseen(lambda: "ea") and checks.unseen(lambda: {"A", "E"})
    assert capsys.readouterr().out == 2 * "passed: unseen\n"
