"""Pieces of notebook 06: a training with labels in the prior, and what wrong labels can cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor

from aae_course.models.losses import discriminator_loss, generator_loss, half_squared_error

Network = Callable[[Tensor], Tensor]


def train_with_labels(
    encoder: Network,
    decoder: Network,
    D: Network,
    optimisers: Mapping[str, torch.optim.Optimizer],
    minibatches: Iterable[tuple[Tensor, Tensor, Tensor]],
) -> list[tuple[float, float, float]]:
    """Three updates for each minibatch, and the losses before them (section 2.3, exercise 3).

    Args:
        encoder: (batch, pixels) -> (batch, dim).
        decoder: (batch, dim) -> (batch, pixels).
        D: (batch, classes + 1 + dim) -> (batch, 1), the label first; log-odds.
        optimisers: of "reconstruction", "discriminator" and "generator".
        minibatches: images (batch, pixels), what D is told (batch, classes + 1), draws of the
            prior for these labels (batch, dim).
    """
    history = []
    for x, label, draws in minibatches:
        reconstruction = half_squared_error(decoder(encoder(x)), x)
        _follow(optimisers["reconstruction"], reconstruction)
        z = encoder(x)  # the encoder has just changed
        real, fake = D(torch.cat([label, draws], 1)), D(torch.cat([label, z.detach()], 1))
        discriminator = discriminator_loss(real, fake)
        _follow(optimisers["discriminator"], discriminator)
        generator = generator_loss(D(torch.cat([label, z], 1)))
        _follow(optimisers["generator"], generator)
        history.append((reconstruction.item(), discriminator.item(), generator.item()))
    return history


def _follow(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def best_discriminator_loss(p: Tensor, q: Tensor) -> Tensor:
    """L_D of the best D, which knows both distributions: (..., places), twice -> (...).

    Its D is p / (p + q) (Goodfellow et al., 2014, proposition 1). 2 log 2 where p = q.

    Args:
        p: probabilities of each place under the prior.
        q: those of the codes.
    """
    entr = torch.special.entr  # −x log x
    return (entr(p) + entr(q) - entr(p + q)).sum(-1)


def level_at_best(joint: Tensor, share: float, steps: int = 200) -> tuple[float, Tensor]:
    """What D pays if both sides play their best, and the encoder that makes it pay so much.

    The components hardly overlap, so they are treated as places. An encoder sees the digit and not
    the label: it is a table q(component | digit). L_D of the best D is concave in this table, so
    going uphill finds the largest.

    Args:
        joint: (classes, classes), how often a labelled image has this label and is this digit.
        share: of the images that are labelled; the others are all digits in equal parts.
        steps: of Adam.

    Returns:
        L_D, and the table (digits, components).
    """
    joint, classes = joint.double(), len(joint)
    used = joint.sum(1) > 0  # labels that some image has
    often, digits = joint.sum(1)[used], joint[used] / joint[used].sum(1, keepdim=True)
    own, anywhere = torch.eye(classes).double()[used], torch.full((classes,), 1 / classes).double()
    scores = torch.zeros(classes, classes, dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.Adam([scores], lr=0.3)
    for _ in range(steps):
        table = scores.softmax(1)
        labelled = (often * best_discriminator_loss(own, digits @ table)).sum()
        unlabelled = best_discriminator_loss(anywhere, table.mean(0))
        level = share * labelled + (1 - share) * unlabelled
        _follow(optimiser, -level)
    return level.item(), table.detach()
