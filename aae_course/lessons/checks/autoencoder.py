"""Checks of notebook 01: noise, what a small code evades, sparsity by KL, and draws like codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from aae_course.lessons.checks.answers import Expected, shape_is_wrong
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.letters import Letters
from aae_course.lessons.checks.losses import loss_is_wrong, squared_error
from aae_course.lessons.checks.sparse_training import train_sparse
from aae_course.randomness import seeded_generator

__all__ = ["denoising_loss", "draw_like", "shrinks", "train_sparse"]

DRAWS = 50_000
DEMANDS = Letters(  # on a code z that is divided by 100
    {
        "A": (True, "the mean of |z| is divided by 100 as well"),
        "B": (True, "the mean of z² is divided by 10,000"),
        "C": (False, "a number that is not 0 is not 0 after the division either"),
        "D": (False, "the standard deviation is divided by 100 too, so each ratio stays"),
        "E": (False, "z⁴ and the square of z² are both divided by 100⁴, so their ratio stays"),
    },
    none="names none: some of them do become smaller",
    opposite="names those that stay as they are: those that become smaller were asked for",
    everything="names all of them: three are counts or ratios, and have no unit",
)


def denoising_loss(answer: Callable[..., Tensor]) -> bool:
    """Check ``answer(encoder, decoder, x, std)``: noisy image in, clean image as the target."""
    std, generator = 0.3, seeded_generator(1, 1)
    x = torch.rand(500, 20, generator=generator)
    weight = torch.randn(20, 3, generator=generator).requires_grad_()
    seen: list[Tensor] = []

    def encoder(x: Tensor) -> Tensor:
        seen.append(x)
        return x @ weight

    def decoder(z: Tensor) -> Tensor:
        return z @ weight.T / 20

    def fault(loss) -> str | None:
        if why := _noise_is_wrong(seen, x, std):
            return why
        return loss_is_wrong(loss, _denoising(decoder(seen[0] @ weight), x, seen[0]))

    return grade("denoising_loss", answer, (encoder, decoder, x, std), fault)


def _noise_is_wrong(seen: list[Tensor], x: Tensor, std: float) -> str | None:
    """Why what the encoder saw is not x plus Gaussian noise, None if it is."""
    if len(seen) != 1:
        return f"calls the encoder {len(seen)} times: call it once"
    if why := shape_is_wrong(seen[0], x.shape):
        return why.replace("returns", "gives the encoder", 1)
    noise = seen[0].detach() - x
    if noise.abs().max() < 1e-6:
        return "gives the encoder the clean image: add the noise first"
    if seen[0].min() >= 0 and seen[0].max() <= 1:
        return "clamps the noisy image to [0, 1]: leave it as it is"
    if (noise - noise[:1]).abs().max() < 1e-6:
        return "gives all images the same noise: each needs its own"
    if (noise - noise[:, :1]).abs().max() < 1e-6:
        return "gives all pixels of an image the same noise: each needs its own"
    if noise.min() >= 0 or noise.mean().abs() > 0.2 * std:
        return "adds noise whose mean is not 0: use randn, not rand"
    if abs(noise.std() - std**2) < 0.02:
        return "scales the noise by the variance: std times a standard normal draw"
    if abs(noise.std() - std) > 0.02:
        return f"adds noise of standard deviation {noise.std():.2f} where {std} was asked for"
    if abs((noise / noise.std()).pow(4).mean() - 3) > 0.5:  # 3 for a Gaussian
        return "adds noise that is not Gaussian: use randn_like"
    return None


def _denoising(x_hat: Tensor, x: Tensor, noisy: Tensor) -> Expected:
    """The loss with the clean image as target, and what comes of the noisy one."""
    to_clean, to_noisy = squared_error(x_hat, x), squared_error(x_hat, noisy).right
    of_noisy = {
        "compares with the noisy image: the target is the clean one": to_noisy,
        "compares with the noisy image and forgets the half": 2 * to_noisy,
        "compares with the noisy image and averages over the pixels": F.mse_loss(x_hat, noisy),
    }
    return replace(to_clean, mistakes=to_clean.mistakes | of_noisy)


def shrinks(answer: Callable[[], Iterable[str]]) -> bool:
    """Check ``answer()``: the letters of the demands that a smaller unit of the code satisfies."""
    return grade("shrinks", answer, (), DEMANDS.fault)


def draw_like(answer: Callable[[Tensor, int], Tensor]) -> bool:
    """Check ``answer(z, count)``: draws of the Gaussian with the mean and covariance of z."""
    generator = seeded_generator(1, 2)
    # Not Gaussian, not centred, and with a covariance that is far from diagonal.
    mixing = torch.tensor([[1.0, 0.0, 0.0], [1.5, 0.5, 0.0], [-0.5, 1.0, 0.3]])
    z = torch.rand(400, 3, generator=generator) @ mixing.T + torch.tensor([1.0, -2.0, 0.5])

    def fault(draws) -> str | None:
        if why := shape_is_wrong(draws, (DRAWS, 3)):
            return f"{why}, (count, dim)"
        if not draws.isfinite().all():
            return "returns values that are not finite"
        if torch.equal(draws, answer(z.clone(), DRAWS)):
            return "gives the same draws twice: do not fix the seed inside"
        return _moments_are_wrong(draws, z)

    hint = "torch.cov takes a row for each coordinate, so write z.T.cov()"
    return grade("draw_like", answer, (z, DRAWS), fault, hint)


def _moments_are_wrong(draws: Tensor, z: Tensor) -> str | None:
    """Why ``draws`` are not those of N(mean of z, covariance of z), None if they are."""
    if (draws[:100, None] - z).norm(dim=-1).min(dim=1).values.max() < 1e-5:
        return "returns the codes themselves: draw new ones"
    mean, covariance = draws.mean(dim=0), draws.T.cov()
    if not _near(mean, z.mean(dim=0)):
        cure = ": add it" if _near(mean, torch.zeros(3)) else ""
        return f"does not have the mean of the codes{cure}"
    if not _near(covariance, z.T.cov()):
        return f"does not have the covariance of the codes{_known_covariance(covariance, z)}"
    standardised = (draws - mean) / draws.std(dim=0)
    if (standardised.pow(4).mean(dim=0) - 3).abs().max() > 0.3:  # 3 for a Gaussian
        return "has the right mean and covariance, but is not Gaussian: use randn"
    return None


def _known_covariance(covariance: Tensor, z: Tensor) -> str:
    """Which usual mistake leads to this covariance of the draws."""
    right = z.T.cov()
    L, variances = torch.linalg.cholesky(right), right.diag()
    mistakes = {
        ": rows need epsilon @ L.T, not epsilon @ L": L.T @ L,
        ": each number is drawn on its own, so the correlations are lost": variances.diag(),
        ": the covariance itself was used where its root L belongs": right @ right,
        ": the noise is not scaled at all": torch.eye(len(right)),
        ": the noise is scaled by the variances, and uncorrelated": variances.square().diag(),
    }
    return next((why for why, value in mistakes.items() if _near(covariance, value)), "")


def _near(moment: Tensor, expected: Tensor) -> bool:
    """Equal up to what 50,000 draws can tell."""
    return torch.allclose(moment, expected, atol=0.015)
