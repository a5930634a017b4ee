"""The loop: exact resume, kill, Ctrl-C, replicas, and steps that can be captured."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from contextlib import suppress

import numpy as np
import pytest
import small
import torch
from made_runs import StopAt, assert_same, run, weights
from watched import ASKS_THE_HOST, watched_step

from aae_course.models import parts
from aae_course.models.priors import Gaussian
from aae_course.networks.replicas import build_replicas, take_replica
from aae_course.training.loop import Run, fit
from aae_course.training.progress import NoProgress


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
@pytest.mark.parametrize("seeds", [(3,), (3, 4)], ids=["one seed", "two seeds"])
def test_interrupted_and_resumed_is_bit_for_bit_the_same(build, seeds, tmp_path):
    straight, history = run(build, seeds)
    path = tmp_path / "run.safetensors"
    with pytest.raises(KeyboardInterrupt):
        run(build, seeds, path=path, progress=StopAt(8))  # in the middle of the second epoch
    resumed, resumed_history = run(build, seeds, path=path)
    assert_same(weights(straight), weights(resumed))
    assert history.losses == resumed_history.losses
    assert history.steps == resumed_history.steps


def test_a_report_sees_the_run_and_does_not_change_it():
    seen = []

    def report(job):
        job.undisturbed(lambda model: seen.append((job.step, model.training, torch.randn(3))))

    plain, _ = run(small.BUILDERS["aae universal"])
    watched, _ = run(small.BUILDERS["aae universal"], report=report, save_every=0.0)
    assert [step for step, _, _ in seen] == list(range(1, 19))
    assert not any(training for _, training, _ in seen)
    assert_same(weights(plain), weights(watched))


KILLED = """
import sys, pathlib
sys.path.insert(0, {tests!r})
import small, torch
from aae_course.networks.replicas import build_replicas
from aae_course.models.priors import Gaussian
from aae_course.training.progress import NoProgress
from aae_course.training import fit

class Announce(NoProgress):
    def advance(self, step, history):
        if step == {stop}:  # the checkpoint of the step before is on disk
            print("ready", flush=True)
            sys.stdin.read()  # waits here, in mid-epoch, to be killed

torch.set_num_threads(1)
model = build_replicas(small.build_aae("gaussian"), [0])
fit(model, small.split(), small.training(model), [0], path=pathlib.Path({path!r}),
    save_every=0.0, progress=Announce())
