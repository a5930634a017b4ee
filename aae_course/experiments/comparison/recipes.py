"""The runs of notebook 12: every way to give codes a distribution, on equal terms.

For each code space (2, 8 and 20 dimensions; a Gaussian prior and a mixture of ten) the same hidden
layers, images, epochs and Adam; what differs is how the codes are brought to the prior. The plain
autoencoder knows no prior: after training one is fitted to its codes.

What was tuned: the generator's rate (2, 5 and 10 · 10⁻⁴) and the weight of WAE-MMD (10, 100, 500),
once for all spaces, by the validation images in the 8-D Gaussian space, seed 0; the VAE's β, from
three values in every space, by the Fréchet distance to validation images, which the record shows.
"""

from __future__ import annotations

import math
from functools import partial

from aae_course.experiments.recipe import Recipe
from aae_course.models import (
    AdversarialAutoencoder,
    Autoencoder,
    Model,
    VariationalAutoencoder,
    WassersteinAutoencoder,
)
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import Adam, Annealed, Training

DIMENSIONS = (2, 8, 20)
SPACES = tuple(f"{dim}d_{prior}" for dim in DIMENSIONS for prior in ("gaussian", "mixture"))
BETAS = {"vae": 1.0, "vae_beta_0.3": 0.3, "vae_beta_0.1": 0.1}
ADVERSARIAL = {f"aae_{encoder}": encoder for encoder in ("deterministic", "gaussian", "universal")}
METHODS = (*ADVERSARIAL, *BETAS, "wae")
WAE_WEIGHT = 100.0


def make_prior(dim: int, kind: str):
    """The prior of a space; the mixtures have, like the Gaussian, variance 1 in a coordinate."""
    if kind == "gaussian":
        return partial(Gaussian, dim)
    if dim == 2:
        return GaussianMixture
    spread = {"radial": 0.5, "tangential": 0.5, "distance": math.sqrt(0.75 * dim)}
    return partial(GaussianMixture, **spread, dim=dim)


def _budget(model: type[Model], epochs: int, batch_size: int = 100) -> Training:
    """Adam with 1e-3 for all networks, the discriminator's and generator's with a small β₁."""
    rates = {phase: Adam(1e-3) for phase in model.phases}
    if model is AdversarialAutoencoder:
        rates |= {
            "discriminator": Adam(1e-3, beta1=0.5),
            "generator": Adam(5e-4, beta1=0.5),
        }
    return Training(rates, epochs, batch_size, Annealed())


def _row(title: str, model: type[Model], prior=None, encoder="deterministic", **options) -> Recipe:
    networks = partial(Perceptrons, encoder=encoder)
    return Recipe(
        title, model, _budget(model, epochs=4), prior, networks((256, 256)), options=options,
        scales={
            "smoke": {
                "data": "digits",
                "architecture": networks((50, 50)),
                "training": _budget(model, epochs=5, batch_size=50),
            },
            "paper": {
                "architecture": networks((1000, 1000)),
                "training": _budget(model, epochs=100),
            },
        },
    )  # fmt: skip


def _space(dim: int, kind: str) -> dict[str, Recipe]:
    prior, name = make_prior(dim, kind), f"{dim}d_{kind}"
    where = f"{dim}-D, {kind} prior"
    rows = {
        f"{name}_{method}": _row(
            f"AAE, {encoder} encoder, {where}", AdversarialAutoencoder, prior, encoder
        )
        for method, encoder in ADVERSARIAL.items()
    }
    for method, beta in BETAS.items():
        title = f"VAE, β = {beta:g}, {where}"
        rows[f"{name}_{method}"] = _row(title, VariationalAutoencoder, prior, "gaussian", beta=beta)
    rows[f"{name}_wae"] = _row(
        f"WAE-MMD, {where}", WassersteinAutoencoder, prior, weight=WAE_WEIGHT
    )
    return rows


COMPARISON: dict[str, Recipe] = {}
for _dim in DIMENSIONS:
    COMPARISON |= _space(_dim, "gaussian") | _space(_dim, "mixture")
    COMPARISON[f"{_dim}d_autoencoder"] = _row(f"autoencoder, {_dim}-D", Autoencoder, dim=_dim)
