"""Checks of the exercises of notebook 05, the adversarial autoencoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from aae_course.data.minibatches import Batch
from aae_course.lessons.checks import not_yet, passed, wrong
from aae_course.models import AdversarialAutoencoder, losses
from aae_course.models.priors import Gaussian
from aae_course.networks.perceptrons import Perceptrons
from aae_course.randomness import generators_restored, seed_noise


def adversarial_losses(function: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]) -> bool:
    """Check losses (of D, of the encoder) from D's probabilities that a code is a draw.

    Args:
        function: (real, fake), probabilities (batch, 1), to two scalars.
    """
    name = function.__name__
    with generators_restored(torch.device("cpu")):
        seed_noise([0])
        real_logits, fake_logits = torch.randn(2, 50, 1)
    result = function(real_logits.sigmoid(), fake_logits.sigmoid())
    if result is None:
        return not_yet(name)
    found = [torch.as_tensor(value).float() for value in result]
    if any(value.dim() for value in found):
        return wrong(name, "must return two scalars: average over the minibatch")
    d_loss, g_loss = (value.item() for value in found)
    if not _close(d_loss, losses.discriminator_loss(real_logits, fake_logits)):
        if _close(d_loss, losses.discriminator_loss(fake_logits, real_logits)):
            return wrong(name, "has the roles swapped: D calls draws of the prior real")
        return wrong(name, "gives D another loss than −E[log D(z')] − E[log(1 − D(z))]")
    minimax = torch.log(1 - fake_logits.sigmoid()).mean()
    if _close(g_loss, minimax):
        return wrong(
            name, "gives the encoder the minimax loss, whose gradient fades; use −log D(z)"
        )
    if not _close(g_loss, losses.generator_loss(fake_logits)):
        return wrong(name, "gives the encoder another loss than −E[log D(z)]")
    return passed(name)


def _close(found: float, expected: Tensor) -> bool:
    return abs(found - expected.item()) < 1e-4


def training_step(function: Callable[[AdversarialAutoencoder, Batch], Iterator]) -> bool:
    """Check a training step: the phases' names and order, and what each gradient reaches."""
    name = function.__name__
    with generators_restored(torch.device("cpu")):
        seed_noise([0])
        model = AdversarialAutoencoder.build(Perceptrons((16,)), 20, Gaussian(2))
        result = function(model, Batch(torch.rand(10, 20), torch.zeros(10).long()))
        if result is None:
            return not_yet(name)
        why = _fault(model, result)
    return wrong(name, why) if why else passed(name)


# Networks that the gradient of a phase must reach; anything else that it may reach besides.
REACHES = {
    "reconstruction": ({"encoder", "decoder"}, set()),
    "discriminator": ({"discriminator"}, set()),
    "generator": ({"encoder"}, {"discriminator"}),
}


def _fault(model: AdversarialAutoencoder, steps: Iterator) -> str:
    """What is wrong with the yielded losses, "" if nothing is."""
    seen = []
    for phase, loss in steps:
        seen.append(phase)
        if phase not in REACHES:
            return f"yields a phase called {phase!r}; the phases are {', '.join(REACHES)}"
        reached = _reached(model, loss)
        needed, allowed = REACHES[phase]
        if not needed <= reached:
            missed = _and(needed - reached)
            return f"yields a {phase} loss whose gradient does not reach the {missed}"
        if reached - needed - allowed:
            extra = _and(reached - needed - allowed)
            return f"yields a {phase} loss whose gradient reaches the {extra}: detach the codes"
        if phase == "generator" and not _pulls_codes_to_real(model, loss):
            return "has the sign of the generator loss wrong: it must fall as D(z) rises"
    if seen != list(REACHES):
        return f"yields {', '.join(seen) or 'nothing'}; the paper's order is {', '.join(REACHES)}"
    return ""


def _reached(model: AdversarialAutoencoder, loss: Tensor) -> set[str]:
    names, parameters = zip(*model.named_parameters(), strict=True)
    gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    return {
        name.split(".")[0]
        for name, gradient in zip(names, gradients, strict=True)
        if gradient is not None and gradient.any()
    }


def _pulls_codes_to_real(model: AdversarialAutoencoder, loss: Tensor) -> bool:
    """Raising D's last bias raises every D(z); the encoder's loss must fall with it."""
    bias = model.discriminator[-1].bias
    return torch.autograd.grad(loss, bias, retain_graph=True)[0].item() < 0


def _and(names: set[str]) -> str:
    return " and ".join(sorted(names))
