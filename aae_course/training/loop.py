"""The one loop that trains every model of the course.

A model's training step yields one named loss per phase. For each, the loop computes the gradient
for that phase's networks only, lets the phase's optimiser step, and goes on with the generator,
which now sees the updated weights.

The loop itself is `Run.train_step`: a minibatch, and for each of its losses a gradient and a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from aae_course.data.dataset import Split, content_hash
from aae_course.data.minibatches import Batch, Minibatches
from aae_course.models import Model
from aae_course.randomness import (
    alone,
    generator_states,
    generators_restored,
    restore_generators,
    seed_noise,
)
from aae_course.training import checkpoint
from aae_course.training.as_data import as_data, fixed_tensors, tensor_hash
from aae_course.training.checks import check_run, whole_seeds
from aae_course.training.cuda_graph import GraphedStep
from aae_course.training.evaluated import AveragedWeights, take_statistics
from aae_course.training.feed import Feed
from aae_course.training.history import History, LossRecorder
from aae_course.training.interrupt import Autosave, deferred_interrupt
from aae_course.training.optimisation import Training
from aae_course.training.origin import marked, origin, parts_of, sittings_with
from aae_course.training.precision import autocast, fast_products
from aae_course.training.progress import Progress, default_progress
from aae_course.training.step_check import check_step
from aae_course.training.threads import Threads, processor_ready, steps_agree

SAVE_EVERY = 180.0  # seconds between checkpoints
T = TypeVar("T")


def fit(
    model: Model,
    split: Split,
    training: Training,
    seeds: Sequence[int] = (0,),
    *,
    name: str = "",
    evaluate: Callable[[Model], dict] | None = None,
    path: Path | None = None,
    about: Mapping | None = None,
    keep: bool = False,
    save_every: float = SAVE_EVERY,
    report: Callable[[Run], None] | None = None,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> History:
    """Train ``model`` in place and return what happened.

    The result depends only on the model, the settings and the seeds, and torch's global generator
    is left as it was found. Where the settings ask for it, the model ends with the average of its
    weights and with new statistics of batch norm; the checkpoint has both these and the last ones.

    Args:
        model: on the same device as the images; with several seeds, it has a replica for each.
        split: training images.
        training: optimisers, epochs, batch size, schedule and precision.
        seeds: of the minibatch order and the noise, one for each replica.
        name: what the progress display calls the run.
        evaluate: called after every epoch with the model in evaluation mode; what it returns goes
            to ``history.evaluations``. Its random draws do not change the training.
        path: checkpoint. If the file exists the run goes on from there, bit for bit on a CPU; if it
            is of a finished run and more epochs are asked for, too. With `StepDecay` the result is
            that of a run of so many epochs from the start. `Annealed` follows the longer schedule
            from there on: the rates, low at the end of the shorter run, rise again.
        about: what else must be the same when the checkpoint is taken up, such as the architecture.
            Source behind objects in it counts as source of the run.
        keep: take up a checkpoint that other source has trained, and say so in it.
        save_every: seconds between checkpoints.
        report: called every ``save_every`` seconds, to tell a person how the run stands.
        deadline: ``time.monotonic()`` at which to stop.
        progress: a display; by default a bar in a terminal, live loss curves in a notebook.

    Raises:
        NonFiniteLoss: a loss became nan or infinite.
        CheckpointError: ``path`` holds another run or one of more epochs, was trained by other
            source, or is damaged.
        KeyboardInterrupt: Ctrl-C, after the step was finished and the checkpoint saved. SIGTERM and
            SIGHUP wait for that too, and then do what they would have done.
        OutOfTime: the deadline passed; the step was finished and the checkpoint saved.
        TypeError, ValueError: it cannot be trained, as `check_run` and `check_step` tell; or
            another thread is training.
    """
    run = Run(model, split, training, seeds, about or {})
    progress = progress or default_progress()
    with ExitStack() as stack:
        stack.enter_context(alone())
        stack.enter_context(torch.enable_grad())  # whoever calls, this is a training
        stack.enter_context(generators_restored(run.device))
        interrupted = stack.enter_context(deferred_interrupt())
        stack.enter_context(run.fast_context())
        seed_noise(run.seeds)
        if path is not None:
            run.take_up(path := Path(path), keep)
        progress.begin(name or type(model).__name__, run.total_steps, run.step)
        save, tell = partial(run.save, path), report and partial(report, run)
        autosave = Autosave(save, tell, save_every, deadline, interrupted)
        try:
            for _ in run.steps():
                progress.advance(run.step, run.history)
                if evaluate is not None and run.step % run.steps_per_epoch == 0:
                    run.evaluate_epoch(evaluate)
                autosave.after_step()
            run.save(path)
            run.finish()
        finally:
            model.eval()
            progress.end(run.history)
    return run.history


class Run:
    """A run in progress: the model, its optimisers, and how far it has come."""

    def __init__(
        self, model: Model, split: Split, training: Training, seeds: Sequence[int], about: Mapping
    ):
        seeds = whole_seeds(seeds)
        check_run(model, split, training, seeds)
        self.model, self.training, self.seeds, self.about = model, training, seeds, about
        self.device = split.images.device
        self.minibatches = Minibatches(
            split, training.batch_size, seeds, training.labels, training.labelled_batch
        )
        self.feed = Feed(self.minibatches, training.schedule, training.epochs)
        check_step(model, split, self.feed.first_batch(), seeds)
        self.steps_per_epoch = len(self.minibatches)
        self.step, self.total_steps = 0, training.epochs * self.steps_per_epoch
        self.parameters = {phase: model.phase_parameters(phase) for phase in model.phases}
        self.optimisers = {
            phase: training.optimisers[phase].build(self.parameters[phase])
            for phase in model.phases
        }
        self.average = AveragedWeights(model, training.average) if training.average else None
        model.zero_grad()  # of whatever was computed before; each phase clears its own
        self.history = History()
        self.recorder = LossRecorder(
            self.history, list(model.phases), len(seeds), self.steps_per_epoch, self.total_steps,
            self.device,
        )  # fmt: skip

    def steps(self, eager: bool = False) -> Iterator[None]:
        """Train from the current step to the last one; the caller gets control after every step.

        On a GPU the step is captured as a CUDA graph, unless ``eager``.
        """
        graphed = self.device.type == "cuda" and not eager
        take_step = GraphedStep(self.train_step, self.device) if graphed else self.train_step
        threads = Threads(self.model, self.minibatches.size, self.minibatches.labelled_size)
        threads.free = threads.free and self.undisturbed(
            partial(steps_agree, batch=self.feed.first_batch(), threads=threads.most)
        )
        while self.step < self.total_steps:
            epoch, done = divmod(self.step, self.steps_per_epoch)
            self.begin_epoch(epoch, done)
            threads.choose()
            for _ in range(done, self.steps_per_epoch):
                begun = time.monotonic()
                take_step()
                self.after_step()
                self.history.seconds += time.monotonic() - begun
                yield

    def begin_epoch(self, epoch: int, done: int = 0) -> None:
        """Get ready for the steps of an epoch, of which ``done`` are over."""
        self.model.train()
        self.feed.begin_epoch(epoch, done)

    def train_step(self) -> None:
        """One minibatch: every phase of the model, in order."""
        batch, factor = self.feed.next_batch()
        self.set_learning_rates(factor)
        for phase, loss in self.named_losses(batch):
            loss.sum().backward(inputs=self.parameters[phase])
            self.optimisers[phase].step()
            self.optimisers[phase].zero_grad()  # the next phase takes the memory over
            self.recorder.record(phase, loss, self.feed.clock)
        if self.average:
            self.average.follow()

    def set_learning_rates(self, factor: Tensor) -> None:
        """Scale every phase's learning rate by the schedule's ``factor`` ()."""
        for phase, optimiser in self.optimisers.items():
            lr = optimiser.param_groups[0]["lr"]
            torch.mul(factor, self.training.optimisers[phase].lr, out=lr)

    def named_losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The loss of each phase, computed in the precision of the run."""
        losses = self.model.training_step(batch)
        while True:
            with autocast(self.training.precision, self.device):
                named_loss = next(losses, None)
            if named_loss is None:
                return
            yield named_loss

    def after_step(self) -> None:
        """Count the step, and read its losses where that makes nothing wait."""
        self.step += 1
        if self.step % self.steps_per_epoch == 0:
            self.feed.prefetch(self.step // self.steps_per_epoch)
        self.recorder.after(self.step)

    def fast_context(self) -> ExitStack:
        """Within it, this device computes the steps as fast as it can."""
        stack = ExitStack()
        stack.enter_context(torch.autocast(self.device.type, enabled=False))  # a caller's own
        stack.enter_context(fast_products(self.training.precision, self.device))
        stack.enter_context(processor_ready())
        return stack

    def evaluate_epoch(self, hook: Callable[[Model], dict]) -> None:
        """Call the evaluation hook and keep what it returns, with the epoch."""
        epoch, found = self.step // self.steps_per_epoch, self.undisturbed(hook)
        if not isinstance(found, Mapping):
            raise TypeError(f"evaluate returns a dict of numbers, not {type(found).__name__}")
        self.history.evaluations.append({"epoch": epoch, **as_data(found)})

    def undisturbed(self, look: Callable[[Model], T]) -> T:
        """What ``look`` makes of the model as it is evaluated; the training does not notice."""
        before = self.model.state_dict() if self.average or self.training.statistics else {}
        before = {name: value.clone() for name, value in before.items()}
        with generators_restored(self.device), torch.no_grad():
            self.finish()
            seen = look(self.model.eval())
        if before:
            self.model.load_state_dict(before)
        self.model.train()
        return seen

    def finish(self) -> None:
        """Make the model what is evaluated: its average, and batch norm as clean images have it."""
        if self.average:
            self.average.put_in_place()
        if self.training.statistics:
            split, count = self.minibatches.split, self.training.statistics
            take_statistics(self.model, split, count, len(self.seeds))

    def take_up(self, path: Path, keep: bool = False) -> None:
        """Note what this run is and what trains it, and go on from ``path`` if it is there.

        This is noted before the first step: both the model and the source may change later.

        Raises:
            CheckpointError: what is saved there cannot be taken up.
        """
        checkpoint.check_place(path)
        self.identity, self.origin, self.sittings = self.describe(), self.here(), []
        if path.exists():
            self.load(path, keep)
        self.from_step = self.step

    def describe(self) -> dict:
        """What makes this the same run when it is taken up again: all of its settings."""
        settings = as_data(self.training)
        settings.pop("kind")
        return {
            **as_data(self.about),
            "model": as_data(self.model),
            "phases": as_data(self.model.phases),
            **settings,
            "seeds": list(self.seeds),
            "training data": content_hash(self.minibatches.split),
            "weights": {name: list(p.shape) for name, p in self.model.named_parameters()},
            "frozen": [f"{n} {tensor_hash(value)}" for n, value in fixed_tensors(self.model)],
        }

    def here(self) -> dict:
        """What this process trains it with: source, machine, libraries."""
        return origin(parts_of(self.model, self.training, self.about), self.device)

    def save(self, path: Path | None) -> None:
        """Write weights, optimisers, random generators and history, if there is a path."""
        if path is None:
            return
        if self.step:
            self.recorder.collect(self.step)  # a broken run must not replace a good checkpoint
        tensors = checkpoint.prefixed("model", self.model.state_dict())
        for phase, optimiser in self.optimisers.items():
            moments = checkpoint.optimiser_tensors(optimiser)
            tensors |= checkpoint.prefixed(f"optimiser.{phase}", moments)
        tensors |= checkpoint.prefixed("generator", generator_states(self.device))
        tensors["pending"] = self.recorder.pending
        if self.average:
            tensors |= checkpoint.prefixed("average", self.average.state())
        progress = {"step": self.step, **asdict(self.history)}
        sittings = self.sittings
        if self.step > self.from_step or not sittings:
            sittings = sittings_with(sittings, self.origin, self.from_step)
        checkpoint.save(path, tensors, self.identity, progress, sittings)

    def load(self, path: Path, keep: bool) -> None:
        """Take up the run saved at ``path``.

        Raises:
            CheckpointError: the file is damaged, belongs to another run or, unless it is to be
                kept, was trained by other source.
        """
        tensors, progress, sittings = checkpoint.load(path, self.identity)
        if not keep:
            checkpoint.check_source(path, sittings, self.origin["modules"])
        self.sittings = marked(sittings, self.origin)
        self.model.load_state_dict(checkpoint.under("model", tensors))
        for phase, optimiser in self.optimisers.items():
            moments = checkpoint.under(f"optimiser.{phase}", tensors)
            checkpoint.restore_optimiser(optimiser, moments)
        if self.average:
            self.average.restore(checkpoint.under("average", tensors))
        restore_generators(checkpoint.under("generator", tensors), self.device)
        self.step = progress.pop("step")
        self.recorder.resume(self.step, tensors["pending"])
        vars(self.history).update(progress)
