"""Learning rates: what the schedules say, and that every optimiser hears it."""

import math

import numpy as np
import pytest
import small
import torch

from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import SGD, Adam, Annealed, StepDecay, Training
from aae_course.training.progress import NoProgress


def test_schedules():
    assert [StepDecay((2, 4)).factor(e, 9) for e in (0, 1.9, 2, 4)] == pytest.approx(
        [1, 1, 0.1, 0.01]
    )
    annealed = Annealed(hold=0.5, final=0.1)
    assert [annealed.factor(e, 10) for e in (0, 5, 7.5, 10)] == pytest.approx([1, 1, 0.55, 0.1])


def test_the_schedule_reaches_every_optimiser():
    model = small.BUILDERS["aae"]()
    job = Run(model, small.split(), small.training(model, schedule=StepDecay((1,))), [0], {})
    for _ in job.steps():
        expected = 1 if job.step <= 6 else 0.1
        rates = [float(optimiser.param_groups[0]["lr"]) for optimiser in job.optimisers.values()]
        assert rates == pytest.approx([1e-3 * expected, 0.05 * expected, 0.05 * expected])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 1.5}, "epochs is a whole number, not 1.5"),
        ({"epochs": math.nan}, "epochs is a whole number, not nan"),
        ({"batch_size": "10"}, "batch_size is a whole number, not '10'"),
        ({"labelled_batch": 2.0}, "labelled_batch is a whole number"),
        ({"labels": 10.0}, "labels is a whole number"),
        ({"optimisers": Adam(1e-3)}, "optimisers are a dict .*, not Adam"),
        ({"optimisers": {"a": torch.optim.Adam}}, r"a phase give Adam\(lr\) .* not torch.optim"),
        ({"optimisers": {"a": SGD}}, r"for the a phase give Adam\(lr\) or SGD\(lr\)"),
        ({"schedule": "cosine"}, r"for the schedule give Annealed\(\) .*, not builtins.str"),
    ],
)
def test_settings_of_another_kind_are_told(settings, message):
    with pytest.raises(TypeError, match=message):
        Training(**{"optimisers": {"a": Adam(1e-3)}, "epochs": 1} | settings)


def test_numbers_of_numpy_become_python_s():
    training = Training({"a": Adam(1e-3)}, np.int64(2), np.int32(10), labels=np.int64(5))
    assert (training.epochs, training.batch_size, training.labels) == (2, 10, 5)
    assert {type(value) for value in (training.epochs, training.batch_size)} == {int}


@pytest.mark.parametrize("lr", [1, 0, np.float64(0.5)])
def test_a_rate_may_be_any_number(lr):
    model = small.build_autoencoder()()
    fit(model, small.split(), Training({"reconstruction": SGD(lr)}, 1, 10), progress=NoProgress())


def test_settings_print_without_what_is_off():
    assert repr(SGD(0.01, momentum=0.9)) == "SGD(lr=0.01, momentum=0.9)"
    assert repr(SGD(0.0, 0.9, nesterov=True)) == "SGD(lr=0.0, momentum=0.9, nesterov=True)"
    assert repr(Annealed()) == "Annealed(hold=0.6, final=0.01)"
    assert repr(Annealed(hold=0.0)) == "Annealed(hold=0.0, final=0.01)"
