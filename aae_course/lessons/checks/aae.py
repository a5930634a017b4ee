"""Checks of notebook 05, the adversarial autoencoder: its two losses, and its training step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from aae_course.data.minibatches import Batch
from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.losses import loss_is_wrong, squared_error
from aae_course.models import AdversarialAutoencoder
from aae_course.models.losses import discriminator_loss, generator_loss
from aae_course.models.priors import Gaussian
from aae_course.networks.perceptrons import Perceptrons
from aae_course.randomness import generators_restored, seeded_generator


def adversarial_losses(answer: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]) -> bool:
    """Check ``answer(real, fake)``: losses of D and of the encoder, (batch, 1) each -> two ().

    ``real`` and ``fake`` are D's probabilities that draws, and codes, are draws of the prior.
    """
    real, fake = torch.randn(2, 50, 1, generator=seeded_generator(5, 1))
    inputs = real.sigmoid(), fake.sigmoid()
    pair = Pair(d_loss=_of_discriminator(real, fake), g_loss=_of_generator(fake))
    return grade("adversarial_losses", answer, inputs, pair.fault)


def _of_discriminator(real: Tensor, fake: Tensor) -> Expected:
    """D's loss, from its logits on draws of the prior and on codes."""
    right = discriminator_loss(real, fake)
    mistakes = {
        "has the roles swapped: D calls draws of the prior real": discriminator_loss(fake, real),
        "has the wrong sign: D minimises it": -right,
        "is half of the loss: add both expectations": right / 2,
    }
    each = {tuple(real.shape): "has a number for each code: two scalars were asked for, so average"}
    return Expected(right, mistakes, each, "is another loss than −E[log D(z')] − E[log(1 − D(z))]")


def _of_generator(fake: Tensor) -> Expected:
    """The encoder's loss, from D's logits on codes."""
    right, minimax = generator_loss(fake), -generator_loss(-fake)
    mistakes = {
        "has the wrong sign: it must fall as D(z) rises": -right,
        "is the minimax loss, whose gradient fades: use −log D(z)": minimax,
    }
    each = {tuple(fake.shape): "has a number for each code: average over the minibatch"}
    return Expected(right, mistakes, each, "is another loss than −E[log D(z)]")


# Networks that the gradient of a phase must reach; anything else that it may reach besides.
REACHES = {
    "reconstruction": ({"encoder", "decoder"}, set()),
    "discriminator": ({"discriminator"}, set()),
    "generator": ({"encoder"}, {"discriminator"}),
}


def training_step(answer: Callable[[AdversarialAutoencoder, Batch], Iterable]) -> bool:
    """Check a training step: the phases and their order, each loss, and what its gradient reaches.

    After each phase the networks that it trains change, as an optimiser would change them.
    """
    trial = Trial()
    return grade("training_step", partial(answer, trial.model, trial.batch), (), trial.fault)


class Trial:
    """A small AAE, a minibatch for it, and what its discriminator has been shown."""

    def __init__(self):
        generator = seeded_generator(5, 2)
        with generators_restored(torch.device("cpu")), torch.no_grad():
            self.model = AdversarialAutoencoder.build(Perceptrons((16,)), 20, Gaussian(2))
            for parameter in self.model.parameters():  # far from 0, so that wrong losses show
                parameter.normal_(std=0.5, generator=generator)
        self.batch = Batch(torch.rand(500, 20, generator=generator), torch.zeros(500).long())
        self.first_D = deepcopy(self.model.discriminator)
        self.codes = [self.model.encoder(self.batch.x).detach()]  # at first, then of each update
        self.shown: list[Tensor] = []
        self.model.discriminator.register_forward_hook(
            lambda D, inputs, logits: self.shown.append(inputs[0].detach())
        )

    def fault(self, steps: Iterable) -> str | None:
        """What is wrong with the yielded phases and losses, None if nothing is."""
        if not isinstance(steps, Iterator | list | tuple):
            return f"returns a {type(steps).__name__}: yield a phase and its loss, three times"
        seen, order = [], list(REACHES)
        for phase, loss in steps:
            seen.append(phase)
            if phase not in order:
                return f"yields a phase called {phase!r}; the phases are {', '.join(order)}"
            if seen != order[: len(seen)]:
                break
            if why := getattr(self, phase)(loss) or _reach_is_wrong(phase, loss, self.model):
                return f"({phase}) {why}"
            self._update(REACHES[phase][0])
        if seen != order:
            return f"yields {', '.join(seen) or 'nothing'}; the paper's order is {', '.join(order)}"
        return None

    def reconstruction(self, loss) -> str | None:
        """Why this is not the loss of the reconstruction."""
        x = self.batch.x
        return loss_is_wrong(loss, squared_error(self.model.decoder(self.model.encoder(x)), x))

    def discriminator(self, loss) -> str | None:
        """Why this is not D's loss on the codes and the draws that it has been shown."""
        codes, shown = torch.cat(self.codes), torch.cat(self.shown or [torch.zeros(0, 2)])
        apart = torch.cdist(shown, codes, compute_mode="donot_use_mm_for_euclid_dist")
        is_code = apart.amin(1) < 1e-5
        draws, D = shown[~is_code], self.model.discriminator
        if not 0 < is_code.sum() < len(shown):
            return "does not show D both: codes, and draws of the prior"
        if draws.mean(0).abs().max() > 0.3 or (draws.std(0) - 1).abs().max() > 0.2:
            return "shows D other draws than the prior's: take model.prior.sample_like(z)"
        return loss_is_wrong(loss, _of_discriminator(D(draws), D(shown[is_code])))

    def generator(self, loss) -> str | None:
        """Why this is not the encoder's loss, with the D that has just been updated."""
        first_codes, codes = self.codes[:2]
        expected = _of_generator(self.model.discriminator(codes))
        stale = {
            "uses D(z) from before D's update: call D after its loss is yielded": (
                generator_loss(self.first_D(codes))
            ),
            "uses codes from before the encoder's update: encode the images again": (
                generator_loss(self.model.discriminator(first_codes))
            ),
            "is computed before any update: compute a loss when its phase begins": (
                generator_loss(self.first_D(first_codes))
            ),
        }
        return loss_is_wrong(loss, replace(expected, mistakes=expected.mistakes | stale))

    @torch.no_grad()
    def _update(self, networks: set[str]) -> None:
        """Change the weights of these networks, and note the codes after that."""
        for name in networks:
            for parameter in getattr(self.model, name).parameters():
                parameter.mul_(1.1)
        self.codes.append(self.model.encoder(self.batch.x))


def _reach_is_wrong(phase: str, loss: Tensor, model: AdversarialAutoencoder) -> str | None:
    """Why the gradient of this phase's loss reaches the wrong networks."""
    names, parameters = zip(*model.named_parameters(), strict=True)
    try:
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    except RuntimeError:  # torch notices weights that have changed since
        return "uses codes from before the encoder's update: encode the images again"
    reached = {
        name.split(".")[0]
        for name, gradient in zip(names, gradients, strict=True)
        if gradient is not None and gradient.any()
    }
    needed, allowed = REACHES[phase]
    if missed := needed - reached:
        return f"has a gradient that does not reach the {' and '.join(sorted(missed))}"
    if extra := reached - needed - allowed:
        return f"has a gradient that reaches the {' and '.join(sorted(extra))}: detach the codes"
    return None
