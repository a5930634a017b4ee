"""Training by Ray: workers that are killed or interrupted, a cluster that is joined, errors."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from importlib.util import find_spec
from unittest.mock import patch

import pytest
import torch
from safetensors.torch import load_file

from aae_course.data.datasets import load
from aae_course.experiments import cluster, recipes
from aae_course.experiments.cluster import LOCAL, connected, tasks_of, trained_by_ray
from aae_course.experiments.cluster_worker import train
from aae_course.experiments.measures import measure_codes
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.reproduce import reproduce
from aae_course.experiments.request import Request
from aae_course.training.checkpoint import CheckpointError, steps_done
from aae_course.training.history import NonFiniteLoss
from aae_course.training.interrupt import OutOfTime
from aae_course.training.loop import Run, fit

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra cluster")
NAME = "2d_gaussian_vae"  # a recipe that is quickly trained
STEPS = recipes.get(NAME, "smoke").training.epochs * (1297 // 50)  # of digits, by minibatches
QUICK = replace(ARTEFACTS["fig5"], panels={"a": NAME}, measure=measure_codes, optional={})


@pytest.fixture(scope="module")
def ray(tmp_path_factory):
    """A Ray of this machine, which the tests of this file share."""
    folder = tmp_path_factory.mktemp("absent")
    # Each process of Ray would spend seconds on this library, which checks addresses for Jupyter.
    (folder / "rfc3987_syntax.py").write_text("raise ImportError", encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(folder))
        environment.setenv("RAY_worker_niceness", "0")  # or whoever runs beside them starves them
        environment.syspath_prepend(folder)
        with connected(LOCAL) as ray:
            ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
            yield ray


@pytest.fixture
def joined(ray, monkeypatch):
    """Lets the tests' own process, which has started Ray, use it as it is."""
    monkeypatch.setattr(cluster, "connected", lambda address: nullcontext(ray))


def asked(out):
    return Request("quick", "smoke", None, (0,), (torch.device("cpu"),), out, "aae-course try")


def slowly(save_every):
    """What a worker does in place of `train`: the first time it leaves time to interrupt it."""

    def train_slowly(task):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a command that runs in the background
        note, after_step = task.mark.parent / "workers.txt", Run.after_step
        slow = not note.exists()

        def after_slow_step(run):
            after_step(run)
            time.sleep(0.05)
            if run.step == 5:
                note.write_text(f"{os.getpid()}\n", encoding="utf-8")

        if not slow:
            with note.open("a", encoding="utf-8") as file:
                file.write(f"{os.getpid()}\n")
            return train(task)
        with (
            patch.object(Run, "after_step", after_slow_step),
            patch.dict(fit.__kwdefaults__, save_every=save_every),
        ):
            return train(task)

    return train_slowly


def workers(out):
    """The processes that have trained, one after another; waits for the first."""
    until = time.monotonic() + 120
    while not (out / "workers.txt").exists() and time.monotonic() < until:
        time.sleep(0.01)
    return [int(line) for line in (out / "workers.txt").read_text(encoding="utf-8").split()]


def checkpoint_of(out):
    return asked(out).runs_of(NAME) / "seed_0.safetensors"


def metrics(out):
    return json.loads((out / "quick.json").read_text(encoding="utf-8"))["metrics"]


def weights(path):
    return {name: value for name, value in load_file(path).items() if name.startswith("model.")}


@needs_ray
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_worker_that_is_killed_is_replaced_and_nothing_is_different(
    joined, monkeypatch, tmp_path
):
    one, other = asked(tmp_path / "without"), asked(tmp_path / "with")
    reproduce(QUICK, one, print)
    monkeypatch.setattr(cluster, "train", slowly(save_every=0.0))
    with trained_by_ray(LOCAL, {"quick": QUICK}, other, False, print) as turns:
        (worker,) = workers(other.out)
        assert 0 < steps_done(checkpoint_of(other.out)) < STEPS
        os.kill(worker, signal.SIGKILL)
        assert [*turns] == [(other, None)]
    first, second = workers(other.out)
    assert first == worker != second
    assert steps_done(checkpoint_of(other.out)) == STEPS
    reproduce(QUICK, other, print)
    assert metrics(other.out) == metrics(one.out)
    with_ray, without = weights(checkpoint_of(other.out)), weights(checkpoint_of(one.out))
    assert with_ray.keys() == without.keys()
    assert all(torch.equal(with_ray[name], without[name]) for name in without)


