"""Learning rates: what the schedules say, and that every optimiser hears it."""

import pytest
import small

from aae_course.training.loop import Run
from aae_course.training.optimisation import Annealed, StepDecay


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
