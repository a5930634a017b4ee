"""Check of the exercise of notebook 08 in which the five phases are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial

import torch
import torch.nn.functional as F

from aae_course.data.labels import one_hot
from aae_course.data.minibatches import Batch
from aae_course.lessons.checks.answers import Expected
from aae_course.lessons.checks.clustering_training import BATCH, CATEGORIES, PIXELS, Trial
from aae_course.lessons.checks.grade import grade
from aae_course.models import SemiSupervisedAutoencoder
from aae_course.models.losses import label_cross_entropy
from aae_course.randomness import seeded_generator

HINT = (
    "label_and_style(x) gives y, (batch, classes), and z, (batch, 5), each for its own D; "
    "labelled.y are the labels of labelled.x, (batch,)"
)


def training_step(answer: Callable[[SemiSupervisedAutoencoder, Batch], Iterable]) -> bool:
    """Check a training step: the five phases, each loss, and what its gradient reaches.

    After each phase the networks that it trains change, as an optimiser would change them.
    """
    trial = SemiSupervisedTrial()
    given = partial(answer, trial.model, trial.batch)
    return grade("training_step", given, (), trial.fault, HINT)


class SemiSupervisedTrial(Trial):
    """A small semi-supervised AAE, a minibatch without labels, and as many labelled images."""

    kind = SemiSupervisedAutoencoder

    def __init__(self):
        super().__init__()
        generator = seeded_generator(8, 4)
        x = torch.rand(BATCH, PIXELS, generator=generator)
        y = torch.randint(CATEGORIES, (BATCH,), generator=generator)
        self.batch = Batch(self.batch.x, torch.full((BATCH,), -1), Batch(x, y))

    def expected(self, phase: str) -> Expected:
        """The loss of a phase, and what known mistakes give, with the networks as they are."""
        return self._of_labels() if phase == "classification" else super().expected(phase)

    def _of_labels(self) -> Expected:
        model, labelled = self.model, self.batch.labelled
        logits, y = model.logits(labelled.x), labelled.y
        right, q = label_cross_entropy(logits, y), logits.softmax(-1)
        before = "uses the encoder from before its update in phase 4: encode the labelled images"
        mistakes = {
            "has two softmaxes: cross_entropy wants logits, model.logits(x)": (
                label_cross_entropy(q, y)
            ),
            "classifies batch.x: the labels belong to batch.labelled.x": (
                label_cross_entropy(model.logits(self.batch.x), y)
            ),
            "takes the style for logits too: use model.logits(x)": (
                F.cross_entropy(model.encoder(labelled.x), y)
            ),
            "has the wrong sign": -right,
            "sums over the minibatch: average": right * len(y),
            "is in bits: leave the logarithm natural": right / math.log(2),
            "forgets the logarithm: −log q of the true label": -q.gather(1, y[:, None]).mean(),
            "is the mean of q: −log q of the true label was asked for": (
                q.gather(1, y[:, None]).mean()
            ),
            "is a squared error: −log q of the true label was asked for": (
                (q - one_hot(y, CATEGORIES)).square().sum(1).mean()
            ),
            "is the entropy of y: it must look at the labels": torch.special.entr(q).sum(1).mean(),
            "divides by the number of classes: average over the images only": right / CATEGORIES,
            f"{before} now": label_cross_entropy(self.last.logits(labelled.x), y),
            f"{before} when this phase begins": label_cross_entropy(
                self.first.logits(labelled.x), y
            ),
        }
        of_each = "returns one loss for each image: average over the minibatch"
        return Expected(right, mistakes, {(BATCH,): of_each})
