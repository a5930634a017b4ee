"""Checks of notebook 01: the denoising loss, and draws that have the codes' mean and covariance."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from aae_course.lessons.checks import judge
from aae_course.models.losses import half_squared_error
from aae_course.randomness import generators_restored, seeded_generator

CPU = torch.device("cpu")
DRAWS = 50_000


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

    with generators_restored(CPU), torch.enable_grad():
        torch.manual_seed(0)
        loss = answer(encoder, decoder, x.clone(), std)

    def fault(loss) -> str | None:
        x_hat = decoder(seen[0] @ weight) if seen else x
        return _noise_is_wrong(seen, x, std) or _loss_is_wrong(loss, x_hat, x, seen)

    return judge("denoising_loss", loss, fault)


def _noise_is_wrong(seen: list[Tensor], x: Tensor, std: float) -> str | None:
    """Why what the encoder saw is not x plus Gaussian noise, None if it is."""
    if len(seen) != 1:
        return f"calls the encoder {len(seen)} times: once is enough"
    if seen[0].shape != x.shape:
        return f"gives the encoder the shape {tuple(seen[0].shape)}, not {tuple(x.shape)}"
    noise = seen[0].detach() - x
    if noise.abs().max() < 1e-6:
        return "gives the encoder the clean image: add the noise first"
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
    if noise.abs().max() < 2.5 * std:
        return "adds noise that is not Gaussian: use randn_like"
    return None


def _loss_is_wrong(loss, x_hat: Tensor, x: Tensor, seen: list[Tensor]) -> str | None:
    """Why ``loss`` is not ½‖x̂ − x‖² over the clean x, None if it is."""
    if not isinstance(loss, Tensor):
        return f"returns a {type(loss).__name__}, a tensor was asked for"
    if loss.dim():
        return f"returns the shape {tuple(loss.shape)}: average over the minibatch"
    if not loss.requires_grad:
        return "returns a tensor without a gradient: do not detach, and do not use .item()"
    clean, noisy = half_squared_error(x_hat, x), half_squared_error(x_hat, seen[0])
    if _close(loss, clean):
        return None
    mistakes = {
        "compares with the noisy image: the target is the clean one": noisy,
        "forgets the half": 2 * clean,
        "compares with the noisy image and forgets the half": 2 * noisy,
        "is the mean over the pixels: a sum was asked for": F.mse_loss(x_hat, x),
        "takes the mean over the pixels: a sum was asked for": clean / x.shape[1],
        "compares with the noisy image and averages over the pixels": F.mse_loss(x_hat, seen[0]),
        "sums over the minibatch: a mean was asked for": clean * len(x),
    }
    for why, value in mistakes.items():
        if _close(loss, value):
            return why
    return f"gives {loss.item():.4g} where {clean.item():.4g} is right for its noise"


def draw_like(answer: Callable[[Tensor, int], Tensor]) -> bool:
    """Check ``answer(z, count)``: draws of the Gaussian with the mean and covariance of z."""
    generator = seeded_generator(1, 2)
    # Not Gaussian, not centred, and with a covariance that is far from diagonal.
    mixing = torch.tensor([[1.0, 0.0, 0.0], [1.5, 0.5, 0.0], [-0.5, 1.0, 0.3]])
    z = torch.rand(400, 3, generator=generator) @ mixing.T + torch.tensor([1.0, -2.0, 0.5])
    with generators_restored(CPU):
        torch.manual_seed(0)
        draws, again = answer(z.clone(), DRAWS), answer(z.clone(), DRAWS)

    def fault(draws) -> str | None:
        return _shape_is_wrong(draws, again) or _moments_are_wrong(draws, z)

    return judge("draw_like", draws, fault)


def _shape_is_wrong(draws, again) -> str | None:
    if not isinstance(draws, Tensor):
        return f"returns a {type(draws).__name__}, a tensor was asked for"
    if draws.shape != (DRAWS, 3):
        return f"returns the shape {tuple(draws.shape)}, not (count, dim) = ({DRAWS}, 3)"
    if not draws.isfinite().all():
        return "returns values that are not finite"
    if torch.equal(draws, again):
        return "gives the same draws twice: do not fix the seed inside"
    return None


def _moments_are_wrong(draws: Tensor, z: Tensor) -> str | None:
    """Why ``draws`` are not those of N(mean of z, covariance of z), None if they are."""
    if (draws[:100, None] - z).norm(dim=-1).min(dim=1).values.max() < 1e-5:
        return "returns the codes themselves: draw new ones"
    covariance, found = z.T.cov(), draws.T.cov()
    if not _near(draws.mean(dim=0), z.mean(dim=0)):
        return "has not the mean of the codes" + (
            ": add it" if _near(draws.mean(dim=0), 0 * z[0]) else ""
        )
    if not _near(found, covariance):
        return "has not the covariance of the codes" + _known_covariance(found, covariance)
    standardised = (draws - draws.mean(dim=0)) / draws.std(dim=0)
    if (standardised.pow(4).mean(dim=0) - 3).abs().max() > 0.3:  # 3 for a Gaussian
        return "has the right mean and covariance, but is not Gaussian: use randn"
    return None


def _known_covariance(found: Tensor, covariance: Tensor) -> str:
    """Which usual mistake leads to the ``found`` covariance."""
    L = torch.linalg.cholesky(covariance)
    mistakes = {
        ": rows need epsilon @ L.T, not epsilon @ L": L.T @ L,
        ": each number is drawn on its own, so the correlations are lost": covariance.diag().diag(),
        ": the covariance itself was used where its root L belongs": covariance @ covariance,
        ": the noise is not scaled at all": torch.eye(len(covariance)),
        ": the noise is scaled by the variances, and the correlations are lost": (
            covariance.diag().square().diag()
        ),
    }
    return next((why for why, value in mistakes.items() if _near(found, value)), "")


def _near(found: Tensor, expected: Tensor) -> bool:
    """Equal up to what 50,000 draws can tell."""
    return torch.allclose(found, expected, atol=0.015)


def _close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found.detach(), expected.detach(), rtol=1e-4, atol=1e-6)
