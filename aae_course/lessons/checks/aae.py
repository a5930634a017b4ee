"""Checks of notebook 05: the two losses, the training step, what a linear discriminator can see."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from aae_course.data.minibatches import Batch
from aae_course.lessons.checks.answers import Expected, Pair
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.letters import Letters
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
    inputs = tuple(each.sigmoid().requires_grad_() for each in (real, fake))
    expected = _from_probabilities(real, fake)
    pair = Pair(**expected)

    def fault(losses) -> str | None:
        if why := pair.fault(losses):
            return why
        for (name, of_name), loss in zip(expected.items(), losses, strict=True):
            if why := loss_is_wrong(loss, of_name):
                return f"({name}) {why}"
        return None

    return grade("adversarial_losses", answer, inputs, fault)


def _from_probabilities(real: Tensor, fake: Tensor) -> dict[str, Expected]:
    """Both losses, and what comes of mistakes with probabilities; from the logits of D."""
    of_d, of_g = _of_discriminator(real, fake), _of_generator(fake)
    p, q = real.sigmoid(), fake.sigmoid()
    in_d = {
        "takes probabilities for log-odds: −log D is a plain logarithm here": (
            discriminator_loss(p, q)
        ),
        "leaves the logarithms out": -(p.mean() + (1 - q).mean()),
        "has log D(z) where log(1 − D(z)) belongs: codes are not draws of the prior": (
            -(p.log() + q.log()).mean()
        ),
        "forgets the codes: add −E[log(1 − D(z))]": -p.log().mean(),
        "forgets the draws of the prior: add −E[log D(z')]": -(1 - q).log().mean(),
    }
    in_g = {
        "takes probabilities for log-odds: −log D is a plain logarithm here": generator_loss(q),
        "leaves the logarithm out": -q.mean(),
        "is computed on draws of the prior: the encoder makes the codes, fake": -p.log().mean(),
        "is the codes' part of D's loss: the encoder wants D(z) to rise": -(1 - q).log().mean(),
    }
    return {
        "d_loss": replace(of_d, mistakes=of_d.mistakes | in_d),
        "g_loss": replace(of_g, mistakes=of_g.mistakes | in_g),
    }


def _of_discriminator(real: Tensor, fake: Tensor) -> Expected:
    """D's loss, from its logits on draws of the prior and on codes."""
    right = discriminator_loss(real, fake)
    mistakes = {
        "has the roles swapped: D calls draws of the prior real": discriminator_loss(fake, real),
        "has the wrong sign: D minimises it": -right,
        "is half of the loss: add both expectations": right / 2,
        "is a sum over the minibatch: take the mean for each expectation": right * len(real),
    }
    each = {tuple(real.shape): "has a number for each code: two scalars were asked for, so average"}
    return Expected(right, mistakes, each, "is another loss than −E[log D(z')] − E[log(1 − D(z))]")


