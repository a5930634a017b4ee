"""The one loop that trains every model of the course.

A model's training step yields one named loss per phase. For each, the loop computes the gradient
for that phase's networks alone, lets the phase's optimiser step, and goes on with the generator,
which now sees the updated weights.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from aae_course import checkpoint
from aae_course.data import Split
from aae_course.history import History, LossRecorder
from aae_course.interrupt import deferred_interrupt
from aae_course.minibatches import Minibatches
from aae_course.models import Model
from aae_course.optimisation import Training
from aae_course.progress import Progress, default_progress
from aae_course.randomness import (
    generator_states,
    generators_restored,
    restore_generators,
    seed_noise,
)

SAVE_EVERY = 180.0  # seconds between checkpoints


def fit(
    model: Model,
    split: Split,
    training: Training,
    seeds: Sequence[int] = (0,),
    *,
    name: str = "",
    evaluate: Callable[[Model], dict] | None = None,
    path: Path | None = None,
    about: dict | None = None,
    save_every: float = SAVE_EVERY,
    progress: Progress | None = None,
) -> History:
    """Train ``model`` in place and return what happened.

    The result depends on the model, the settings and the seeds alone, and torch's global generator
    is left as it was found.

    Args:
        model: on the same device as the images; with several seeds, it has a replica for each.
        split: training images.
        training: optimisers, epochs, batch size and schedule.
        seeds: of the minibatch order and the noise, one for each replica.
        name: what the progress display calls the run.
        evaluate: called after every epoch with the model in evaluation mode; what it returns goes
            to ``history.evaluations``. Its random draws do not change the training.
        path: checkpoint. If the file exists the run goes on from there, bit for bit on a CPU.
        about: facts that must be the same when the checkpoint is taken up, such as the data's hash.
        save_every: seconds between checkpoints.
        progress: a display; by default a bar in a terminal, live loss curves in a notebook.

    Raises:
        NonFiniteLoss: a loss became nan or infinite.
        CheckpointError: ``path`` holds another run, or is damaged.
        KeyboardInterrupt: Ctrl-C, after the step was finished and the checkpoint saved.
        ValueError: an optimiser is missing for a phase, or names none.
    """
    run = Run(model, split, training, seeds, {"name": name, **(about or {})})
    progress = progress or default_progress()
    with generators_restored(run.device), deferred_interrupt() as interrupted:
        seed_noise(seeds)
        if path is not None and path.exists():
            run.load(path)
        progress.begin(name or type(model).__name__, run.total_steps, run.step)
        try:
            run.train(evaluate, path, save_every, progress, interrupted)
        finally:
            model.eval()
            progress.end(run.history)
    return run.history


class Run:
    """A run in progress: the model, its optimisers, and how far it has come."""

    def __init__(
        self, model: Model, split: Split, training: Training, seeds: Sequence[int], about: dict
    ):
        _check_phases(model, training)
        _check_replicas(model, seeds)
        self.model, self.training, self.seeds, self.about = model, training, tuple(seeds), about
        self.device = split.images.device
        self.minibatches = Minibatches(split, training.batch_size, seeds)
        self.parameters = {phase: model.phase_parameters(phase) for phase in model.phases}
        self.optimisers = {
            phase: training.optimisers[phase].build(self.parameters[phase])
            for phase in model.phases
        }
        self.step, self.total_steps = 0, training.epochs * len(self.minibatches)
        self.history = History()
        self.recorder = LossRecorder(
            self.history, list(model.phases), len(self.seeds), self.total_steps, self.device
        )

    def train(
        self,
        evaluate: Callable[[Model], dict] | None,
        path: Path | None,
        save_every: float,
        progress: Progress,
        interrupted: Callable[[], bool],
    ) -> None:
        """Go from the current step to the last one."""
        self.model.train()
        started, saved = time.monotonic() - self.history.seconds, time.monotonic()
        for index in self.remaining_minibatches():
            self.train_step(index)
            now = time.monotonic()
            self.history.seconds = now - started
            progress.advance(self.step, self.history)
            if evaluate is not None and self.step % len(self.minibatches) == 0:
                self.evaluate(evaluate)
            if interrupted() or now - saved > save_every:
                self.save(path)
                saved = now
            if interrupted():
                raise KeyboardInterrupt
        self.recorder.flush(self.step)
        self.save(path)

    def remaining_minibatches(self) -> Iterator[Tensor]:
        """Index of every minibatch from the current step on."""
        while self.step < self.total_steps:
            epoch, done = divmod(self.step, len(self.minibatches))
            yield from self.minibatches.order(epoch)[done:]

    def train_step(self, index: Tensor) -> None:
        """One minibatch: every phase of the model, in order."""
        self.set_learning_rates()
        batch = self.minibatches.gather(index)
        for phase, loss in self.model.training_step(batch):
            self.optimisers[phase].zero_grad(set_to_none=True)
            loss.sum().backward(inputs=self.parameters[phase])
            self.optimisers[phase].step()
            self.recorder.record(phase, loss)
        self.step += 1
        self.recorder.end_step(self.step)

    def set_learning_rates(self) -> None:
        """Scale every phase's learning rate by the schedule."""
        epoch = self.step / len(self.minibatches)
        factor = self.training.schedule.factor(epoch, self.training.epochs)
        for phase, optimiser in self.optimisers.items():
            optimiser.param_groups[0]["lr"] = factor * self.training.optimisers[phase].lr

    def evaluate(self, evaluate: Callable[[Model], dict]) -> None:
        """Call the evaluation hook and keep what it returns, with the epoch."""
        with generators_restored(self.device), torch.no_grad():
            measured = evaluate(self.model.eval())
        self.model.train()
        self.history.evaluations.append({"epoch": self.step // len(self.minibatches), **measured})

    def identity(self) -> dict:
        """What makes this the same run when it is taken up again."""
        return {
            **self.about,
            "model": type(self.model).__name__,
            **asdict(self.training),
            "schedule": repr(self.training.schedule),
            "seeds": list(self.seeds),
            "training images": len(self.minibatches.split),
            "weights": {name: list(p.shape) for name, p in self.model.named_parameters()},
        }

    def save(self, path: Path | None) -> None:
        """Write weights, optimisers, random generators and history, if there is a path."""
        if path is None:
            return
        self.recorder.check(self.step)  # a broken run shall not replace a good checkpoint
        tensors = checkpoint.prefixed("model", self.model.state_dict())
        for phase, optimiser in self.optimisers.items():
            moments = checkpoint.optimiser_tensors(optimiser)
            tensors |= checkpoint.prefixed(f"optimiser.{phase}", moments)
        tensors |= checkpoint.prefixed("generator", generator_states(self.device))
        tensors["pending"] = self.recorder.pending
        progress = {"step": self.step, "filled": self.recorder.filled, **asdict(self.history)}
        checkpoint.save(path, tensors, self.identity(), progress)

    def load(self, path: Path) -> None:
        """Take up the run saved at ``path``.

        Raises:
            CheckpointError: the file is damaged or belongs to another run.
        """
        tensors, progress = checkpoint.load(path, self.identity())
        self.model.load_state_dict(checkpoint.under("model", tensors))
        for phase, optimiser in self.optimisers.items():
            moments = checkpoint.under(f"optimiser.{phase}", tensors)
            checkpoint.restore_optimiser(optimiser, moments)
        restore_generators(checkpoint.under("generator", tensors))
        self.recorder.pending.copy_(tensors["pending"])
        self.step, self.recorder.filled = progress.pop("step"), progress.pop("filled")
        vars(self.history).update(progress)


def _check_phases(model: Model, training: Training) -> None:
    if set(model.phases) != set(training.optimisers):
        raise ValueError(
            f"{type(model).__name__} has the phases {', '.join(model.phases)}; "
            f"optimisers were given for {', '.join(training.optimisers)}"
        )


def _check_replicas(model: Model, seeds: Sequence[int]) -> None:
    replicas = {len(p) if p.dim() else 0 for p in model.parameters()}
    if len(seeds) > 1 and replicas != {len(seeds)}:
        raise ValueError(
            f"{len(seeds)} seeds need a model with {len(seeds)} replicas: make it with "
            "build_replicas, or train one seed"
        )
