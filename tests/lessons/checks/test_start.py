"""The checks of notebook 00 tell typical mistakes apart."""

import pytest
import torch.nn.functional as F

from aae_course.lessons.checks import start as checks


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda images, index: images[index].float(), "up to 255"),
        (lambda images, index: images[index].float() / 256, "divides by 256"),
        (lambda images, index: images[index].float() / images.max(), "by 255, whatever the images"),
        (lambda images, index: images[index].float() / 127.5 - 1, "from 0 to 1 was asked for"),
        (lambda images, index: images[: len(index)].float() / 255, "other values"),
        (lambda images, index: images[index.sort().values].float() / 255, "another order"),
        (lambda images, index: images.float() / 255, "one row for each number in index"),
        (lambda images, index: images[index] // 255, "torch.uint8"),
        (lambda images, index: images[index].double() / 255, "torch.float64"),
        (lambda images, index: images[index].tolist(), "returns a list"),
    ],
)
def test_wrong_minibatches_are_told_why(answer, why, capsys):
    assert not checks.minibatch(answer)
    assert why in capsys.readouterr().out


def squares(x_hat, x):
    return (x_hat - x).square()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda x_hat, x: squares(x_hat, x).sum(-1).mean(), "forgets the half"),
        (F.mse_loss, "as mse_loss"),
        (lambda x_hat, x: 0.5 * squares(x_hat, x).mean(), "mean over the pixels: a sum"),
        (lambda x_hat, x: 0.5 * squares(x_hat, x).sum(), "sums over the minibatch too"),
        (lambda x_hat, x: squares(x_hat, x).sum(), "sums over the minibatch too and forgets"),
        (lambda x_hat, x: 0.5 * squares(x_hat, x).mean(-1).sum(), "the other way round"),
        (lambda x_hat, x: 0.5 * (x_hat - x).norm(dim=-1).mean(), "half the root"),
        (lambda x_hat, x: 0.5 * (x_hat - x).abs().sum(-1).mean(), "adds absolute errors"),
        (lambda x_hat, x: 0.5 * squares(x_hat, x).sum(-1), "one loss for each image"),
        (lambda x_hat, x: 0.5 * squares(x_hat, x).sum(0), "one number was asked for"),
        (lambda x_hat, x: 0.5 * squares(x_hat, x).sum(-1).mean().item(), "returns a float"),
        (lambda x_hat, x: 0.5 * squares(x_hat, x).sum(-1).mean().detach(), "without a gradient"),
        (lambda x_hat, x: squares(x_hat, x).pow(2).sum(), "is right"),
    ],
)
def test_wrong_losses_are_told_why(answer, why, capsys):
    assert not checks.reconstruction_loss(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (["A", "B", "D"], "wrong about A: every gradient is 392 times smaller"),
        (["D"], "wrong about B: 392 times the rate"),
        ("bcd", "wrong about C: without momentum"),
        (["B"], "wrong about D: Adam divides the gradient"),
        ("BDE", "wrong about E: the scale does not change Adam's steps"),
        ("ACE", "names those that change"),
        ("ABCDE", "names all of them"),
        ([], "names none"),
        ("F", "names 'F'"),
        (2, "returns no letters"),
    ],
)
def test_wrong_predictions_of_equal_runs_are_told_why(answer, why, capsys):
    assert not checks.same_training(lambda: answer)
    assert why in capsys.readouterr().out
