"""Check of the exercise of notebook 06 in which the three updates with labels are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aae_course.data.labels import one_hot_or_unlabelled
from aae_course.lessons.checks.answers import close
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.loops import alike
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error
from aae_course.randomness import generators_restored, seeded_generator

PIXELS, DIM, CLASSES, BATCH, MINIBATCHES = 5, 2, 3, 6, 4
RATES = {"reconstruction": 0.05, "discriminator": 0.4, "generator": 0.2}
PHASES = tuple(RATES)
HINT = (
    "D takes (batch, classes + 1 + dim), the label first; and an update changes the encoder, "
    "so encode the images again after the reconstruction's"
)


class Parts(NamedTuple):
    """Networks, optimisers and minibatches, as the answer gets them; the same at each call."""

    encoder: nn.Module
    decoder: nn.Module
    D: nn.Module
    optimisers: dict[str, torch.optim.Optimizer]
    minibatches: list[tuple[Tensor, Tensor, Tensor]]


def train_with_labels(answer: Callable[..., list]) -> bool:
    """Check ``answer(encoder, decoder, D, optimisers, minibatches)``: three losses a minibatch."""
    parts = _parts()
    return grade("train_with_labels", partial(answer, *parts), (), partial(_fault, parts), HINT)


def _parts() -> Parts:
    generator = seeded_generator(6, 5)
    with generators_restored(torch.device("cpu")):
        encoder, decoder = nn.Linear(PIXELS, DIM), nn.Linear(DIM, PIXELS)
        D = nn.Sequential(nn.Linear(CLASSES + 1 + DIM, 4), nn.Tanh(), nn.Linear(4, 1))
    for weight in nn.ModuleList([encoder, decoder, D]).parameters():
        nn.init.normal_(weight, std=0.8, generator=generator)
    changed = nn.ModuleList([encoder, decoder]), D, encoder
    optimisers = {
        phase: torch.optim.SGD(networks.parameters(), rate)
        for (phase, rate), networks in zip(RATES.items(), changed, strict=True)
    }
    x = torch.rand(MINIBATCHES, BATCH, PIXELS, generator=generator)
    y = torch.randint(-1, CLASSES, (MINIBATCHES, BATCH), generator=generator)
    draws = torch.randn(MINIBATCHES, BATCH, DIM, generator=generator) + 1
    label = one_hot_or_unlabelled(y, CLASSES)
    return Parts(encoder, decoder, D, optimisers, list(zip(x, label, draws, strict=True)))


def _fault(parts: Parts, answer) -> str | None:
    """Why ``answer`` is not the history, or the networks are not trained, None if all is well."""
    losses = _as_losses(answer)
    if isinstance(losses, str):
        return losses
    if not losses.isfinite().all():
        return "has losses that are not finite: D gives log-odds a, so −log D is softplus(−a)"
    trained = _parts()
    expected = Updates().run(trained)
    if close(losses, expected):
        pairs = zip(parts[:3], trained[:3], strict=True)
        same = all(alike(own, its) for own, its in pairs)
        return None if same else "does not end with the right weights: is the last update made?"
    for order in ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        if close(losses[:, order], expected):
            return f"has the losses in another order: {', '.join(PHASES)}"
    for why, updates in MISTAKES.items():
        if close(losses, updates.run(_parts())):
            return why
    minibatch, phase = (losses - expected).abs().gt(1e-4).nonzero()[0].tolist()
    return (
        f"has {losses[minibatch, phase]:.4f} where {expected[minibatch, phase]:.4f} is right, the "
        f"{PHASES[phase]}'s loss of minibatch {minibatch}"
    )


def _as_losses(answer) -> Tensor | str:
    """The losses, (minibatches, phases), or why they are not three for each minibatch."""
    if isinstance(answer, Tensor) and answer.dim() == 2:
        answer = list(answer)
    if not isinstance(answer, list | tuple):
        return f"returns a {type(answer).__name__}: a list was asked for, with three losses each"
    if len(answer) != MINIBATCHES:
        return f"returns {len(answer)} entries for {MINIBATCHES} minibatches"
    rows = []
    for row in answer:
        if isinstance(row, dict) and set(row) == set(PHASES):
            row = [row[phase] for phase in PHASES]
        listed = isinstance(row, list | tuple) or (isinstance(row, Tensor) and row.dim() == 1)
        if not listed or len(row) != len(PHASES):
            return f"has an entry without three losses: {', '.join(PHASES)}, for each minibatch"
        rows.append([float(torch.as_tensor(loss).detach()) for loss in row])
    return torch.tensor(rows)


def beside(label: Tensor, code: Tensor) -> Tensor:
    """What D is shown: the label, then the code."""
    return torch.cat([label, code], 1)


def without(label: Tensor, code: Tensor) -> Tensor:
    """Zeros in the place of the label, then the code."""
    return beside(torch.zeros_like(label), code)


def unlabelled(label: Tensor, code: Tensor) -> Tensor:
    """The last place of the label for every image, then the code."""
    nothing = torch.full((len(label),), -1)
    return beside(one_hot_or_unlabelled(nothing, CLASSES), code)


@dataclass(frozen=True)
class Updates:
    """A way to make the three updates of each minibatch, the right one or a mistaken one.

    Args:
        error: (x_hat, x) -> the reconstruction's loss.
        real, fake, fooling: (label, code) -> what D is shown for a draw, for a code, and for a
            code that is to fool it.
        adversary: (D of draws, D of codes) -> the discriminator's loss.
        fooled: D of codes -> the generator's loss.
        clears: whether gradients are cleared before, "after", or never ("").
        steps: phase -> the optimisers that step in it.
        stale: D sees codes from before the reconstruction's update.
        order: of the phases.
        at_once: no update before all three losses are there.
    """

    error: Callable = half_squared_error
    real: Callable = beside
    fake: Callable = beside
    fooling: Callable = beside
    adversary: Callable = discriminator_loss
    fooled: Callable = generator_loss
    clears: str = "before"
    steps: tuple[tuple[str, ...], ...] = tuple((phase,) for phase in PHASES)
    stale: bool = False
    order: tuple[int, ...] = (0, 1, 2)
    at_once: bool = False

    def run(self, parts: Parts) -> Tensor:
        """The losses of a training, (minibatches, phases)."""
        return torch.tensor([self._minibatch(parts, *each) for each in parts.minibatches])

    def _minibatch(self, parts: Parts, x: Tensor, label: Tensor, draws: Tensor) -> list[float]:
        first = parts.encoder(x).detach()
        losses = [0.0] * len(PHASES)
        for phase in self.order:
            loss = self._loss(phase, parts, x, label, draws, first)
            if not self.at_once:
                self._update(parts.optimisers, phase, loss)
            losses[phase] = loss.item()
        return losses

    def _loss(self, phase: int, parts: Parts, x, label, draws, first) -> Tensor:
        z, D = parts.encoder(x), parts.D
        if phase == 0:
            return self.error(parts.decoder(z), x)
        if phase == 1:
            fake = first if self.stale else z.detach()
            return self.adversary(D(self.real(label, draws)), D(self.fake(label, fake)))
        return self.fooled(D(self.fooling(label, z)))

    def _update(self, optimisers: dict, phase: int, loss: Tensor) -> None:
        mine = [optimisers[name] for name in self.steps[phase]]
        if self.clears == "before":
            for optimiser in mine:
                optimiser.zero_grad()
        loss.backward()
        for optimiser in mine:
            optimiser.step()
        if self.clears == "after":
            optimisers[PHASES[phase]].zero_grad()


ALL = (PHASES,) * 3
OTHER = (PHASES[:1], PHASES[1:2], PHASES[:1])
RIGHT = Updates()
SHOWN = {
    "shows D no label beside the codes: a code has the label of its image": replace(
        RIGHT, fake=without, fooling=without
    ),
    "shows D no label beside the codes in its own update: a code has the label of its image": (
        replace(RIGHT, fake=without)
    ),
    "shows D no label in the generator's update: a code has the label of its image": replace(
        RIGHT, fooling=without
    ),
    "shows D no label beside the draws: a draw has the label for which it was drawn": replace(
        RIGHT, real=without
    ),
    "shows D no label at all: it stands before the code, and before the draw": replace(
        RIGHT, real=without, fake=without, fooling=without
    ),
    "tells D that no image is labelled: pass on the labels of the minibatch": replace(
        RIGHT, real=unlabelled, fake=unlabelled, fooling=unlabelled
    ),
    "tells D that codes are not labelled: a code has the label of its image": replace(
        RIGHT, fake=unlabelled, fooling=unlabelled
    ),
    "puts the code before the label: the label comes first": replace(
        RIGHT,
        **dict.fromkeys(("real", "fake", "fooling"), lambda label, z: torch.cat([z, label], 1)),
    ),
}
LOSSES = {
    "has the roles swapped: a draw is real, and a code is fake": replace(
        RIGHT, adversary=lambda real, fake: discriminator_loss(fake, real)
    ),
    "averages the two terms of the discriminator's loss: add them": replace(
        RIGHT, adversary=lambda real, fake: discriminator_loss(real, fake) / 2
    ),
    "shows D draws only: it must know codes too": replace(
        RIGHT, adversary=lambda real, fake: generator_loss(real)
    ),
    "shows D codes only: it must know draws too": replace(
        RIGHT, adversary=lambda real, fake: generator_loss(-fake)
    ),
    "lets D make its loss large: the discriminator's loss has a minus before each logarithm": (
        replace(RIGHT, adversary=lambda real, fake: -discriminator_loss(real, fake))
    ),
    "sums the adversarial losses over the minibatch: average": replace(
        RIGHT,
        adversary=lambda real, fake: BATCH * discriminator_loss(real, fake),
        fooled=lambda fake: BATCH * generator_loss(fake),
    ),
    "lets the generator make D certain: it wants its codes taken for draws, −log D": replace(
        RIGHT, fooled=lambda fake: F.softplus(fake).mean()
    ),
    "takes log(1 − D), the minimax form, for the generator: −log D was asked for": replace(
        RIGHT, fooled=lambda fake: -F.softplus(fake).mean()
    ),
    "has log D for the generator: its loss is −log D": replace(
        RIGHT, fooled=lambda fake: -generator_loss(fake)
    ),
    "forgets the half of the squared error": replace(
        RIGHT, error=lambda x_hat, x: 2 * half_squared_error(x_hat, x)
    ),
    "averages the squared error over the pixels, as mse_loss: sum over them": replace(
        RIGHT, error=F.mse_loss
    ),
    "averages over the pixels: sum the squared error over them": replace(
        RIGHT, error=lambda x_hat, x: F.mse_loss(x_hat, x) / 2
    ),
    "sums the squared error over the minibatch: average": replace(
        RIGHT, error=lambda x_hat, x: BATCH * half_squared_error(x_hat, x)
    ),
}
STEPS = {
    "never changes the weights: for each loss zero_grad, then backward, then step": replace(
        RIGHT, at_once=True
    ),
    "never clears a gradient: call zero_grad() of the phase's optimiser before backward": replace(
        RIGHT, clears=""
    ),
    "clears after the step: the generator's update leaves a gradient in D, which D's next step "
    "follows too; clear before backward": replace(RIGHT, clears="after"),
    "lets all optimisers step in every update: the one of its phase only": replace(
        RIGHT, steps=ALL
    ),
    "takes the reconstruction's optimiser for the generator's update: it has one of its own": (
        replace(RIGHT, steps=OTHER)
    ),
    "shows D codes from before the reconstruction's update: encode the images again": replace(
        RIGHT, stale=True
    ),
    "updates the generator before the discriminator: it comes last": replace(
        RIGHT, order=(0, 2, 1)
    ),
    "updates discriminator and generator before the reconstruction: it comes first": replace(
        RIGHT, order=(1, 2, 0)
    ),
}
MISTAKES = {**SHOWN, **LOSSES, **STEPS}
