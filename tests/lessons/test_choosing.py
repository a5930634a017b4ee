"""The training that chooses an epoch is left with the weights that had the least error."""

import torch
from torch import nn

from aae_course.lessons.choosing import train_and_choose


class Line(nn.Module):
    """One weight, which a step of rate 1 moves by what the minibatch says."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.0))

    def training_step(self, x):
        yield "fit", -x * self.weight


def chosen(moves, target=2.0):
    """Errors and last weight of a run with a move for each epoch; the error is a distance."""
    line = Line()
    optimisers = {"fit": torch.optim.SGD(line.parameters(), lr=1.0)}
    errors = train_and_choose(
        line,
        optimisers,
        [[move] for move in moves],
        lambda model: abs(model.weight.item() - target),
    )
    return errors, line.weight.item()


def test_the_best_epoch_is_kept_and_training_goes_on_from_the_last():
    assert chosen([1.0, 1.0, 1.0, 2.0]) == ([1.0, 0.0, 1.0, 3.0], 2.0)


def test_of_equal_errors_the_earlier_counts():
    assert chosen([1.0, 2.0, 4.0]) == ([1.0, 1.0, 5.0], 1.0)


def test_of_one_epoch_the_only_one_is_kept():
    assert chosen([5.0]) == ([3.0], 5.0)
