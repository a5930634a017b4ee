"""The one loop that trains every model, and what a run needs: optimisers, history, checkpoints."""

from aae_course.training.history import History, NonFiniteLoss
from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import SGD, Adam, Annealed, StepDecay, Training
from aae_course.training.progress import NoProgress

__all__ = [
    "SGD",
    "Adam",
    "Annealed",
    "History",
    "NoProgress",
    "NonFiniteLoss",
    "Run",
    "StepDecay",
    "Training",
    "fit",
]
