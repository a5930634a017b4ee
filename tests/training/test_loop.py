"""The loop: exact resume, kill, Ctrl-C, replicas, schedules, losses that are not finite."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
import small
import torch

from aae_course.data.minibatches import Minibatches
from aae_course.models.priors import Gaussian
from aae_course.networks.replicas import build_replicas, take_replica
from aae_course.training.checkpoint import CheckpointError
from aae_course.training.history import NonFiniteLoss
from aae_course.training.interrupt import OutOfTime
from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import SGD, Adam, Annealed, StepDecay, Training
from aae_course.training.progress import NoProgress


def weights(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


def run(build, seeds=(0,), progress=None, **options):
    model = build_replicas(build, seeds)
    settings = options.pop("training", None) or small.training(model)
    history = fit(
        model, small.split(), settings, seeds, progress=progress or NoProgress(), **options
    )
    return model, history


class StopAt(NoProgress):
    """Sends Ctrl-C after a number of steps."""

    def __init__(self, step):
        self.step = step

    def advance(self, step, history):
        if step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


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


def test_a_run_that_is_out_of_time_is_saved_and_goes_on(tmp_path):
    build, path = small.BUILDERS["aae gaussian"], tmp_path / "run.safetensors"
    straight, _ = run(build)
    with pytest.raises(OutOfTime):
        run(build, path=path, deadline=time.monotonic())
    resumed, _ = run(build, path=path, deadline=time.monotonic() + 60)
    assert_same(weights(straight), weights(resumed))


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


def test_nothing_is_left_beside_the_checkpoint(tmp_path):
    run(small.BUILDERS["aae"], path=tmp_path / "run.safetensors", save_every=0.0)
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.safetensors"]


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


def test_an_aae_s_replicas_train_as_they_do_alone_given_the_same_draws():
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


def test_minibatches_of_a_seed_do_not_depend_on_its_neighbours():
    together = Minibatches(small.split(), 10, [7, 8]).order(2)
    alone = Minibatches(small.split(), 10, [8]).order(2)
    assert together.shape == (6, 2, 10)
    assert torch.equal(together[:, 1], alone)


def test_an_epoch_shows_every_image_once_in_an_order_of_its_own():
    batches = Minibatches(small.split(60), 10, [0])
    first, second = batches.order(0), batches.order(1)
    assert torch.equal(first.flatten().sort().values, torch.arange(60))
    assert not torch.equal(first, second)
    batch = batches.gather(first[0])
    torch.testing.assert_close(batch.x, small.split().images[first[0]] / 255)
    assert torch.equal(batch.y, small.split().labels[first[0]])


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


def test_history_averages_the_losses_of_a_long_run():
    settings = Training({"reconstruction": Adam(1e-3)}, epochs=200, batch_size=10)
    _, history = run(small.BUILDERS["autoencoder"], training=settings)
    assert history.steps == list(range(3, 1201, 3))  # 1200 steps in about 400 points
    assert history.curve("reconstruction")[-1] < history.curve("reconstruction")[0]


def test_a_loss_that_is_not_finite_stops_with_phase_and_step(tmp_path):
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


def change(settings, **fields):
    return Training(**{**vars(settings), **fields})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-50]), "truncated or not a checkpoint"),
        (lambda path: path.write_bytes(path.read_bytes()[:5]), "truncated or not a checkpoint"),
        (lambda path: path.write_bytes(b""), "truncated or not a checkpoint"),
        (lambda path: path.write_text("hello" * 100), "truncated or not a checkpoint"),
    ],
)
def test_a_damaged_checkpoint_is_named(spoil, message, tmp_path):
    path = tmp_path / "run.safetensors"
    run(small.BUILDERS["aae"], path=path)
    spoil(path)
    with pytest.raises(CheckpointError, match=message):
        run(small.BUILDERS["aae"], path=path)


@pytest.mark.parametrize(
    ("again", "message"),
    [
        ({"build": small.BUILDERS["vae"]}, "its model is AdversarialAutoencoder"),
        ({"seeds": (1,)}, r"its seeds is \[0\], here it is \[1\]"),
        ({"about": {"data hash": "b"}}, "its data hash is a, here it is b"),
        ({"build": small.build_aae(prior=lambda: small.Gaussian(3))}, "its weights is"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(again, message, tmp_path):
    path, usual = tmp_path / "run.safetensors", {"about": {"data hash": "a"}}
    run(small.BUILDERS["aae"], path=path, **usual)
    with pytest.raises(CheckpointError, match=message):
        run(**{"build": small.BUILDERS["aae"], "path": path, **usual, **again})


def test_settings_that_do_not_fit_are_named():
    model = small.BUILDERS["aae"]()
    with pytest.raises(ValueError, match="phases reconstruction, discriminator, generator"):
        fit(model, small.split(), Training({"reconstruction": Adam(1e-3)}, 1, 10))
    with pytest.raises(ValueError, match="2 seeds need a model with 2 replicas"):
        fit(model, small.split(), small.training(model), (0, 1))
    with pytest.raises(ValueError, match="a minibatch of 100 from a split of 60 images"):
        fit(model, small.split(), small.training(model, batch_size=100))
    with pytest.raises(ValueError, match="at least 1 epoch"):
        small.training(model, epochs=0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_model_trains_on_cuda_and_resumes(tmp_path):
    trains_on("cuda", tmp_path)


@pytest.mark.skipif(not torch.backends.mps.is_available(), reason="needs an Apple GPU")
def test_a_model_trains_on_mps_and_resumes(tmp_path):
    trains_on("mps", tmp_path)


def trains_on(device, tmp_path):
    images = type(small.split())(*(tensor.to(device) for tensor in vars(small.split()).values()))
    path = tmp_path / "run.safetensors"
    for progress in (StopAt(8), NoProgress()):
        model = build_replicas(small.BUILDERS["aae universal"], (0, 1)).to(device)
        try:
            settings = small.training(model)
            history = fit(model, images, settings, (0, 1), path=path, progress=progress)
        except KeyboardInterrupt:
            continue
    assert history.steps[-1] == 18
