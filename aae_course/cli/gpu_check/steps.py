"""Training steps on a device: captured against eager, precisions, and how long they take."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from functools import partial
from itertools import islice

import torch
from torch import Tensor

from aae_course.cli.benchmark.measure import wait_for
from aae_course.cli.benchmark.report import random_images
from aae_course.cli.benchmark.subjects import Case
from aae_course.cli.gpu_check.turns import in_turn
from aae_course.data.dataset import Dataset, Split
from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.shared_settings import adam
from aae_course.models import Classifier, Model
from aae_course.networks.dcgan import Convolutions
from aae_course.networks.replicas import build_replicas
from aae_course.randomness import seed_noise
from aae_course.training.cuda_graph import WARM_UP
from aae_course.training.loop import Run
from aae_course.training.optimisation import Training
from aae_course.training.precision import available_precisions

COMPARED = 12  # steps: some eager ones before the capture, the others replayed
# How far captured and eager weights may be apart, as a share of the way that the steps moved them.
# The same kernels compute with the same numbers, so it is mostly 0. But a convolution may sum its
# gradient in another order each time, and Adam makes a whole step of the last digit of a gradient.
# Other noise in the steps makes it 0.03 and more, in every model that draws any.
APART = 0.01
LOSSES_APART = 0.05  # how far a loss may be from that in fp32, as a share of it
CHUNK = 10  # steps between two looks at the clock
Build = Callable[[int | None], Model]


def cases(data: Dataset) -> dict[str, tuple[Build, Training, tuple[int, ...]]]:
    """How to build and train every model, kind of network and encoder, and with which seeds.

    That is the first recipe of each kind on digits, and the judge of images, which has no recipe.
    """
    kinds, found = set(), {}
    for name in recipes.RECIPES:
        recipe = recipes.get(name, "smoke").on(data)
        networks = type(recipe.architecture)
        kind = recipe.model, networks, getattr(recipe.architecture, "encoder", None)
        if recipe.data == data.name and kind not in kinds:
            kinds.add(kind)
            seeds = (0,) if networks is Convolutions else (0, 1)  # DCGAN has no replicas
            build = partial(recipe.build, data.train.images.shape[1])
            found[name] = build, recipe.training, seeds
    judge = lambda replicas: Classifier(data.image_shape, data.classes)  # noqa: E731
    return {**found, "judge": (judge, Training(adam(classification=1e-3), 3), (0,))}


def captured(device: torch.device, until: float) -> dict:
    """Whether captured steps train as eager ones do: every model."""
    data = load("digits", device=device)
    listed = cases(data)

    def compare(name: str, until: float) -> float:
        return apart(data.train, *listed[name])

    turns = in_turn(list(listed), compare, until, "captured against eager")
    turns.failed |= {n: f"{far:.2g} apart" for n, far in turns.found.items() if not far <= APART}
    most = max(turns.found.values(), default=0)
    said = f"{len(turns.found)} models; what steps change differs by a share of {most:.1g} at most"
    return turns.summary(said, apart=turns.found, tolerance=APART)


def apart(split: Split, *case) -> float:
    """How far a captured run ends from an eager one, as a share of the way that it went."""
    start, eager = ends(split, *case, eager=True)
    _, graphed = ends(split, *case, eager=False)
    return ((graphed - eager).norm() / (eager - start).norm()).item()


def ends(
    split: Split,
    build: Build,
    training: Training,
    seeds: tuple[int, ...],
    *,
    eager: bool,
    noise: int = 0,
) -> tuple[Tensor, Tensor]:
    """All weights and running statistics, before and after the steps.

    Raises:
        RuntimeWarning: the step cannot be captured.
    """
    model = build_replicas(build, seeds).to(split.images.device)
    run = Run(model, split, training, seeds, {})
    start = all_of(model)
    seed_noise((noise,))
    with warnings.catch_warnings(), run.fast_context():
        warnings.filterwarnings("error", ".* cannot be captured", RuntimeWarning)
        for _ in islice(run.steps(eager), COMPARED):
            pass
    return start, all_of(model)


def all_of(model: torch.nn.Module) -> Tensor:
    """A copy of all numbers of a model, as one vector."""
    return torch.cat([value.double().flatten() for value in model.state_dict().values()])


def precisions(device: torch.device, until: float) -> dict:
    """What faster products change in the basic AAE at the paper's size: losses and speed."""
    split = random_images(device)

    def measure(precision: str, until: float) -> dict:
        run = Case(precision=precision, replicas=10).run(split)
        seed_noise(run.seeds)
        seconds, _ = pace(run, 20 * CHUNK, until)
        losses = run.recorder.rows[:CHUNK].mean((0, 2)).tolist()
        return {"seconds_per_step": seconds, "losses": losses}

    turns = in_turn(available_precisions(device), measure, until, "precisions")
    said, fp32 = [], turns.found.get("fp32")
    for name, row in turns.found.items() if fp32 else ():
        row |= beside(row, fp32)
        said.append(f"{name} {row['times_fp32']:.2f} times, losses {row['losses_apart']:.2%} apart")
        if not row["losses_apart"] <= LOSSES_APART:  # nan is not, either
            turns.failed[name] = "its losses"
    return turns.summary(", ".join(said), precisions=turns.found, tolerance=LOSSES_APART)


def beside(row: dict, fp32: dict) -> dict:
    """How much faster than fp32 steps are, and how far the furthest loss is, as a share of it."""
    losses, reference = torch.tensor(row["losses"]), torch.tensor(fp32["losses"])
    return {
        "times_fp32": fp32["seconds_per_step"] / row["seconds_per_step"],
        "losses_apart": (losses / reference - 1).abs().max().item(),
    }


def pace(run: Run, most: int, until: float) -> tuple[float, int]:
    """Seconds of a step once it is captured, and how many were timed: about ``most``, if time."""
    steps, count = run.steps(), 0
    with run.fast_context():
        for _ in islice(steps, WARM_UP + 2):
            pass
        wait_for(run.device)
        begun = time.perf_counter()
        while not count or (count < most and time.monotonic() < until):
            for _ in islice(steps, CHUNK):
                count += 1
            wait_for(run.device)
        return (time.perf_counter() - begun) / count, count
