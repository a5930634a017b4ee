"""Check of the exercise of notebook 03 in which a whole VAE is written: its loss and its loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aae_course.lessons.checks.answers import close
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.loops import as_losses
from aae_course.lessons.vae import negative_bound, train_vae as train
from aae_course.models.losses import gaussian_kl, half_squared_error
from aae_course.randomness import generators_restored, seeded_generator

PIXELS, DIM, BATCH, MINIBATCHES, RATE = 6, 2, 5, 4, 0.05
Networks = tuple[nn.Linear, nn.Linear, torch.optim.Optimizer]


def train_vae(answer: Callable[..., list]) -> bool:
    """Check ``answer(encoder, decoder, optimiser, minibatches)``: the losses of a whole VAE."""
    networks = _networks()

    def fault(losses) -> str | None:
        given = as_losses(losses, MINIBATCHES)
        if isinstance(given, str):
            return given
        right = _networks()
        expected = train(*right, _minibatches())
        if not _same(given, expected):
            return _loss_is_wrong(given, answer) or _loop_is_wrong(given, expected)
        if not _alike(networks, right):
            return "makes no step after the last minibatch"
        return None

    given = (*networks, _minibatches())
    return grade("train_vae", partial(answer, *given), (), fault, SHAPES)


SHAPES = "encoder(x) is (batch, 2 dim): `.chunk(2, 1)` gives the mean, then log σ²"


def _networks() -> Networks:
    """The same small encoder, decoder and optimiser at each call."""
    generator = seeded_generator(3, 3)
    with generators_restored(torch.device("cpu")):
        networks = nn.Linear(PIXELS, 2 * DIM), nn.Linear(DIM, PIXELS)
    weights = [weight for network in networks for weight in network.parameters()]
    for weight in weights:
        nn.init.normal_(weight, std=0.7, generator=generator)
    return *networks, torch.optim.SGD(weights, RATE)


def _minibatches() -> list[tuple[Tensor, Tensor]]:
    generator = seeded_generator(3, 4)
    x = torch.rand(MINIBATCHES, BATCH, PIXELS, generator=generator)
    epsilon = torch.randn(MINIBATCHES, BATCH, DIM, generator=generator)
    return list(zip(x, epsilon, strict=True))


def _same(given: Tensor, wanted: list[float]) -> bool:
    return close(given, torch.tensor(wanted))


def _alike(networks: Networks, right: Networks) -> bool:
    pairs = zip(networks[:2], right[:2], strict=True)
    return all(close(own.weight, other.weight) for own, other in pairs)


def _loss_is_wrong(given: Tensor, answer: Callable) -> str | None:
    """Why the first loss is wrong, which no step has touched; None if it is right."""
    encoder, decoder, _ = _networks()
    x, epsilon = _minibatches()[0]
    with torch.no_grad():
        right = negative_bound(encoder, decoder, x, epsilon)
        if close(given[0], right):
            return None
        mistakes = _mistaken_losses(encoder, decoder, x, epsilon)
    known = (why for why, loss in mistakes.items() if close(given[0], loss))
    if why := next(known, None):
        return why
    stepped = _networks()
    train(*stepped, _minibatches()[:1])
    if close(given[0], negative_bound(*stepped[:2], x, epsilon)):
        return "notes each loss after its step: note the one from which the gradient comes"
    torch.manual_seed(1)
    again = as_losses(answer(*_networks(), _minibatches()), MINIBATCHES)
    if isinstance(again, Tensor) and not close(again[0], given[0]):
        return "draws noise of its own: use the ε that comes with each minibatch"
    return f"has another loss: {given[0]:.4f} where {right:.4f} is right, for the first minibatch"


def _mistaken_losses(
    encoder: nn.Module, decoder: nn.Module, x: Tensor, epsilon: Tensor
) -> dict[str, Tensor]:
    """Reason -> the loss of a minibatch that this mistake gives."""
    mean, log_variance = encoder(x).chunk(2, 1)
    std = (0.5 * log_variance).exp()
    kl = gaussian_kl(mean, 0.5 * log_variance)
    nats = partial(F.binary_cross_entropy_with_logits, target=x, reduction="none")

    def reconstruction(z: Tensor) -> Tensor:
        return nats(decoder(z)).sum(1).mean()

    z = mean + std * epsilon
    right, logits = reconstruction(z), decoder(z)
    return {
        **{why: reconstruction(draw) + kl for why, draw in _mistaken_draws(
            mean, log_variance, epsilon).items()},
        "takes the second half of the encoder's output for log σ: it is log σ²": (
            reconstruction(mean + log_variance.exp() * epsilon) + gaussian_kl(mean, log_variance)
        ),
        "takes the halves of the encoder's output in the other order: the mean comes first": (
            reconstruction(log_variance + (0.5 * mean).exp() * epsilon)
            + gaussian_kl(log_variance, 0.5 * mean)
        ),
        "averages the reconstruction over the pixels: sum over the pixels of an image": (
            right / PIXELS + kl
        ),
        "sums the reconstruction over the minibatch: average": right * BATCH + kl,
        "has a squared error: these pixels are on or off, so take the binary cross-entropy": (
            half_squared_error(logits.sigmoid(), x) + kl
        ),
        "has a squared error of the log-odds: take the binary cross-entropy": (
            half_squared_error(logits, x) + kl
        ),
        "applies the sigmoid twice: the decoder gives log-odds, for ..._with_logits": (
            nats(logits.sigmoid()).sum(1).mean() + kl
        ),
        "leaves out the divergence": right,
        "leaves out the reconstruction": kl,
        "subtracts the divergence: the loss is the negative bound, so both terms are added": (
            right - kl
        ),
        "is the bound: the optimiser makes a loss small, so take its negative": -right - kl,
        "has the sign of the reconstruction wrong: it is −log p(x|z)": kl - right,
        "forgets the half of the divergence": right + 2 * kl,
        "averages the divergence over the dimensions: sum over them": right + kl / DIM,
        "sums the divergence over the minibatch: average": right + kl * BATCH,
        "divides the divergence by the size of the minibatch twice": right + kl / BATCH,
        "sums over the minibatch: average both terms": (right + kl) * BATCH,
        "averages over the pixels, and over the dimensions: sum over both": (
            right / PIXELS + kl / DIM
        ),
        "takes log σ² for log σ in the divergence": right + gaussian_kl(mean, log_variance),
        "forgets the −1 in the divergence: it is 0 for μ = 0, σ = 1": right + kl + DIM / 2,
        "has μ where μ² belongs, in the divergence": (
            right + kl + 0.5 * (mean - mean.square()).sum(1).mean()
        ),
        "has σ where σ² belongs, in the divergence": (
            right + kl + 0.5 * (std - std.square()).sum(1).mean()
        ),
    }  # fmt: skip


def _mistaken_draws(mean: Tensor, log_variance: Tensor, epsilon: Tensor) -> dict[str, Tensor]:
    """Reason -> the code z that this mistake gives, with a right divergence."""
    std = (0.5 * log_variance).exp()
    return {
        "decodes the mean: draw z = μ + σ ε": mean,
        "multiplies ε by log σ²: σ is the exponential of half of it": mean + log_variance * epsilon,
        "multiplies ε by σ²: σ is the exponential of half of log σ²": mean + std**2 * epsilon,
        "does not multiply ε by σ": mean + epsilon,
        "subtracts the noise: z = μ + σ ε was asked for": mean - std * epsilon,
        "uses the ε of the first image for all: each row has its own": mean + std * epsilon[:1],
        "uses one ε for all dimensions of a code": mean + std * epsilon[:, :1],
    }


def _loop_is_wrong(given: Tensor, expected: list[float]) -> str:
    """Why the later losses are wrong, when the first is right."""
    for why, losses in _mistaken_runs().items():
        if _same(given, losses):
            return why
    where = next(i for i, loss in enumerate(expected) if not close(given[i], loss))
    return (
        f"has the right loss at first, and {given[where]:.4f} where {expected[where]:.4f} is right "
        f"for minibatch {where}: is the gradient of all terms cleared, computed and followed?"
    )


def _mistaken_runs() -> dict[str, list[float]]:
    """Reason -> the losses of a run with this mistake."""

    def with_draw(draw: Callable[..., Tensor], follow_kl: bool = True) -> list[float]:
        def loss(encoder, decoder, x, epsilon):
            mean, log_variance = encoder(x).chunk(2, 1)
            z = draw(mean, (0.5 * log_variance).exp(), epsilon)
            kl = gaussian_kl(mean, 0.5 * log_variance)
            nats = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="none")
            return nats.sum(1).mean() + (kl if follow_kl else kl.detach())

        return train(*_networks(), _minibatches(), loss)

    encoder, decoder, _ = _networks()
    still = [negative_bound(encoder, decoder, *pair).item() for pair in _minibatches()]
    downwards = (1.0, True), (-1.0, False)
    added, up = (_steps(sign, adds) for sign, adds in downwards)
    return {
        "never changes the weights: for each minibatch zero_grad, then backward, then step": still,
        "adds up the gradients of all minibatches: call optimiser.zero_grad() before backward": (
            added
        ),
        "makes its steps upwards: backward belongs to the negative bound": up,
        "detaches z: no gradient of the reconstruction reaches the encoder": with_draw(
            lambda mean, std, epsilon: (mean + std * epsilon).detach()
        ),
        "lets no gradient of the reconstruction through to σ: do not detach it": with_draw(
            lambda mean, std, epsilon: mean + std.detach() * epsilon
        ),
        "lets no gradient of the reconstruction through to μ: do not detach it": with_draw(
            lambda mean, std, epsilon: mean.detach() + std * epsilon
        ),
        "has a divergence without a gradient: do not detach it, and do not use .item()": with_draw(
            lambda mean, std, epsilon: mean + std * epsilon, follow_kl=False
        ),
    }


def _steps(sign: float, adds: bool) -> list[float]:
    """The losses of a run that follows ``sign`` times the gradient, and may never clear it."""
    encoder, decoder, optimiser = _networks()
    losses = []
    for x, epsilon in _minibatches():
        loss = negative_bound(encoder, decoder, x, epsilon)
        if not adds:
            optimiser.zero_grad()
        (sign * loss).backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
