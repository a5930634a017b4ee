"""How a run is trained, as data: an optimiser for each phase, and one schedule for all."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn

from aae_course.settings import check_known
from aae_course.training.precision import PRECISIONS


class Settings:
    """Settings that print without what is off, as in ``SGD(lr=0.01, momentum=0.9)``."""

    def __repr__(self) -> str:
        values = {each.name: (getattr(self, each.name), each.default) for each in fields(self)}
        on = [f"{name}={value!r}" for name, (value, off) in values.items() if value or value != off]
        return f"{type(self).__name__}({', '.join(on)})"


@dataclass(frozen=True, repr=False)
class SGD(Settings):
    """Stochastic gradient descent with momentum, the paper's optimiser.

    Args:
        lr: learning rate.
        momentum: share of the last step that the next one keeps.
        nesterov: look ahead by the momentum (Sutskever et al., 2013).
        weight_decay: the weights' own share of the gradient, which pulls them to 0.
    """

    lr: float
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    @property
    def moments(self) -> int:
        """How many numbers it remembers for each weight."""
        return 1 if self.momentum else 0

    def build(self, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
        lr, fused = _on_device(self.lr, parameters), _has_fused(parameters)
        return torch.optim.SGD(
            parameters, lr, self.momentum, weight_decay=self.weight_decay, nesterov=self.nesterov,
            fused=fused,
        )  # fmt: skip


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba, 2014); adversarial phases like a small ``beta1``."""

    lr: float
    beta1: float = 0.9
    moments = 2  # how many numbers it remembers for each weight

    def build(self, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
        lr, fused = _on_device(self.lr, parameters), _has_fused(parameters)
        betas, capturable = (self.beta1, 0.999), lr.device.type == "cuda"
        return torch.optim.Adam(parameters, lr, betas, fused=fused, capturable=capturable)


def _on_device(lr: float, parameters: list[nn.Parameter]) -> Tensor:
    """The learning rate as a tensor, so that a captured step can read what the schedule writes."""
    return torch.tensor(lr, dtype=torch.float32, device=parameters[0].device)


def _has_fused(parameters: list[nn.Parameter]) -> bool:
    return all(p.device.type in ("cpu", "cuda") for p in parameters)


@dataclass(frozen=True, repr=False)
class Annealed(Settings):
    """Hold the rates for a share ``hold`` of the run, then lower them by a cosine to ``final``.

    Before that they rise in a straight line from ``final``, for a share ``warm_up`` of the run.
    """

    hold: float = 0.6
    final: float = 0.01
    warm_up: float = 0.0

    def factor(self, epoch: float, epochs: int) -> float:
        """What every learning rate is multiplied by at ``epoch``, fractions included."""
        if epoch < self.warm_up * epochs:
            return max(self.final, epoch / (self.warm_up * epochs))
        done = max(0.0, (epoch / epochs - self.hold) / (1 - self.hold)) if self.hold < 1 else 0.0
        return self.final + (1 - self.final) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


@dataclass(frozen=True)
class StepDecay:
    """Divide the rates by 10 at each of these epochs, as the paper does (appendix A)."""

    epochs: tuple[int, ...] = ()

    def factor(self, epoch: float, epochs: int) -> float:
        """What every learning rate is multiplied by at ``epoch``."""
        return 0.1 ** sum(epoch >= milestone for milestone in self.epochs)


@dataclass(frozen=True)
class Training:
    """The settings of a run.

    Args:
        optimisers: one for each phase of the model.
        epochs: passes over the training images.
        batch_size: images in a minibatch (the paper: 100).
        schedule: how the learning rates change, `StepDecay()` for not at all.
        precision: of the products inside the networks: "fp32", "tf32" or "bf16".
        labels: how many training images keep their label, equally many of each class; None for all.
        labelled_batch: labelled images that each step gets beside its minibatch; 0 for none.
        average: the trained model has a moving average of the weights, which keeps this share of
            itself in a step (Polyak & Juditsky, 1992); 0 for the last weights.
        statistics: how many training images batch norm takes its mean and variance from before the
            model is evaluated; 0 for those that it has gathered while training.

    Raises:
        TypeError: a number is not whole, or an optimiser or schedule is none of this course.
        ValueError: a number is too small, or the precision unknown.
    """

    optimisers: Mapping[str, SGD | Adam]
    epochs: int
    batch_size: int = 100
    schedule: Annealed | StepDecay = StepDecay()
    precision: str = "fp32"
    labels: int | None = None
    labelled_batch: int = 0
    average: float = 0.0
    statistics: int = 0

    def __post_init__(self):
        check_known(self.precision, PRECISIONS, "precision")
        _check_parts(self.optimisers, self.schedule)
        for name in ("epochs", "batch_size", "labels", "labelled_batch", "statistics"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, _whole(name, value))
        if self.epochs < 1:
            raise ValueError(f"a run needs at least 1 epoch, not {self.epochs}")
        if self.labelled_batch < 0:
            raise ValueError(f"labelled_batch is 0 or more, not {self.labelled_batch}")
        if not 0 <= self.average < 1:
            raise ValueError(f"average is a share from 0 to less than 1, not {self.average}")
        if self.statistics < 0 or self.statistics == 1:
            raise ValueError(f"statistics is 0, or 2 images or more, not {self.statistics}")


def _check_parts(optimisers: Mapping[str, SGD | Adam], schedule: Annealed | StepDecay) -> None:
    """Refuse torch's own optimisers and schedules, whose places ours take."""
    if not isinstance(optimisers, Mapping):
        kind = type(optimisers).__name__
        raise TypeError(f"optimisers are a dict with one for each phase of the model, not {kind}")
    kinds = {f"{phase} phase": (each, "build") for phase, each in optimisers.items()}
    for what, (part, method) in {**kinds, "schedule": (schedule, "factor")}.items():
        if isinstance(part, type) or not hasattr(part, method):
            ours = "Annealed() or StepDecay()" if method == "factor" else "Adam(lr) or SGD(lr)"
            kind = part if isinstance(part, type) else type(part)
            name = f"{kind.__module__}.{kind.__name__}"
            raise TypeError(f"for the {what} give {ours} of this course, not {name}")


def _whole(name: str, value: int) -> int:
    try:
        return operator.index(value)
    except TypeError as error:
        raise TypeError(f"{name} is a whole number, not {value!r}") from error
