"""Check of the phases of the clustering AAE that the reader writes in notebook 09.

Notebooks 08 and 10 add to its `Trial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.data.labels import one_hot
from aae_course.data.minibatches import Batch
from aae_course.lessons.checks.answers import Expected
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.losses import loss_is_wrong, squared_error
from aae_course.models import ClusteringAutoencoder
from aae_course.models.losses import discriminator_loss, generator_loss
from aae_course.models.priors import Gaussian
from aae_course.networks.perceptrons import Perceptrons
from aae_course.randomness import generators_restored, seeded_generator

PIXELS, CATEGORIES, BATCH = 12, 4, 30
# What a gradient may reach besides: the optimiser of the phase leaves it alone.
ALLOWED = {"generator": {"label_discriminator", "style_discriminator"}}


class FixedDraws(nn.Module):
    """A prior that always gives the same draws, so that losses can be compared."""

    def __init__(self, draws: Tensor):
        super().__init__()
        self.draws, self.dim = draws, draws.shape[1]

    def sample(self, *count: int) -> Tensor:
        return self.draws[: count[0]]

    def sample_like(self, codes: Tensor) -> Tensor:
        if codes.shape != self.draws.shape:
            raise ValueError(
                f"the codes have the shape {tuple(codes.shape)}, and this prior "
                f"{tuple(self.draws.shape)}"
            )
        return self.draws


def training_step(answer: Callable[[ClusteringAutoencoder, Batch], Iterable]) -> bool:
    """Check a training step: the phases and their order, each loss, and what its gradient reaches.

    After each phase the networks that it trains change, as an optimiser would change them.
    """
    trial = Trial()
    given = partial(answer, trial.model, trial.batch)
    return grade("training_step", given, (), trial.fault, HINT)


HINT = "label_and_style(x) gives y, (batch, K), and z, (batch, 5), each for its own D"


class Trial:
    """A small clustering AAE and a minibatch for it, as they are before and after each phase."""

    kind = ClusteringAutoencoder

    def __init__(self):
        generator = seeded_generator(9, 4)
        with generators_restored(torch.device("cpu")), torch.no_grad():
            self.model = self.kind.build(
                Perceptrons((16,)), PIXELS, Gaussian(5), categories=CATEGORIES
            )
            for parameter in self.model.parameters():  # far from 0, so that wrong losses show
                parameter.normal_(std=0.3, generator=generator)
        categories = torch.randint(CATEGORIES, (BATCH,), generator=generator)
        self.model.label_prior = FixedDraws(one_hot(categories, CATEGORIES))
        self.model.prior = FixedDraws(torch.randn(BATCH, 5, generator=generator))
        self.batch = Batch(torch.rand(BATCH, PIXELS, generator=generator), torch.zeros(BATCH))
        self.first = self.last = deepcopy(self.model)  # at the beginning, and a phase ago

    def fault(self, steps: Iterable) -> str | None:
        """What is wrong with the yielded phases and losses, None if nothing is."""
        if isinstance(steps, list):
            return (
                "returns a list, so every loss is computed before any update: "
                "yield each loss when its phase begins"
            )
        seen, order = [], list(self.kind.phases)
        if not isinstance(steps, Iterator):
            return (
                f"returns a {type(steps).__name__}: yield a phase and its loss, "
                f"for each of the {len(order)} phases"
            )
        for step in steps:
            if not isinstance(step, tuple) or len(step) != 2:
                return f"yields a {type(step).__name__}: yield the pair (name of the phase, loss)"
            phase, loss = step
            if not isinstance(phase, str) or phase not in order:
                return f"yields a phase called {phase!r}; the phases are {', '.join(order)}"
            seen.append(phase)
            if seen != order[: len(seen)]:
                break
            expected = self.expected(phase)
            if why := loss_is_wrong(loss, expected) or self._reach_is_wrong(phase, loss):
                return f"({phase}) {why}"
            self._update(phase)
        if seen != order:
            return f"yields {', '.join(seen) or 'nothing'}; the order is {', '.join(order)}"
        return None

    def expected(self, phase: str) -> Expected:
        """The loss of a phase, and what known mistakes give, with the networks as they are."""
        model, x = self.model, self.batch.x
        if phase == "reconstruction":
            return squared_error(model.decode(model.encode(x)), x)
        (y, z), (old_y, old_z) = (each.label_and_style(x) for each in (model, self.first))
        if phase == "label discriminator":
            return _of_adversary(model.label_discriminator, model.label_prior.draws, y, old_y)
        if phase == "style discriminator":
            return _of_adversary(model.style_discriminator, model.prior.draws, z, old_z)
        return self._of_generator(y, z)

    def _of_generator(self, y: Tensor, z: Tensor) -> Expected:
        D_y, D_z = self.model.label_discriminator, self.model.style_discriminator
        of_y, of_z = generator_loss(D_y(y)), generator_loss(D_z(z))
        old_y = generator_loss(self.first.label_discriminator(y))
        old_z = generator_loss(self.first.style_discriminator(z))
        right = of_y + of_z
        minimax = -(generator_loss(-D_y(y)) + generator_loss(-D_z(z)))
        return Expected(
            right,
            {
                "fools the label discriminator only: the style has one too": of_y,
                "fools the style discriminator only: the label has one too": of_z,
                "averages the two losses: add them": right / 2,
                "has the wrong sign": -right,
                "is the losses of the discriminators: the encoder wants large D(y) and D(z)": (
                    generator_loss(-D_y(y)) + generator_loss(-D_z(z))
                ),
                "is log(1 − D), the minimax form: take −log D, the non-saturating one": minimax,
                "uses D_y and D_z from before their updates: call them when this phase begins": (
                    old_y + old_z
                ),
                "uses D_y from before its update: call it when this phase begins": old_y + of_z,
                "uses D_z from before its update: call it when this phase begins": of_y + old_z,
            },
        )

    def _reach_is_wrong(self, phase: str, loss: Tensor) -> str | None:
        """Why the gradient of this phase's loss reaches the wrong networks."""
        names, parameters = zip(*self.model.named_parameters(), strict=True)
        try:
            gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        except RuntimeError:  # torch notices weights that have changed since
            return "uses codes from before the encoder's update: encode the images again"
        reached = {
            name.split(".")[0]
            for name, gradient in zip(names, gradients, strict=True)
            if gradient is not None and gradient.any()
        }
        needed = set(self.kind.phases[phase])
        if missed := needed - reached:
            return f"has a gradient that does not reach the {' and '.join(sorted(missed))}"
        if extra := reached - needed - ALLOWED.get(phase, set()):
            return f"has a gradient that reaches the {' and '.join(sorted(extra))}: detach the code"
        return None

    @torch.no_grad()
    def _update(self, phase: str) -> None:
        """Change the weights that a phase trains."""
        self.last = deepcopy(self.model)
        for name in self.kind.phases[phase]:
            for parameter in getattr(self.model, name).parameters():
                parameter.mul_(1.1)


def _of_adversary(D: nn.Module, draws: Tensor, codes: Tensor, old: Tensor) -> Expected:
    """The loss of a discriminator that gives log-odds, and what known mistakes make of it."""
    real, fake = D(draws), D(codes)
    right = discriminator_loss(real, fake)
    hard = one_hot(codes.argmax(1), codes.shape[1])
    return Expected(
        right,
        {
            "has the wrong sign": -right,
            "takes codes for draws, and draws for codes: draws are real": (
                discriminator_loss(fake, real)
            ),
            "shows D draws only: it must know codes too": generator_loss(real),
            "shows D codes only: it must know draws too": generator_loss(-fake),
            "averages the two halves: add them": right / 2,
            "is the encoder's loss: here D learns to tell codes from draws": generator_loss(fake),
            "compares draws with draws": discriminator_loss(real, real),
            "compares codes with codes": discriminator_loss(fake, fake),
            "uses codes from before the encoder's update: encode the images again": (
                discriminator_loss(real, D(old))
            ),
            "makes the codes one-hot: D sees the probabilities as they are": (
                discriminator_loss(real, D(hard))
            ),
        },
    )
