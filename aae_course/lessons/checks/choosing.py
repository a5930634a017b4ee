"""Check of the exercise of notebook 14 in which a training keeps its best epoch."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.lessons.checks.answers import close
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.phases import BATCH, MISTAKES as IN_STEPS, PIXELS, Small
from aae_course.lessons.phases import train_phases
from aae_course.randomness import seeded_generator

# The error after each epoch. Each mistake ends with the weights of another: the first epoch, the
# least (1), its equal (3), the largest (4), the last that is below the one before it (5), the last.
ERRORS = (40.0, 20.0, 30.0, 20.0, 50.0, 35.0, 45.0)
BEFORE = 90.0  # the error of the weights that no step has changed
FIRST, LEAST, EQUAL, LARGEST, FALLING, LAST = 0, 1, 3, 4, 5, 6
KEPT = {
    FIRST: "keeps the weights of the first epoch: compare each error with the least so far",
    EQUAL: "keeps the later of two equal errors: the earlier was asked for",
    LARGEST: "keeps the epoch of the largest error: the least was asked for",
    FALLING: "compares with the epoch before: compare with the least error so far",
}
MINIBATCHES = 3  # of an epoch
Epochs = list[list[Tensor]]


class Watched(Small):
    """A small model that notes how it is loaded."""

    def __init__(self):
        super().__init__()
        self.loads, self.loaded_itself = 0, False

    def load_state_dict(self, state, *given, **named):
        own = {weight.data_ptr() for weight in self.parameters()}
        self.loads += 1
        self.loaded_itself = any(value.data_ptr() in own for value in state.values())
        return super().load_state_dict(state, *given, **named)


class OnValidation:
    """The error of a model: by its weights, it finds out how many epochs they have been trained."""

    def __init__(self):
        model, self.known = Watched(), []
        optimisers = model.optimisers()
        for epoch in _epochs():
            train_phases(model, optimisers, epoch)
            self.known.append(weights_of(model))
        self.start = weights_of(Watched())

    def __call__(self, model: nn.Module) -> float:
        weights = weights_of(model)
        if close(weights, self.start):
            return BEFORE
        epoch = self.epoch_of(weights)
        return 60 + weights.abs().sum().item() if epoch is None else ERRORS[epoch]

    def epoch_of(self, weights: Tensor) -> int | None:
        """The epoch that ended with these weights, None if none did."""
        return next((i for i, known in enumerate(self.known) if close(weights, known)), None)


def train_and_choose(answer: Callable[..., list]) -> bool:
    """Check ``answer(model, optimisers, epochs, error)``: errors, and the weights of the least."""
    model, error = Watched(), OnValidation()
    given = partial(answer, model, model.optimisers(), _epochs(), error)
    advice = "epochs is a list of lists of minibatches, error(model) a number"
    return grade("train_and_choose", given, (), partial(_fault, model, error), advice)


def weights_of(model: nn.Module) -> Tensor:
    """All weights in a row."""
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


def _epochs() -> Epochs:
    """As many epochs as there are errors."""
    shape = len(ERRORS), MINIBATCHES, BATCH, PIXELS
    return [list(epoch) for epoch in torch.rand(shape, generator=seeded_generator(14, 1))]


def _fault(model: Watched, error: OnValidation, answer) -> str | None:
    """Why ``answer`` is not the errors, or ``model`` has not the right weights; None if all is."""
    errors = _as_errors(answer)
    if isinstance(errors, str):
        return errors
    if close(errors, torch.tensor(ERRORS)):
        return _kept_is_wrong(model, error)
    for why, mistaken in MISTAKES.items():
        if close(errors, torch.tensor(mistaken(error))):
            return why
    where = next(i for i, its in enumerate(ERRORS) if not close(errors[i], its))
    return (
        f"has {errors[where]:.4g} for epoch {where + 1}, where error(model) after this epoch is "
        f"{ERRORS[where]:.4g}"
    )


def _as_errors(answer) -> Tensor | str:
    """The errors as a tensor, or why they are no list of a number for each epoch."""
    if isinstance(answer, nn.Module | dict):
        return "returns weights: leave them in the model, and return the list of the errors"
    if not isinstance(answer, list | tuple | Tensor) or (
        isinstance(answer, Tensor) and not answer.dim()
    ):
        return f"returns a {type(answer).__name__}: a list was asked for, an error an epoch"
    if why := _length_is_wrong(len(answer)):
        return why
    try:
        return torch.tensor([float(error) for error in answer], dtype=torch.double)
    except (TypeError, ValueError, RuntimeError):
        return "has errors that are no numbers: note error(model) after each epoch"


def _length_is_wrong(length: int) -> str | None:
    """Why there are not as many errors as epochs, None if there are."""
    epochs = len(ERRORS)
    if length == epochs:
        return None
    if length == epochs + 1:
        return "measures before the first epoch too: measure after each epoch only"
    if length == epochs * MINIBATCHES:
        return "has an error for each minibatch: measure after each epoch"
    if length == LEAST + 2:
        return "stops when the error rises: train for all epochs, it may fall again"
    return f"returns {length} errors for {epochs} epochs"


def _kept_is_wrong(model: Watched, error: OnValidation) -> str | None:
    """Why a model whose errors are right is left with the wrong weights, None if it is not."""
    kept = error.epoch_of(weights_of(model))
    if kept == LEAST:
        return None
    if kept == LAST and not model.loads:
        return "leaves the model with the weights of the last epoch: load those of the best"
    if kept == LAST and model.loaded_itself:
        return (
            "has lost the best weights: state_dict() holds the weights themselves, which the next "
            "epoch changes; keep a deepcopy of it"
        )
    if kept == LAST:
        return "loads the weights of the last epoch: keep a copy only where the error is the least"
    return KEPT.get(kept, "leaves the model with weights that it had after no epoch")


def _with_update(update: Callable, error: OnValidation) -> list[float]:
    """The errors of a run with a mistake in the updates of a minibatch."""
    model, errors = Watched(), []
    optimisers = model.optimisers()
    for epoch in _epochs():
        for x in epoch:
            update(model, optimisers, x)
        errors.append(error(model))
    return errors


def _goes_back(error: OnValidation) -> list[float]:
    model, errors, best = Watched(), [], None
    optimisers = model.optimisers()
    for epoch in _epochs():
        train_phases(model, optimisers, epoch)
        errors.append(error(model))
        if errors[-1] <= min(errors):
            best = deepcopy(model.state_dict())
        model.load_state_dict(best)
    return errors


def _measures_first(error: OnValidation) -> list[float]:
    return [BEFORE, *ERRORS[:-1]]


def _measures_the_kept(error: OnValidation) -> list[float]:
    return [min(ERRORS[: i + 1]) for i in range(len(ERRORS))]


def _only_the_first_minibatch(error: OnValidation) -> list[float]:
    model, errors = Watched(), []
    optimisers = model.optimisers()
    for epoch in _epochs():
        train_phases(model, optimisers, epoch[:1])
        errors.append(error(model))
    return errors


def _only_the_first_epoch(error: OnValidation) -> list[float]:
    return [ERRORS[0]] * len(ERRORS)


MISTAKES = {
    "measures before each epoch: measure after it": _measures_first,
    "notes the least error so far: note the error after each epoch": _measures_the_kept,
    "goes back to the best weights after each epoch: go on from the last ones, and load the best "
    "at the end": _goes_back,
    "trains with the first minibatch of each epoch only": _only_the_first_minibatch,
    "gives the same error for every epoch: train in each, and measure after each": (
        _only_the_first_epoch
    ),
    "gives the errors in order of size: in the order of the epochs": lambda error: sorted(ERRORS),
    **{why: partial(_with_update, update) for why, update in IN_STEPS.items()},
}