@needs_ray
def test_what_is_left_when_the_time_is_up_is_saved_and_nothing_is_trained_twice(
    joined, monkeypatch, tmp_path
):
    monkeypatch.setattr(cluster, "train", slowly(save_every=180.0))
    both = {"quick": QUICK, "again": QUICK}
    late = replace(asked(tmp_path), deadline=time.monotonic())
    with pytest.raises(OutOfTime), trained_by_ray(LOCAL, both, late, False, print) as turns:
        workers(tmp_path)
        next(turns)
    assert 0 < steps_done(checkpoint_of(tmp_path)) < STEPS
    for _ in range(2):  # the second time there is nothing left to train
        with trained_by_ray(LOCAL, both, asked(tmp_path), False, print) as turns:
            assert [(one.name, failure) for one, failure in turns] == [(n, None) for n in both]
        assert steps_done(checkpoint_of(tmp_path)) == STEPS
        assert len(workers(tmp_path)) == 2
    assert not [*tmp_path.glob(".*")]


def diverging(task):
    """What a worker does in place of `train`: seed 1 diverges, whoever stands beside it."""
    train_block = RecipeRun.train_block

    def train_or_diverge(run, block, device, report=None):
        if 1 in block:
            raise NonFiniteLoss("the loss is not finite")
        return train_block(run, block, device, report)

    with patch.object(RecipeRun, "train_block", train_or_diverge):
        return train(task)


@needs_ray
def test_seeds_that_diverge_are_left_out_or_told_as_without_ray(joined, monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "train", diverging)
    name = "perceptrons_generation"  # which survives it
    both = {"quick": QUICK, "survives": replace(QUICK, panels={"a": name})}
    with trained_by_ray(
        LOCAL, both, replace(asked(tmp_path), seeds=(0, 1, 2)), False, print
    ) as turns:
        ended = {one.name: (one, failure) for one, failure in turns}
    assert isinstance(ended["quick"][1], NonFiniteLoss)
    survived, failure = ended["survives"]
    assert failure is None
    trained = RecipeRun(name, load("digits"), survived).train()  # which would not diverge here
    assert trained.seeds == (0, 2) and trained.lost == (1,)


COMMAND = """
import sys
from dataclasses import replace

from aae_course.cli.commands import main
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.registry import ARTEFACTS

fig5 = ARTEFACTS["fig5"]
ARTEFACTS["broken"] = replace(fig5, panels={"a": "2d_gaussian_wae"}, optional={})
ARTEFACTS["quick"] = replace(fig5, panels={"a": "2d_gaussian_vae"}, optional={})
main()
"""


@needs_ray
def test_the_command_joins_a_cluster_by_its_address_and_makes_what_can_be_made(ray, tmp_path):
    damaged = asked(tmp_path).runs_of("2d_gaussian_wae") / "seed_0.safetensors"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"cut short")
    address = ray.get_runtime_context().gcs_address
    words = ["--scale", "smoke", "--device", "cpu", "--out", str(tmp_path), "--cluster", address]
    call = [sys.executable, "-c", COMMAND, "reproduce", "broken", "quick", *words]
    ended = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 2, ended.stderr
    assert f"aae-course: broken: {damaged} is truncated" in ended.stderr
    assert "0 of 2 trained" in ended.stderr and "Traceback" not in ended.stderr
    assert ended.stdout.split() == [
        "picture:", str(tmp_path / "quick.png"), "numbers:", str(tmp_path / "quick.json"),
    ]  # fmt: skip
    assert steps_done(checkpoint_of(tmp_path)) == STEPS


@pytest.fixture
def task(tmp_path):
    (tmp_path / "mark").touch()
    (task,) = tasks_of(QUICK, asked(tmp_path), tmp_path / "mark")
    return task


def test_a_worker_with_another_folder_trains_nothing(task, tmp_path):
    (tmp_path / "mark").unlink()
    with pytest.raises(OSError, match=f"does not see {tmp_path}: name a shared folder with --out"):
        train(task)


def test_a_worker_with_other_source_trains_nothing(task):
    with pytest.raises(CheckpointError, match="another version of this course: install the same"):
        train(replace(task, source="of yesterday"))


def test_an_address_where_nobody_listens_is_told_at_once():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and does not listen
        address = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ValueError, match=f"{address}.*refused"), connected(address):
            pass


def test_without_ray_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)  # which lets its import fail
    with pytest.raises(ValueError, match=r'pip install "aae-course\[cluster\]"'), connected(LOCAL):
        pass
