"""Recipes trained by Ray, on this machine or on many: a task for each block of seeds.

A task is handed out once, however many artefacts want it, and leaves a checkpoint in a folder that
all machines see. The process of the command takes it up, measures and draws.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import ModuleType

import torch
from tqdm import tqdm

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.cluster_worker import Task, train
from aae_course.experiments.recipe_run import source_now
from aae_course.experiments.reproduce import check_writable, plan
from aae_course.experiments.request import Request
from aae_course.settings import data_folder
from aae_course.training.interrupt import OutOfTime, deferred_interrupt
from aae_course.training.loop import SAVE_EVERY
from aae_course.training.progress import TerminalProgress

LOCAL = "local"  # the address of a Ray that is started for the command, and ends with it
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # without it Ray warns
}
LOOK_EVERY = 0.5  # seconds
Turn = tuple[Request, Exception | None]  # for an artefact; and why it cannot be made, if so


def tasks_of(artefact: Artefact, request: Request, mark: Path) -> list[Task]:
    """The blocks that an artefact wants; none if it cannot be made, as `reproduce` will say."""
    try:
        runs, _ = plan(artefact, request)
    except Exception:
        return []
    alone = replace(request, name="", out=mark.parent, deadline=None)
    return [
        Task(run.name, replace(alone, seeds=block), run.steps, source_now(run.name, request), mark)
        for run in runs.values()
        for block in run.blocks
    ]


@contextmanager
def connected(address: str) -> Iterator[ModuleType]:
    """Ray within the block: one that is started for it on this machine, or one that runs.

    Raises:
        ValueError: it is not installed, or cannot be joined.
    """
    os.environ.update(QUIET)
    threads, data = torch.get_num_threads(), data_folder().absolute()
    env = {"AAE_DATA_DIR": str(data), "OMP_NUM_THREADS": str(threads)}  # of the workers
    own = {"include_dashboard": False, "object_store_memory": 100 << 20}  # for small things only
    try:
        with deferred_interrupt() as held:  # Ray sets a handler of its own, which goes with it
            host, colon, port = address.rpartition(":")
            if colon and "/" not in host:  # Ray itself would try for minutes
                socket.create_connection((host, int(port)), timeout=10).close()
            import ray

            if getattr(signal, "SIGHUP", None) in held.handlers:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)  # which Ray's processes inherit
            ray.init(
                address, runtime_env={"env_vars": env}, log_to_driver=False, logging_level="error",
                **own if address == LOCAL else {},
            )  # fmt: skip
    except ImportError as error:
        raise ValueError('Ray is not installed: pip install "aae-course[cluster]"') from error
    except Exception as error:  # Ray raises many kinds
        why = str(error).partition("\n")[0]
        raise ValueError(f"Ray ({address}) is not to be had: {why}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


class Trainings:
    """The tasks that Ray was handed: which are left, and how the others ended.

    Args:
        ray: the module, connected.
        tasks: those to be begun first before the others.
        gpus: whether each has a GPU; otherwise it has as many processors as it has threads.
    """

    def __init__(self, ray: ModuleType, tasks: Collection[Task], gpus: bool):
        self.ray, self.failures, self.lost = ray, {}, set()
        kind, each = ("GPU", 1) if gpus else ("CPU", torch.get_num_threads())
        there = [node["Resources"].get(kind, 0) for node in ray.nodes() if node["Alive"]]
        self.places = f"{sum(int(n // each) for n in there)} at a time, with {each} {kind} each"
        worker = ray.remote(num_cpus=1 if gpus else each, num_gpus=int(gpus), max_retries=3)(train)
        self.left = {task: worker.remote(task) for task in tasks}
        self.bar = tqdm(
            total=len(tasks), desc="trained", unit="recipe", mininterval=TerminalProgress.refresh
        )

    def gather(self) -> None:
        """Wait a moment, and note how tasks ended in it."""
        with deferred_interrupt():  # Ray would lose what another handler raises
            ended, _ = self.ray.wait([*self.left.values()], timeout=LOOK_EVERY)
            for task in [task for task, ref in self.left.items() if ref in ended]:
                self.note(task, self.left.pop(task))
        self.bar.update(len(ended))

    def note(self, task: Task, ref: object) -> None:
        """Keep what came of a task that has ended."""
        try:
            self.lost |= self.ray.get(ref)
        except self.ray.exceptions.RayTaskError as error:
            self.failures[task] = error.cause
        except self.ray.exceptions.RayError as error:
            self.failures[task] = ChildProcessError(
                f"every worker that trained {task.recipe} was killed ({type(error).__name__}), "
                "perhaps for want of memory: the same command goes on from its checkpoint"
            )

    def in_words(self) -> str:
        """How many have ended, and how far the others are."""
        begun = [f"{t.recipe}, step {t.done:,} of {t.steps:,}" for t in self.left if t.done]
        return "; ".join([f"{self.bar.n} of {self.bar.total} trained, {self.places}", *begun])

    def stop(self) -> None:
        """Interrupt what is left, first what has not begun, and wait until it is saved."""
        left = [*self.left.values()]
        for ref in reversed(left):
            self.ray.cancel(ref)  # a KeyboardInterrupt in the worker
        if left:
            self.ray.wait(left, num_returns=len(left))
        self.bar.close()


def turns(
    trainings: Trainings,
    wanted: Mapping[str, Collection[Task]],
    request: Request,
    say: Callable[[str], None],
) -> Iterator[Turn]:
    """Each artefact when its tasks have ended, in the order of ``wanted`` where several are ready.

    Raises:
        OutOfTime: the deadline has passed, and tasks are left.
    """
    waiting, next_line = dict(wanted), time.monotonic()
    while waiting:
        ready = [name for name in waiting if trainings.left.keys().isdisjoint(waiting[name])]
        for name in ready[:1]:
            ended = waiting.pop(name)
            failures = [trainings.failures[task] for task in ended if task in trainings.failures]
            one = replace(request, name=name, lost=frozenset(trainings.lost))
            yield one, next(iter(failures), None)
        if not ready:
            if request.deadline is not None and time.monotonic() > request.deadline:
                raise OutOfTime
            if time.monotonic() >= next_line:
                say(trainings.in_words())
                next_line = time.monotonic() + SAVE_EVERY
            trainings.gather()


@contextmanager
def trained_by_ray(
    address: str,
    artefacts: Mapping[str, Artefact],
    request: Request,
    gpus: bool,
    say: Callable[[str], None],
) -> Iterator[Iterator[Turn]]:
    """Within the block Ray trains what artefacts want, and each has its turn when it is trained.

    What is left when the block ends is saved, and the same request goes on from there.

    Args:
        address: of a Ray that runs, or `LOCAL`.
        artefacts: by name, those to be trained first before the others.
        request: how, on one device; its own name does not matter.
        gpus: whether GPUs of the cluster may train.
        say: takes a line of text for the user.

    Raises:
        ValueError: Ray is not installed, or cannot be joined.
        OSError: the folder cannot be written.
    """
    check_writable(request.out)
    with NamedTemporaryFile(dir=request.out, prefix=".shared-") as mark:
        wanted = {
            name: tasks_of(artefact, replace(request, name=name), Path(mark.name).absolute())
            for name, artefact in artefacts.items()
        }
        every = dict.fromkeys(task for tasks in wanted.values() for task in tasks)
        left = [task for task in every if task.done < task.steps]
        if not left:
            yield ((replace(request, name=name), None) for name in wanted)
            return
        with connected(address) as ray:
            gpus = gpus and "GPU" in ray.cluster_resources()
            trainings = Trainings(ray, left, gpus)
            try:
                yield turns(trainings, wanted, request, say)
            finally:
                trainings.stop()
