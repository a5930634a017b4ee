"""The loss of each phase, one line an equation.

Every function averages over the minibatch and keeps a leading replica dimension where there is
one: it returns a scalar for ``(batch, ...)`` and ``(replicas,)`` for ``(replicas, batch, ...)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor


def half_squared_error(x_hat: Tensor, x: Tensor) -> Tensor:
    r"""½‖x̂ − x‖², summed over the pixels: -log N(x; x̂, I) without its constant.

    The paper's learning rates belong to this sum (appendix A.2). A mean over the 784 pixels would
    make the step about 400 times smaller.

    Args:
        x_hat: (batch, pixels) reconstruction.
        x: (batch, pixels) in [0, 1].
    """
    return 0.5 * (x_hat - x).square().sum(-1).mean(-1)


def bernoulli_negative_log_likelihood(logits: Tensor, x: Tensor) -> Tensor:
    """-log p(x|z) in nats for pixels that are on with probability sigmoid(logits).

    Args:
        logits: (batch, pixels) log-odds.
        x: (batch, pixels) in [0, 1].
    """
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1).mean(-1)


def gaussian_kl(mean: Tensor, log_std: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, I)) = ½ Σ (μ² + σ² − 1 − log σ²), in nats (Kingma & Welling, app. B).

    Args:
        mean: (batch, dim) μ.
        log_std: (batch, dim) log σ.
    """
    return 0.5 * (mean.square() + (2 * log_std).exp() - 1 - 2 * log_std).sum(-1).mean(-1)


def gaussian_log_density(z: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """log N(z; μ, σ²) of each sample, in nats: (batch, dim) -> (batch,)."""
    standardised = (z - mean) * (-log_std).exp()
    return (-0.5 * standardised.square() - log_std - 0.5 * math.log(2 * math.pi)).sum(-1)


def label_cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """−log q(y|x) of the true labels, in nats.

    Args:
        logits: (batch, classes).
        y: (batch,) from 0 to classes - 1.
    """
    log_q = logits.log_softmax(-1)
    return -log_q.gather(-1, y.unsqueeze(-1)).mean((-2, -1))


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """−E[log D(z')] − E[log(1 − D(z))], z' ~ p(z) and z ~ q(z) (section 2).

    It is 2 log 2 = 1.386 when the discriminator cannot tell codes from draws.

    Args:
        real: (batch, 1) logits of D on draws from the prior.
        fake: (batch, 1) logits of D on codes.
    """
    return F.softplus(-real).mean((-2, -1)) + F.softplus(fake).mean((-2, -1))


def generator_loss(fake: Tensor) -> Tensor:
    """−E[log D(z)], z ~ q(z): the non-saturating form of the encoder's adversarial loss.

    The paper writes the minimax form E[log(1 − D(z))], whose gradient vanishes while the
    discriminator wins; this one has the same fixed point (Goodfellow et al., 2014, section 3).

    Args:
        fake: (batch, 1) logits of D on codes.
    """
    return F.softplus(-fake).mean((-2, -1))


def head_distance_loss(points: Tensor, margin: float) -> Tensor:
    """Σ max(0, η − ‖wᵢ − wⱼ‖) over all pairs of cluster heads (section 7).

    Nothing where two heads are at least η apart, linear in what they are short of it.

    Args:
        points: (heads, dim), a row for each head.
        margin: η.
    """
    heads = points.shape[-2]
    i, j = torch.triu_indices(heads, heads, offset=1, device=points.device)
    distances = (points[..., i, :] - points[..., j, :]).norm(dim=-1)
    return F.relu(margin - distances).sum(-1)


def inverse_multiquadratic_mmd(z: Tensor, draws: Tensor, scale: float | None = None) -> Tensor:
    """MMD² of codes from draws, unbiased, with k(a, b) = C / (C + ‖a − b‖²).

    The kernel of Wasserstein autoencoders (Tolstikhin et al., 2017, appendix C): its tails are
    heavy, so codes far from every draw still feel a pull.

    Args:
        z: (batch, dim) codes.
        draws: (batch, dim) from the prior.
        scale: C; by default 2 dim, the mean of ‖a − b‖² for draws of N(0, I).
    """
    C = scale or 2.0 * z.shape[-1]

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return C / (C + (a.unsqueeze(-2) - b.unsqueeze(-3)).square().sum(-1))

    return unbiased_mmd(kernel, z, draws)


def unbiased_mmd(kernel: Callable[[Tensor, Tensor], Tensor], z: Tensor, draws: Tensor) -> Tensor:
    """MMD² = E k(z, z') + E k(p, p') − 2 E k(z, p), estimated over pairs (Gretton et al., 2012).

    Args:
        kernel: (n, dim), (m, dim) -> (n, m).
        z: (n, dim) codes.
        draws: (m, dim) from the prior.
    """
    within = mean_of_pairs(kernel(z, z)) + mean_of_pairs(kernel(draws, draws))
    return within - 2 * kernel(z, draws).mean((-2, -1))


def mean_of_pairs(matrix: Tensor) -> Tensor:
    """Mean of (n, n) without its diagonal: over pairs of different samples."""
    n = matrix.shape[-1]
    diagonal = matrix.diagonal(dim1=-2, dim2=-1).sum(-1)
    return (matrix.sum((-2, -1)) - diagonal) / (n * (n - 1))
