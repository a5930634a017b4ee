"""Check of the phases of the AAE with a summed code that the reader writes in notebook 10."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.data.minibatches import Batch
from aae_course.lessons.checks.answers import Expected
from aae_course.lessons.checks.clustering_training import CATEGORIES, PIXELS, Trial
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.losses import squared_error
from aae_course.models import SemiSupervisedReduction
from aae_course.models.losses import (
    half_squared_error,
    head_distance_loss,
    label_cross_entropy,
)
from aae_course.randomness import seeded_generator

LABELLED = 20
HINT = (
    "label_and_style(x) gives y, (batch, m), and z, (batch, n), each for its own D; "
    "heads.points is (m, n), and the labelled images have labels of their own"
)


def training_step(answer: Callable[[SemiSupervisedReduction, Batch], Iterable]) -> bool:
    """Check a training step: the phases and their order, each loss, and what its gradient reaches.

    The reader writes the sum: the model that is given adds up nothing.
    """
    trial = SummedTrial()
    given = partial(answer, trial.model, trial.batch)
    return grade("training_step", given, (), trial.fault, HINT)


def without_a_sum(*parts: Tensor) -> Tensor:
    """In the place of the model's `code_of`."""
    raise NotImplementedError("here encode() adds up nothing: write the sum of head and style")


class SummedTrial(Trial):
    """A small AAE whose code is a head plus a style, its heads nearer than their margin."""

    kind = SemiSupervisedReduction

    def __init__(self):
        super().__init__()
        generator = seeded_generator(10, 3)
        with torch.no_grad():
            self.model.heads.points.normal_(std=1.6, generator=generator)
        x = torch.rand(LABELLED, PIXELS, generator=generator)
        y = torch.randint(CATEGORIES, (LABELLED,), generator=generator)
        self.batch = Batch(self.batch.x, self.batch.y, labelled=Batch(x, y))
        self.model.code_of = without_a_sum

    def expected(self, phase: str) -> Expected:
        """The loss of a phase, and what known mistakes give, with the networks as they are."""
        if phase == "reconstruction":
            return self._of_reconstruction()
        if phase == "classification":
            labelled = self.batch.labelled
            return _of_labels(self.model.logits(labelled.x), labelled.y)
        if phase == "head distance":
            return head_distance_of(self.model.heads.points, self.model.margin)
        return super().expected(phase)

    def _of_reconstruction(self) -> Expected:
        """½‖x̂ − x‖² with x̂ decoded from the sum."""
        model, x = self.model, self.batch.x
        (y, z), logits, heads = model.label_and_style(x), model.logits(x), model.heads.points
        expected = squared_error(model.decode(y @ heads + z), x)
        codes = {
            "decodes only the heads: add the style": y @ heads,
            "decodes only the style: add the head": z,
            "subtracts the style: add it": y @ heads - z,
            "subtracts the heads: add them": z - y @ heads,
            "multiplies the heads by the logits: y are the probabilities": logits @ heads + z,
            "makes y one-hot: the heads are weighed by the probabilities": (
                one_hot(logits.argmax(1), CATEGORIES) @ heads + z
            ),
            "averages over the heads: the probabilities add up to 1 already": (
                y @ heads / CATEGORIES + z
            ),
            "averages head and style: add them": (y @ heads + z) / 2,
            "adds all heads, whatever y is": heads.sum(0) + z,
        }
        mistakes = {why: half_squared_error(model.decode(code), x) for why, code in codes.items()}
        return Expected(expected.right, {**expected.mistakes, **mistakes}, expected.shapes)


def _of_labels(logits: Tensor, labels: Tensor) -> Expected:
    """−log q(y|x) of the labels, from logits (batch, m)."""
    right, q = label_cross_entropy(logits, labels), logits.softmax(-1)
    own = q.gather(1, labels[:, None])
    return Expected(
        right,
        {
            "has the wrong sign: −log q is never negative": -right,
            "takes the softmax twice: cross_entropy wants the logits": F.cross_entropy(q, labels),
            "takes nll_loss of the logits: it wants their log_softmax": F.nll_loss(logits, labels),
            "takes nll_loss of the probabilities: it wants their logarithms": (
                F.nll_loss(q, labels)
            ),
            "sums over the minibatch: average": right * len(labels),
            "averages over the categories: only that of the label counts": right / logits.shape[1],
            "has 1 − q in place of −log q": (1 - own).mean(),
            "is in bits: use the natural logarithm": right / torch.log(torch.tensor(2.0)),
            "asks for the likeliest category, not for the label": (
                label_cross_entropy(logits, logits.argmax(1))
            ),
        },
    )


def head_distance_of(heads: Tensor, margin: float) -> Expected:
    """The cost of heads (m, dim) too near, and what known mistakes make of it."""
    right, pairs = head_distance_loss(heads, margin), torch.pdist(heads)
    selves = len(heads) * margin  # what the distance of each head from itself would add
    return Expected(
        right,
        {
            "counts every pair twice: i < j": 2 * right,
            "counts every pair twice, and each head with itself": 2 * right + selves,
            "counts each head with itself, at distance 0": right + selves,
            "halves the sum of all, and so counts heads with themselves, at distance 0": (
                right + selves / 2
            ),
            "takes the mean: the sum over pairs was asked for": right / len(pairs),
            "lets far pairs pay back: no pair costs less than 0": (margin - pairs).sum(),
            "punishes heads that are far apart: η minus the distance": (
                (pairs - margin).relu().sum()
            ),
            "squares the shortfall: it counts as it is": (margin - pairs).relu().square().sum(),
            "squares the distance: its root is missing": (margin - pairs.square()).relu().sum(),
            "adds up the differences of the coordinates: the straight distance was asked for": (
                (margin - torch.pdist(heads, p=1)).relu().sum()
            ),
            "looks only at the nearest pair": (margin - pairs).max(),
            "has the wrong sign: near heads cost something": -right,
            "forgets the margin: a pair costs what it is short of η": pairs.sum(),
        },
    )
