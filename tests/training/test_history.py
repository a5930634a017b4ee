"""Loss curves: averaged over a long run, and stopped where a loss is not finite."""

import pytest
import small
import torch
from made_runs import run

from aae_course.training.history import History, NonFiniteLoss
from aae_course.training.loop import fit
from aae_course.training.optimisation import SGD, Adam, Training
from aae_course.training.progress import NoProgress


def test_history_averages_the_losses_of_a_long_run():
    settings = Training({"reconstruction": Adam(1e-3)}, epochs=200, batch_size=10)
    _, history = run(small.BUILDERS["autoencoder"], training=settings)
    assert history.steps == list(range(3, 1201, 3))  # 1200 steps in about 400 points
    assert history.curve("reconstruction")[-1] < history.curve("reconstruction")[0]


def test_a_loss_that_is_not_finite_stops_with_phase_and_step(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "run.safetensors"
    model = small.BUILDERS["aae"]()
    rates = {
        "reconstruction": Adam(1e-3),
        "discriminator": SGD(1e30, momentum=0.9),
        "generator": SGD(0.1),
    }
    message = "the generator loss is not finite at step 1: the learning rate of this phase, or"
    with pytest.raises(NonFiniteLoss, match=message):
        fit(model, small.split(), Training(rates, 3, 10), path=path, progress=NoProgress())
    assert not path.exists()


def test_some_replicas_of_a_run_have_their_own_curves():
    run = History(
        [5, 9],
        {"a": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]},
        [{"epoch": 1, "error": [7.0, 8.0, 9.0]}],
        3.0,
    )
    some = run.of([2, 0])
    assert some.losses == {"a": [[3.0, 1.0], [6.0, 4.0]]} and some.steps == [5, 9]
    assert some.evaluations == [{"epoch": 1, "error": [9.0, 7.0]}] and some.seconds == 3.0
