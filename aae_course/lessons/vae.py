"""Pictures and pieces of notebook 03: curves of a training, posteriors, a whole VAE to train."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse
from torch import Tensor, nn

from aae_course.models import VariationalAutoencoder
from aae_course.models.losses import gaussian_kl
from aae_course.pictures.style import DIGIT_COLOURS
from aae_course.training.history import History

Network = Callable[[Tensor], Tensor]
STRETCHES = 40  # a curve is drawn from so many means, without the first


def draw_training(ax: Axes, histories: Mapping[str, History], every: int) -> None:
    """Training loss and, after each epoch, validation loss of several runs on a logarithmic axis.

    Args:
        ax: where to draw.
        histories: name of a run -> its history, whose evaluations have the key "validation".
        every: steps of an epoch.
    """
    for (name, history), colour in zip(histories.items(), DIGIT_COLOURS, strict=False):
        (values,) = history.losses.values()
        curve = torch.tensor(values).mean(1)
        length = max(1, len(curve) // STRETCHES)
        means = curve[: len(curve) // length * length].view(-1, length).mean(1)
        ax.plot(history.steps[length - 1 :: length][1:], means[1:], color=colour, label=name)
        at = [row["epoch"] * every for row in history.evaluations]
        losses = [row["validation"] for row in history.evaluations]
        ax.plot(at, losses, "o", color=colour, markersize=5, label=f"{name}, validation")
    ax.set(yscale="log", xlabel="step", ylabel="loss")
    low, high = ax.get_ylim()
    ticks = [tick for tick in (12, 15, 20, 25, 30, 40, 60) if low <= tick <= high]
    ax.set_yticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    ax.grid(alpha=0.5)


def draw_posteriors(ax: Axes, mean: Tensor, std: Tensor) -> None:
    """q(z|x) of each image as the ellipse one standard deviation around its mean: (n, 2) each."""
    for centre, radii in zip(mean.tolist(), std.tolist(), strict=True):
        ellipse = Ellipse(centre, 2 * radii[0], 2 * radii[1], fill=False)
        ellipse.set(color=DIGIT_COLOURS[0], linewidth=0.8, alpha=0.7)
        ax.add_patch(ellipse)


@torch.no_grad()
def give_weights(by_hand: nn.Module, package: VariationalAutoencoder) -> None:
    """Copy the weights of the notebook's plain VAE into the package's.

    The package multiplies from the other side, so its matrices are the transposes. Its encoder has
    both heads in one layer, and gives log σ = ½ log σ².

    Args:
        by_hand: with ``body``, the heads ``mean`` and ``log_variance``, and ``decoder``.
        package: of the same widths.
    """
    *body, heads = _dense(package.encoder)
    pairs = zip(
        _dense(by_hand.body) + _dense(by_hand.decoder), body + _dense(package.decoder), strict=True
    )
    for ours, theirs in pairs:
        theirs.weight.copy_(ours.weight.T)
        theirs.bias.copy_(ours.bias)
    mean, log_variance = by_hand.mean, by_hand.log_variance
    heads.weight.copy_(torch.cat([mean.weight, log_variance.weight / 2]).T)
    heads.bias.copy_(torch.cat([mean.bias, log_variance.bias / 2]))


def _dense(network: nn.Module) -> list[nn.Module]:
    """The layers with weights, from input to output."""
    return [
        layer for layer in network.modules() if isinstance(getattr(layer, "bias", None), Tensor)
    ]


def negative_bound(
    encoder: Callable[[Tensor], Tensor],
    decoder: Callable[[Tensor], Tensor],
    x: Tensor,
    epsilon: Tensor,
) -> Tensor:
    """E_q[−log p(x|z)] + KL(q(z|x) ‖ N(0, I)) in nats for pixels that are on or off, a scalar.

    Args:
        encoder: (batch, pixels) -> (batch, 2 dim), μ first, then log σ².
        decoder: (batch, dim) -> (batch, pixels) log-odds.
        x: (batch, pixels) in [0, 1].
        epsilon: (batch, dim) from N(0, I).
    """
    mean, log_variance = encoder(x).chunk(2, dim=1)
    z = mean + (0.5 * log_variance).exp() * epsilon
    nats = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="none")
    return nats.sum(1).mean() + gaussian_kl(mean, 0.5 * log_variance)


def train_vae(
    encoder: Network,
    decoder: Network,
    optimiser: torch.optim.Optimizer,
    minibatches: Iterable[tuple[Tensor, Tensor]],
    loss_of: Callable[..., Tensor] = negative_bound,
) -> list[float]:
    """A gradient step for each minibatch; the losses before these steps (exercise 3).

    Args:
        encoder, decoder: as in `negative_bound`, with weights that the optimiser trains.
        optimiser: of both.
        minibatches: pairs (x, epsilon).
        loss_of: (encoder, decoder, x, epsilon) -> scalar.
    """
    losses = []
    for x, epsilon in minibatches:
        loss = loss_of(encoder, decoder, x, epsilon)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