"""


def test_killed_in_mid_epoch_and_resumed_is_bit_for_bit_the_same(tmp_path):
    build, path = small.build_aae("gaussian"), tmp_path / "run.safetensors"
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        straight, _ = run(build)
        script = KILLED.format(tests=os.path.dirname(small.__file__), stop=9, path=str(path))
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        resumed, _ = run(build, path=path)
    finally:
        torch.set_num_threads(threads)
    assert_same(weights(straight), weights(resumed))


def test_a_finished_run_is_not_trained_again(tmp_path):
    path = tmp_path / "run.safetensors"
    first, _ = run(small.BUILDERS["aae"], path=path)
    steps = []

    class Count(NoProgress):
        def advance(self, step, history):
            steps.append(step)

    again, history = run(small.BUILDERS["aae"], path=path, progress=Count())
    assert not steps
    assert_same(weights(first), weights(again))
    assert history.steps[-1] == 18


def test_the_result_depends_on_the_seed_and_not_on_the_caller_s_generator():
    torch.manual_seed(1)
    first, _ = run(small.BUILDERS["aae universal"])
    torch.manual_seed(2)
    before = torch.get_rng_state()
    second, _ = run(small.BUILDERS["aae universal"])
    assert torch.equal(before, torch.get_rng_state())
    assert_same(weights(first), weights(second))
    other, _ = run(small.BUILDERS["aae universal"], seeds=(1,))
    assert not torch.equal(weights(first)["decoder.0.weight"], weights(other)["decoder.0.weight"])


def test_an_evaluation_that_draws_random_numbers_does_not_change_the_training():
    plain, _ = run(small.BUILDERS["vae"])
    evaluated, history = run(
        small.BUILDERS["vae"], evaluate=lambda model: {"draw": torch.randn(()).item()}
    )
    assert_same(weights(plain), weights(evaluated))
    assert [entry["epoch"] for entry in history.evaluations] == [1, 2, 3]


@pytest.mark.parametrize("name", ["autoencoder", "sparse"])
def test_replicas_train_as_they_do_alone(name):
    """These models draw no noise, so a replica and a run of its seed get the same minibatches."""
    build, seeds = small.BUILDERS[name], (0, 1, 2)
    together, history = run(build, seeds)
    for r, seed in enumerate(seeds):
        alone, alone_history = run(build, (seed,))
        replica = take_replica(together, build(None), r)
        for key, value in weights(alone).items():
            torch.testing.assert_close(weights(replica)[key], value, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(
            torch.tensor(history.curve("reconstruction", r)),
            torch.tensor(alone_history.curve("reconstruction")),
            atol=1e-4,
            rtol=1e-4,
        )


class DrawnBySeed(Gaussian):
    """N(0, I) whose draws for a seed are the same with and without neighbours."""

    def __init__(self, seeds):
        super().__init__(2)
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def draw(self, shape, labels):
        draws = [torch.randn(*shape[-1:], 2, generator=g) for g in self.generators]
        return draws[0] if len(shape) == 1 else torch.stack(draws)


def test_an_aae_s_replicas_train_as_they_do_alone_given_the_same_draws(monkeypatch):
    monkeypatch.setattr(parts, "_check_randomness", lambda prior: None)  # they are not the run's
    seeds = (0, 1, 2)

    def build(seeds):
        return small.build_aae(prior=lambda: DrawnBySeed(seeds))

    together, history = run(build(seeds), seeds)
    for r, seed in enumerate(seeds):
        alone, alone_history = run(build((seed,)), (seed,))
        for name, value in weights(alone).items():
            replica = weights(together)[name][r]
            torch.testing.assert_close(replica, value, atol=1e-5, rtol=1e-4)
        for phase in together.phases:
            curves = history.curve(phase, r), alone_history.curve(phase)
            torch.testing.assert_close(*map(torch.tensor, curves), atol=1e-4, rtol=1e-4)


needs_apple_gpu = pytest.mark.skipif(not torch.backends.mps.is_available(), reason="no Apple GPU")
EVERY_DEVICE = [
    "cpu", pytest.param("cuda", marks=pytest.mark.cuda), pytest.param("mps", marks=needs_apple_gpu),
]  # fmt: skip


@pytest.mark.parametrize("device", EVERY_DEVICE)
def test_a_stopped_run_goes_on_as_if_it_had_not_been(device, tmp_path):
    images, seeds, ends = small.split().to(device), (0, 1), []
    for stops in ([NoProgress()], [StopAt(8), NoProgress()]):
        path = tmp_path / f"{len(stops)}.safetensors"
        for progress in stops:
            model = build_replicas(small.BUILDERS["aae universal"], seeds).to(device)
            with suppress(KeyboardInterrupt):
                settings = small.training(model)
                history = fit(model, images, settings, seeds, path=path, progress=progress)
        assert history.steps[-1] == 18
        ends.append(weights(model))
    for name, value in ends[0].items():
        torch.testing.assert_close(ends[1][name], value, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
@pytest.mark.parametrize("seeds", [(3,), (3, 4)], ids=["one seed", "two seeds"])
def test_a_step_can_be_captured(build, seeds):
    """It asks the host for no value, and is the same operations on the same shapes every time."""
    model = build_replicas(build, seeds)
    job = Run(model, small.split(), small.training(model), seeds, {})
    job.begin_epoch(0)
    job.train_step()  # the optimisers allocate their memory
    first, second = watched_step(job), watched_step(job)
    assert first == second
    assert not ASKS_THE_HOST & {name for name, _ in first}


def test_a_caller_s_autocast_does_not_reach_the_training():
    plain, _ = run(small.BUILDERS["aae"])
    with torch.autocast("cpu", torch.bfloat16):
        within, _ = run(small.BUILDERS["aae"])
    assert_same(weights(plain), weights(within))


def test_a_second_thread_is_refused_and_the_first_goes_on():
    refused = []

    def second():
        with pytest.raises(ValueError, match="another thread of this process is training") as told:
            run(small.BUILDERS["aae"])
        refused.append(told.value)

    def evaluate(model):
        if not refused:
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()
        return {}

    first, _ = run(small.BUILDERS["aae"], evaluate=evaluate)
    assert refused
    assert_same(weights(first), weights(run(small.BUILDERS["aae"])[0]))


def test_what_an_evaluation_returns_is_kept_as_plain_numbers(tmp_path):
    found = {"a": torch.tensor(0.5), "b": np.float32(2), "c": np.arange(2)}
    _, history = run(
        small.BUILDERS["aae"], path=tmp_path / "run.safetensors", evaluate=lambda model: found
    )
    assert history.evaluations[0] == {"epoch": 1, "a": 0.5, "b": 2, "c": [0, 1]}
    with pytest.raises(TypeError, match="evaluate returns a dict of numbers, not NoneType"):
        run(small.BUILDERS["aae"], evaluate=lambda model: None)


def test_seeds_of_numpy_are_saved(tmp_path):
    run(small.BUILDERS["aae"], [np.int64(3)], path=tmp_path / "run.safetensors")
    assert (tmp_path / "run.safetensors").exists()
