"""Runs of the small models on the small data, whole or interrupted."""

import signal

import small
import torch

from aae_course.networks.replicas import build_replicas
from aae_course.training.loop import Run, fit
from aae_course.training.progress import NoProgress


def weights(model):
    """A copy of what a model holds, by name."""
    return {name: value.clone() for name, value in model.state_dict().items()}


def assert_same(first, second):
    """Whether two such copies are the same, bit for bit."""
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


def run(build, seeds=(0,), progress=None, **options):
    """A model as `fit` leaves it, and its history; ``options`` are those of `fit`."""
    model = build_replicas(build, seeds)
    settings = options.pop("training", None) or small.training(model)
    history = fit(
        model, small.split(), settings, seeds, progress=progress or NoProgress(), **options
    )
    return model, history


class StopAt(NoProgress):
    """Sends Ctrl-C, or another signal, after a number of steps."""

    def __init__(self, step, number=signal.SIGINT):
        self.step, self.number = step, number

    def advance(self, step, history):
        if step == self.step:
            signal.raise_signal(self.number)


def trained(build, seeds=(0,), device="cpu", eager=False, **settings):
    """A model after the steps of a run on ``device``, captured or not, and its history."""
    model = build_replicas(build, seeds).to(device)
    split = small.split().to(device)
    torch.manual_seed(1)
    job = Run(model, split, small.training(model, **settings), seeds, {})
    with job.fast_context():
        for _ in job.steps(eager):
            pass
    return model, job.history
