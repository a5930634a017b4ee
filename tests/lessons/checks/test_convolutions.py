"""The checks of notebook 11 tell typical mistakes apart."""

import math

import pytest
import torch

from aae_course.lessons.checks import convolutions as checks


def field(layers):
    size, stride = 1, 1
    for kernel, step in layers:
        size += (kernel - 1) * stride
        stride *= step
    return size


@pytest.mark.parametrize("answer", [field, lambda layers: torch.tensor(field(layers))])
def test_the_right_field_passes(answer, capsys):
    assert checks.receptive_field(answer)
    assert capsys.readouterr().out == "passed: receptive_field\n"


def kernel_times_stride(layers):
    size, stride = 1, 1
    for kernel, step in layers:
        size += kernel * stride
        stride *= step
    return size


def stride_too_early(layers):
    size, stride = 1, 1
    for kernel, step in layers:
        stride *= step
        size += (kernel - 1) * stride
    return size


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda layers: math.prod(k for k, _ in layers), "multiplies the kernels"),
        (lambda layers: sum(k for k, _ in layers), "adds up the kernels"),
        (lambda layers: 1 + sum(k - 1 for k, _ in layers), "leaves out the strides"),
        (kernel_times_stride, "takes k − 1 steps"),
        (stride_too_early, "own stride into account at once"),
        (lambda layers: 1 + sum((k - 1) * s for k, s in layers), "by the layer's own stride"),
        (lambda layers: field(layers[::-1]), "from the last to the first"),
        (lambda layers: field(layers) - 1, "starts from 0"),
        (lambda layers: math.prod(s for _, s in layers), "the stride of the last map"),
        (lambda layers: 100, "gives 100 where"),
        (lambda layers: "wide", "a number was asked for"),
        (lambda layers: torch.ones(4), "one number was asked for"),
    ],
)
def test_wrong_fields_are_told_why(answer, why, capsys):
    assert not checks.receptive_field(answer)
    assert why in capsys.readouterr().out


def dense(c, s, u, d):
    return (c * s * s + 1) * u + (u + 1) * d


def pointwise(c, d):
    return (c + 1) * d


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda c, s, u, d: c * s * s * u + u * d, "(dense) forgets the biases"),
        (lambda c, s, u, d: c * s * s * u + (u + 1) * d, "biases of the hidden layer"),
        (lambda c, s, u, d: (c * s * s + 1) * u + u * d, "biases of the code"),
        (lambda c, s, u, d: (c * s + 1) * u + (u + 1) * d, "one side of the map"),
        (lambda c, s, u, d: (c + 1) * u + (u + 1) * d, "forgets the places"),
        (lambda c, s, u, d: (c * s * s + 1) * u, "leaves out the second layer"),
        (lambda c, s, u, d: (c * s * s + 1) * d, "at once"),
        (lambda c, s, u, d: 1, "gives 1 where"),
        (lambda c, s, u, d: "many", "(dense) returns a str: a number was asked for"),
    ],
)
def test_wrong_dense_heads_are_told_why(wrong, why, capsys):
    assert not checks.head_weights(lambda c, s, u, d: (wrong(c, s, u, d), pointwise(c, d)))
    assert why in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda c, s, u, d: c * d, "(pointwise) forgets the biases"),
        (lambda c, s, u, d: (c * s * s + 1) * d, "the places share theirs"),
        (lambda c, s, u, d: c * d + c, "a bias for each channel"),
        (lambda c, s, u, d: (c + 1) * u + (u + 1) * d, "through the hidden units"),
        (lambda c, s, u, d: (c + 1) * d + s * s, "the average as weights"),
        (
            lambda c, s, u, d: torch.ones(2),
            "(pointwise) returns the shape (2,): one number was asked for",
        ),
    ],
)
def test_wrong_pointwise_heads_are_told_why(wrong, why, capsys):
    assert not checks.head_weights(lambda c, s, u, d: (dense(c, s, u, d), wrong(c, s, u, d)))
    assert why in capsys.readouterr().out


def test_two_heads_are_asked_for_in_order(capsys):
    assert not checks.head_weights(lambda c, s, u, d: (pointwise(c, d), dense(c, s, u, d)))
    assert not checks.head_weights(lambda c, s, u, d: dense(c, s, u, d))
    said = capsys.readouterr().out
    assert "in the other order" in said and "does not return a pair" in said


def main(t):
    return (t[True, False] - t[False, False] + t[True, True] - t[False, True]) / 2


def interaction(t):
    return (t[True, True] - t[False, True] - t[True, False] + t[False, False]) / 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda t: -main(t), "wrong sign: on less off"),
        (lambda t: t[True, False] - t[False, False], "second change is off"),
        (lambda t: t[True, True] - t[False, True], "second change is on"),
        (
            lambda t: (t[False, True] - t[False, False] + t[True, True] - t[True, False]) / 2,
            "the effect of the second change",
        ),
        (lambda t: 2 * main(t), "their mean was asked for"),
        (lambda t: main(t) / 2, "half of the effect"),
        (lambda t: t[True, True] - t[False, False], "both changes with none"),
        (lambda t: 0.5, "(main) gives 0.5 where -5.5 is right"),
        (lambda t: "large", "(main) returns a str: a number was asked for"),
    ],
)
def test_wrong_main_effects_are_told_why(wrong, why, capsys):
    assert not checks.main_and_interaction(lambda t: (wrong(t), interaction(t)))
    assert why in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda t: -interaction(t), "wrong sign: with the second change"),
        (lambda t: 2 * interaction(t), "the difference of the differences"),
        (lambda t: interaction(t) / 2, "a quarter"),
        (lambda t: t[True, True] - t[False, False], "has to come off"),
        (lambda t: torch.ones(2), "(interaction) returns the shape (2,): one number was asked for"),
    ],
)
def test_wrong_interactions_are_told_why(wrong, why, capsys):
    assert not checks.main_and_interaction(lambda t: (main(t), wrong(t)))
    assert why in capsys.readouterr().out


def test_two_effects_are_asked_for_in_order(capsys):
    assert not checks.main_and_interaction(lambda t: (interaction(t), main(t)))
    assert not checks.main_and_interaction(main)
    said = capsys.readouterr().out
    assert "in the other order" in said and "does not return a pair" in said


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (["A", "B", "D", "E"], "wrong about A: with only one image paler"),
        (["D", "E"], "wrong about B: the std of each channel is ten times"),
        ("bcde", "wrong about C: each channel changes its sign"),
        (["B", "E"], "wrong about D: the mean of the channel is 3 larger"),
        ("BD", "wrong about E: every number that the convolution gives is halved"),
        ("BDEF", "wrong about F: mean and std are those of the minibatch"),
        ("ACF", "names those that change the output"),
        ("ABCDEF", "names all: batch norm takes off"),
        ([], "names none: a bias in front of batch norm"),
        ("G", "names 'G'"),
        (3, "returns no letters"),
    ],
)
def test_wrong_predictions_of_what_norm_undoes_are_told_why(answer, why, capsys):
    assert not checks.unseen_by_norm(lambda: answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("answer", [["B", "D", "E"], "bde", {"E", "B", "D"}])
def test_right_predictions_of_what_norm_undoes_pass(answer, capsys):
    assert checks.unseen_by_norm(lambda: answer)
    assert capsys.readouterr().out == "passed: unseen_by_norm\n"
