"""The check of notebook 14's training names what is wrong in its steps, errors or last weights."""

import math
from copy import copy, deepcopy

import pytest
import torch

from aae_course.lessons.checks import choosing as checks
from aae_course.lessons.choosing import train_and_choose
from aae_course.lessons.phases import train_phases


def with_choice(better, keep=deepcopy, load=True):
    """An answer that keeps an epoch if ``better(errors)``, in this way."""

    def answer(model, optimisers, epochs, error):
        errors = []
        for minibatches in epochs:
            train_phases(model, optimisers, minibatches)
            errors.append(error(model))
            if better(errors):
                best = keep(model.state_dict())
        if load:
            model.load_state_dict(best)
        return errors

    return answer


def least(errors):
    return errors.index(min(errors)) == len(errors) - 1


def least_or_equal(errors):
    return errors[-1] == min(errors)


def largest(errors):
    return errors[-1] == max(errors)


def below_the_last(errors):
    return len(errors) == 1 or errors[-1] < errors[-2]


WRONG_CHOICES = {
    "the weights of the last epoch: load": with_choice(least, load=False),
    "has lost the best weights: state_dict() holds": with_choice(least, keep=lambda state: state),
    "the next epoch changes; keep a deepcopy": with_choice(least, keep=copy),
    "loads the weights of the last epoch": with_choice(lambda errors: True),
    "keeps the later of two equal errors": with_choice(least_or_equal),
    "keeps the epoch of the largest": with_choice(largest),
    "compares with the epoch before": with_choice(below_the_last),
    "keeps the weights of the first epoch": with_choice(lambda errors: len(errors) == 1),
    "after no epoch": with_choice(
        least, lambda state: {name: torch.zeros_like(value) for name, value in state.items()}
    ),
}


@pytest.mark.parametrize("why", WRONG_CHOICES)
def test_another_choice_is_told_why(why, capsys):
    assert not checks.train_and_choose(WRONG_CHOICES[why])
    assert why in capsys.readouterr().out


def with_training(train, measure=lambda model, error: [error(model)]):
    """An answer that trains an epoch in this way, and chooses rightly."""

    def answer(model, optimisers, epochs, error):
        errors, low, best = [], math.inf, None
        for minibatches in epochs:
            train(model, optimisers, minibatches)
            errors += measure(model, error)
            if errors[-1] < low:
                low, best = errors[-1], deepcopy(model.state_dict())
        model.load_state_dict(best)
        return errors

    return answer


def never_clears(model, optimisers, minibatches):
    for x in minibatches:
        for phase, loss in model.training_step(x):
            loss.backward()
            optimisers[phase].step()


def goes_back(model, optimisers, epochs, error):
    errors, low = [], math.inf
    for minibatches in epochs:
        train_phases(model, optimisers, minibatches)
        errors.append(error(model))
        if errors[-1] < low:
            low, best = errors[-1], deepcopy(model.state_dict())
        model.load_state_dict(best)
    return errors


def stops_early(model, optimisers, epochs, error):
    errors = []
    for minibatches in epochs:
        train_phases(model, optimisers, minibatches)
        errors.append(error(model))
        if len(errors) > 1 and errors[-1] > errors[-2]:
            break
    return errors


def measures_before(model, optimisers, epochs, error):
    errors = []
    for minibatches in epochs:
        errors.append(error(model))
        train_phases(model, optimisers, minibatches)
    return errors


def measures_each_minibatch(model, optimisers, epochs, error):
    errors = []
    for minibatches in epochs:
        for x in minibatches:
            train_phases(model, optimisers, [x])
            errors.append(error(model))
    return errors


def gives(change):
    """An answer whose training is right, and whose errors are changed afterwards."""
    return lambda *given: change(train_and_choose(*given))


WRONG_ERRORS = {
    "never changes the weights": with_training(lambda *given: None),
    "never clears a gradient": with_training(never_clears),
    "with the first minibatch": with_training(lambda m, o, epoch: train_phases(m, o, epoch[:1])),
    "goes back to the best weights": goes_back,
    "stops when the error rises": stops_early,
    "measures before each epoch": measures_before,
    "before the first epoch too": lambda model, o, epochs, error: (
        [error(model), *train_and_choose(model, o, epochs, error)]
    ),
    "an error for each minibatch": measures_each_minibatch,
    "the least error so far": gives(lambda errors: [min(errors[: i + 1]) for i in range(7)]),
    "the same error for every epoch": gives(lambda errors: errors[:1] * 7),
    "in order of size": gives(sorted),
    "returns 2 errors for 7 epochs": gives(lambda errors: errors[:2]),
    "returns a float": gives(min),
    "no numbers": gives(lambda errors: ["low"] * 7),
    "has 41 for epoch 1": gives(lambda errors: [error + 1 for error in errors]),
    "has 20.5 for epoch 2": gives(lambda errors: [*errors[:1], 20.5, *errors[2:]]),
    "returns weights": lambda model, *others: model,
}  # fmt: skip


@pytest.mark.parametrize("why", WRONG_ERRORS)
def test_other_errors_are_told_why(why, capsys):
    assert not checks.train_and_choose(WRONG_ERRORS[why])
    assert why in capsys.readouterr().out


def keeps_a_model(model, optimisers, epochs, error):
    errors, kept = [], []
    for minibatches in epochs:
        train_phases(model, optimisers, minibatches)
        errors.append(error(model))
        kept.append(deepcopy(model))
    model.load_state_dict(kept[errors.index(min(errors))].state_dict())
    return torch.tensor(errors)


def clones(state):
    return {name: value.clone() for name, value in state.items()}


@pytest.mark.parametrize("answer", [train_and_choose, keeps_a_model, with_choice(least, clones)])
def test_right_answers_pass(answer, capsys):
    assert checks.train_and_choose(answer)
    assert capsys.readouterr().out == "passed: train_and_choose\n"
