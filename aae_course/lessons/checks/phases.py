"""Check of the exercise of notebook 00 in which a loop trains a model by its phases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import torch
from torch import Tensor, nn

from aae_course.lessons.checks.answers import close
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.loops import alike
from aae_course.lessons.phases import train_phases as right
from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error
from aae_course.randomness import generators_restored, seeded_generator

PIXELS, DIM, BATCH, MINIBATCHES = 4, 2, 5, 4
Optimisers = Mapping[str, torch.optim.Optimizer]
NEXT = "a for loop over model.training_step(batch) asks for a loss after the step for the last one"


class Small(nn.Module):
    """An adversarial autoencoder of linear layers, with the same weights and draws each time."""

    def __init__(self):
        super().__init__()
        generator = seeded_generator(0, 3)
        with generators_restored(torch.device("cpu")):
            self.encoder, self.decoder = nn.Linear(PIXELS, DIM), nn.Linear(DIM, PIXELS)
            self.discriminator = nn.Linear(DIM, 1)
        for weight in self.parameters():
            nn.init.normal_(weight, std=0.7, generator=generator)
        self.draws = torch.randn(BATCH, DIM, generator=generator)

    def training_step(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        yield "reconstruction", half_squared_error(self.decoder(self.encoder(x)), x)
        z, D = self.encoder(x), self.discriminator
        yield "discriminator", discriminator_loss(D(self.draws), D(z.detach()))
        yield "generator", generator_loss(D(z))

    def optimisers(self) -> Optimisers:
        changed = {
            "reconstruction": nn.ModuleList([self.encoder, self.decoder]),
            "discriminator": self.discriminator,
            "generator": self.encoder,
        }
        return {
            phase: torch.optim.SGD(part.parameters(), lr=0.3) for phase, part in changed.items()
        }


PHASES = tuple(Small().optimisers())


def train_phases(answer: Callable[..., list]) -> bool:
    """Check ``answer(model, optimisers, minibatches)``: the losses of an update for each phase."""
    model = Small()
    given = partial(answer, model, model.optimisers(), list(_minibatches()))
    return grade("train_phases", given, (), partial(_fault, model), NEXT)


def _minibatches() -> Tensor:
    return torch.rand(MINIBATCHES, BATCH, PIXELS, generator=seeded_generator(0, 4))


def _fault(model: Small, answer) -> str | None:
    """Why ``answer`` is not the history, or ``model`` is not trained, None if all is well."""
    losses = _as_losses(answer)
    if isinstance(losses, str):
        return losses
    trained = Small()
    expected = _as_losses(right(trained, trained.optimisers(), _minibatches()))
    if close(losses, expected):
        same = alike(model, trained)
        return None if same else "does not end with the right weights: is the last step made?"
    for why, update in MISTAKES.items():
        if close(losses, _as_losses(_run(update))):
            return why
    minibatch, phase = (losses - expected).abs().gt(1e-4).nonzero()[0].tolist()
    return (
        f"has {losses[minibatch, phase]:.4f} where {expected[minibatch, phase]:.4f} is right, for "
        f"the {PHASES[phase]} phase of minibatch {minibatch}"
    )


def _as_losses(answer) -> Tensor | str:
    """The losses, (minibatches, phases), or why they are not a dictionary for each minibatch."""
    if isinstance(answer, dict):
        return "returns one dictionary: a list of them was asked for, one for each minibatch"
    if not isinstance(answer, list | tuple):
        return f"returns a {type(answer).__name__}: a list was asked for"
    if not all(isinstance(losses, dict) for losses in answer):
        return "has no dictionary, phase -> loss, for each minibatch"
    if len(answer) != MINIBATCHES:
        return f"returns {len(answer)} dictionaries for {MINIBATCHES} minibatches"
    for losses in answer:
        if set(losses) != set(PHASES):
            found = ", ".join(map(str, losses)) or "nothing"
            return f"has losses of {found} for a minibatch: it has the phases {', '.join(PHASES)}"
    rows = [[torch.as_tensor(row[phase]).detach() for phase in PHASES] for row in answer]
    if any(loss.numel() != 1 for row in rows for loss in row):
        return "has losses of more than one number: each phase has one"
    return torch.tensor([[float(loss) for loss in row] for row in rows])


def _run(update: Callable[[Small, Optimisers, Tensor], dict]) -> list[dict]:
    """The history of a run whose updates of a minibatch are these."""
    model = Small()
    optimisers = model.optimisers()
    return [update(model, optimisers, x) for x in _minibatches()]


def _never_clears(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    return {p: _follow(optimisers[p], loss) for p, loss in model.training_step(x)}


def _clears_after(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    losses = {}
    for phase, loss in model.training_step(x):
        losses[phase] = _follow(optimisers[phase], loss)
        optimisers[phase].zero_grad()
    return losses


def _clears_once(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    model.zero_grad()
    return _never_clears(model, optimisers, x)


def _steps_with_all(
    model: Small, optimisers: Optimisers, x: Tensor, clears_all: bool = True
) -> dict:
    losses = {}
    for phase, loss in model.training_step(x):
        (model if clears_all else optimisers[phase]).zero_grad()
        loss.backward()
        for optimiser in optimisers.values():
            optimiser.step()
        losses[phase] = loss.item()
    return losses


def _steps_with_the_first(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    first = optimisers[PHASES[0]]
    losses = {}
    for phase, loss in model.training_step(x):
        first.zero_grad()
        losses[phase] = _follow(first, loss)
    return losses


def _steps_at_the_end(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    losses = {}
    for phase, loss in model.training_step(x):
        optimisers[phase].zero_grad()
        loss.backward()
        losses[phase] = loss.item()
    for optimiser in optimisers.values():
        optimiser.step()
    return losses


def _adds_the_losses(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    losses = dict(model.training_step(x))
    model.zero_grad()
    sum(losses.values()).backward()
    for optimiser in optimisers.values():
        optimiser.step()
    return {phase: loss.item() for phase, loss in losses.items()}


def _steps_upwards(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    losses = {}
    for phase, loss in model.training_step(x):
        optimisers[phase].zero_grad()
        losses[phase] = -_follow(optimisers[phase], -loss)
    return losses


def _never_steps(model: Small, optimisers: Optimisers, x: Tensor) -> dict:
    return {phase: loss.item() for phase, loss in model.training_step(x)}


def _follow(optimiser: torch.optim.Optimizer, loss: Tensor) -> float:
    loss.backward()
    optimiser.step()
    return loss.item()


MISTAKES = {
    "never changes the weights: for each loss zero_grad, then backward, then step": _never_steps,
    "never clears a gradient: call zero_grad() of the phase's optimiser before backward": (
        _never_clears
    ),
    "clears after the step: the generator's phase leaves a gradient in the discriminator, which "
    "the discriminator's next step follows too; clear before backward": _clears_after,
    "clears once for each minibatch: the encoder's gradient of the first phase is still there in "
    "the last one; clear before every backward": _clears_once,
    "lets all optimisers step in every phase: only optimisers[phase] is asked for": _steps_with_all,
    "lets all optimisers step in every phase, on gradients of earlier phases too: only "
    "optimisers[phase] is asked for": partial(_steps_with_all, clears_all=False),
    "uses the first phase's optimiser in all phases: only optimisers[phase] is asked for": (
        _steps_with_the_first
    ),
    "makes its steps after the last phase: each phase has to see the weights that the one before "
    "it left": _steps_at_the_end,
    "follows the sum of the losses: then the discriminator is trained to be fooled; one phase "
    "after another was asked for": _adds_the_losses,
    "makes its steps upwards: an optimiser makes small what backward belongs to": _steps_upwards,
}