def _of_generator(fake: Tensor) -> Expected:
    """The encoder's loss, from D's logits on codes."""
    right, minimax = generator_loss(fake), -generator_loss(-fake)
    mistakes = {
        "has the wrong sign: it must fall as D(z) rises": -right,
        "is the minimax loss, whose gradient fades: use −log D(z)": minimax,
        "is a sum over the minibatch: take the mean": right * len(fake),
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

    def fault(steps) -> str | None:
        return trial.fault(steps) or _draws_are_old(answer, trial.draws)

    return grade("training_step", partial(answer, trial.model, trial.batch), (), fault)


def _draws_are_old(answer: Callable, draws: Tensor) -> str | None:
    """Whether a second step shows D the draws of the first one."""
    again = Trial()
    again.fault(answer(again.model, again.batch))
    if again.draws.shape == draws.shape and torch.equal(again.draws, draws):
        return "(discriminator) shows D the same draws in every step: draw them inside of the step"
    return None


class Trial:
    """A small AAE, a minibatch for it, and what its discriminator has been shown."""

    def __init__(self):
        generator = seeded_generator(5, 2)
        with generators_restored(torch.device("cpu")), torch.no_grad():
            # Not the standard Gaussian: draws that do not come from the prior show.
            prior = Gaussian(2, std=2.0)
            self.model = AdversarialAutoencoder.build(Perceptrons((16,)), 20, prior)
            for parameter in self.model.parameters():  # far from 0, so that wrong losses show
                parameter.normal_(std=0.5, generator=generator)
        self.batch = Batch(torch.rand(500, 20, generator=generator), torch.zeros(500).long())
        self.first_D = deepcopy(self.model.discriminator)
        self.codes = [self.model.encoder(self.batch.x).detach()]  # at first, then of each update
        self.shown: list[Tensor] = []  # to the discriminator
        self.decoded: list[Tensor] = []
        self.draws = torch.zeros(0, 2)
        for network, seen in (("discriminator", self.shown), ("decoder", self.decoded)):
            getattr(self.model, network).register_forward_pre_hook(
                lambda _, inputs, seen=seen: seen.append(inputs[0].detach())
            )

    def fault(self, steps: Iterable) -> str | None:
        """What is wrong with the yielded phases and losses, None if nothing is."""
        if isinstance(steps, list):
            return (
                "returns a list, so every loss is computed before any update: "
                "yield each loss when its phase begins"
            )
        if not isinstance(steps, Iterator):
            return f"returns a {type(steps).__name__}: yield a phase and its loss, three times"
        seen, order = [], list(REACHES)
        for step in steps:
            if not isinstance(step, tuple) or len(step) != 2:
                return f"yields a {type(step).__name__}: yield the pair (name of the phase, loss)"
            phase, loss = step
            seen.append(phase)
            if not isinstance(phase, str):
                return f"yields a {type(phase).__name__} first: the name of the phase comes first"
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
        if self.decoded and not _among(self.decoded[-1], self.codes[0]).all():
            return "decodes something else than the codes of the images: decoder(encoder(x))"
        x_hat = self.model.decoder(self.model.encoder(x))
        expected = squared_error(x_hat, x)
        to_zeros = {
            "compares with zeros: the target is the images": squared_error(x_hat, 0 * x).right
        }
        return loss_is_wrong(loss, replace(expected, mistakes=expected.mistakes | to_zeros))

    def discriminator(self, loss) -> str | None:
        """Why this is not D's loss on the codes and the draws that it has been shown."""
        shown, D = torch.cat(self.shown or [torch.zeros(0, 2)]), self.model.discriminator
        is_code, is_stale = (_among(shown, codes) for codes in (self.codes[-1], self.codes[0]))
        draws, n = shown[~(is_code | is_stale)], len(self.codes[0])
        if not len(draws) or not (is_code | is_stale).any():
            return "does not show D both: codes, and draws of the prior"
        if is_stale.any():
            return "shows D codes from before the encoder's update: encode the images again"
        if is_code.sum() < n:
            return f"shows D {is_code.sum()} codes of {n}: show it the whole minibatch"
        if len(draws) < n:
            return f"shows D {len(draws)} draws of the prior and {n} codes: draw as many"
        if len(draws.unique(dim=0)) < n:
            return "shows D one draw of the prior several times: draw anew for each code"
        self.draws = draws
        std = draws.std(0) / self.model.prior.std
        if draws.mean(0).abs().max() > 0.5 or (std - 1).abs().max() > 0.2:
            return "shows D other draws than the prior's: take model.prior.sample_like(z)"
        return loss_is_wrong(loss, _of_discriminator(D(draws), D(shown[is_code])))

    def generator(self, loss) -> str | None:
        """Why this is not the encoder's loss, with the D that has just been updated."""
        first_codes, codes = self.codes[:2]
        if not (_among(self.shown[-1], codes) | _among(self.shown[-1], first_codes)).any():
            return "shows D draws of the prior: the encoder makes the codes, so show D these"
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


def _among(shown: Tensor, codes: Tensor) -> Tensor:
    """Which rows of ``shown`` (n, dim) are one of these codes: (n,)."""
    apart = torch.cdist(shown, codes, compute_mode="donot_use_mm_for_euclid_dist")
    return apart.amin(1) < 1e-5


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


CLOUDS = Letters(  # in the plane, beside draws of N(0, I)
    {
        "A": (False, "it is shifted: D rises along the shift, so it can be told"),
        "B": (
            True,
            "it is narrower, around the same mean: a linear D has the same average on both",
        ),
        "C": (True, "it is a ring around the same mean: a linear D has the same average on both"),
        "D": (True, "its two lumps are in balance: what D wins on one side it loses on the other"),
        "E": (False, "its lumps are out of balance: its mean lies on the side of the larger one"),
    },
    none="names no cloud: there are some that it cannot tell",
    opposite="names the clouds that it can tell: those that it cannot were asked for",
    everything="names all clouds: two of them have another mean than N(0, I)",
)


def blind(answer: Callable[[], Iterable[str]]) -> bool:
    """Check ``answer()``: the letters of the clouds that a linear D cannot tell from N(0, I)."""
    return grade("blind", answer, (), CLOUDS.fault)


def log_odds(answer: Callable[[Tensor, Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(z, mean, std)``: log-odds of the best D for N(0, 1) and N(mean, std²)."""
    z, m, s = torch.linspace(-2, 3, 26), 0.7, 0.6
    given = (z, torch.tensor(m), torch.tensor(s))
    of_p, of_q = -0.5 * z.square(), -0.5 * ((z - m) / s).square()
    right = of_p - of_q + math.log(s)
    mistakes = {
        "has the roles swapped: D is the probability that z is from p = N(0, 1)": -right,
        "leaves out log σ: the two densities have different heights": of_p - of_q,
        "has log σ with the wrong sign: q is higher where σ is small": of_p - of_q - math.log(s),
        "divides by σ: the exponent of q has σ² below": (
            of_p + 0.5 * (z - m).square() / s + math.log(s)
        ),
        "divides by σ⁴: σ is given, so square it once": (
            of_p + 0.5 * (z - m).square() / s**4 + math.log(s)
        ),
        "forgets the halves of the exponents": 2 * (of_p - of_q) + math.log(s),
        "has log σ²: its half, log σ, is in the density": of_p - of_q + 2 * math.log(s),
        "forgets the mean of q": of_p + 0.5 * (z / s).square() + math.log(s),
        "has the wrong sign in the exponent of q": of_p + of_q + math.log(s),
        "is log p(z): subtract log q(z)": of_p - 0.5 * math.log(2 * math.pi),
        "is −log q(z): add log p(z)": -of_q + math.log(s) + 0.5 * math.log(2 * math.pi),
        "is the probability D: its log-odds were asked for": right.sigmoid(),
        "is log D: the log-odds are log D − log(1 − D)": -torch.log1p((-right).exp()),
        "is the ratio p/q: take its logarithm": right.exp(),
        "keeps a 2π: it is in both densities and cancels": right - 0.5 * math.log(2 * math.pi),
    }
    shapes = {(): "is one number: one for each z was asked for"}
    expected = Expected(right, mistakes, shapes)
    return grade("log_odds", answer, given, expected.fault)
