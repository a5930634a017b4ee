"""The check of notebook 00's loop names what is wrong in its steps, or in what it returns."""

import pytest

from aae_course.lessons.checks import phases as checks
from aae_course.lessons.phases import train_phases


def loop(before=None, after=None, backward=True, end=None):
    """An answer that does these things, (model, optimisers, phase) each, around each backward."""

    def answer(model, optimisers, minibatches):
        history = []
        for batch in minibatches:
            losses = {}
            for phase, loss in model.training_step(batch):
                if before:
                    before(model, optimisers, phase)
                if backward:
                    loss.backward()
                if after:
                    after(model, optimisers, phase)
                losses[phase] = loss.item()
            if end:
                end(model, optimisers)
            history.append(losses)
        return history

    return answer


def clear(model, optimisers, phase):
    optimisers[phase].zero_grad()


def step(model, optimisers, phase):
    optimisers[phase].step()


def all_step(model, optimisers, phase=None):
    for optimiser in optimisers.values():
        optimiser.step()


def adds_up(model, optimisers, minibatches):
    history = []
    for batch in minibatches:
        losses = dict(model.training_step(batch))
        model.zero_grad()
        sum(losses.values()).backward()
        all_step(model, optimisers)
        history.append({phase: loss.item() for phase, loss in losses.items()})
    return history


def upwards(model, optimisers, minibatches):
    for optimiser in optimisers.values():
        optimiser.param_groups[0]["maximize"] = True
    return train_phases(model, optimisers, minibatches)


WRONG = {
    "never changes the weights": loop(clear),
    "makes its steps upwards": upwards,
    "never clears a gradient": loop(None, step),
    "clears after the step": loop(
        after=lambda *given: (step(*given), clear(*given)),
    ),
    "clears once for each minibatch": loop(
        lambda model, optimisers, phase: model.zero_grad() if phase == "reconstruction" else None,
        step,
    ),
    "lets all optimisers step in every phase: only": loop(
        lambda model, optimisers, phase: model.zero_grad(), all_step
    ),
    "on gradients of earlier phases too": loop(clear, all_step),
    "uses the first phase's optimiser": loop(
        lambda model, optimisers, phase: clear(model, optimisers, "reconstruction"),
        lambda model, optimisers, phase: step(model, optimisers, "reconstruction"),
    ),
    "makes its steps after the last phase": loop(clear, end=all_step),
    "follows the sum of the losses": adds_up,
}


@pytest.mark.parametrize("why", WRONG)
def test_a_slip_in_the_steps_is_named(why, capsys):
    assert not checks.train_phases(WRONG[why])
    assert why in capsys.readouterr().out


def history_with(change):
    """An answer whose training is right, and whose history is changed afterwards."""
    return lambda *given: change(train_phases(*given))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (history_with(lambda history: history[0]), "returns one dictionary"),
        (history_with(lambda history: history[:-1]), "3 dictionaries for 4 minibatches"),
        (history_with(lambda history: [list(row.values()) for row in history]), "no dictionary"),
        (history_with(lambda history: [{"loss": 1.0} for _ in history]), "has losses of loss"),
        (history_with(lambda history: [{} for _ in history]), "has losses of nothing"),
        (history_with(lambda history: [dict.fromkeys(row, 1.0) for row in history]), "has 1.0000"),
    ],
)
def test_another_history_is_told_why(answer, why, capsys):
    assert not checks.train_phases(answer)
    assert why in capsys.readouterr().out


def test_a_loss_that_waits_for_its_step_is_told_of_the_order(capsys):
    def answer(model, optimisers, minibatches):
        for batch in minibatches:
            for phase, loss in list(model.training_step(batch)):
                clear(model, optimisers, phase)
                loss.backward()
                step(model, optimisers, phase)

    assert not checks.train_phases(answer)
    assert "asks for a loss after the step for the last one" in capsys.readouterr().out


def test_no_step_after_the_last_minibatch_is_seen(capsys):
    def answer(model, optimisers, minibatches):
        history = train_phases(model, optimisers, minibatches[:-1])
        losses = {}
        for phase, loss in model.training_step(minibatches[-1]):
            losses[phase] = loss.item()
            if phase != "generator":
                clear(model, optimisers, phase)
                loss.backward()
                step(model, optimisers, phase)
        return [*history, losses]

    assert not checks.train_phases(answer)
    assert "is the last step made" in capsys.readouterr().out
