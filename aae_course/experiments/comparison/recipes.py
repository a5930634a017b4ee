"""The runs of notebook 12: every way to give codes a distribution, on equal terms.

For each code space (2, 8 and 20 dimensions; a Gaussian prior and a mixture of ten) the same hidden
layers, images, epochs and Adam; what differs is how the codes are brought to the prior. The plain
autoencoder knows no prior: after training one is fitted to its codes.

What was tuned: the generator's rate (2, 5 and 10 · 10⁻⁴) and the weight of WAE-MMD (10, 100, 500),
once for all spaces, by the validation images in the 8-D Gaussian space, seed 0; the VAE's β, from
six values in every space, by the Fréchet distance to validation images, which the record shows.
A decoder that learns its variance has no β to tune.

`aae-course reproduce comparison` runs them all. The numbers are in figures/comparison.json.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from aae_course.experiments.recipe import Recipe
from aae_course.experiments.shared_settings import adam
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

ROUND_MIXTURE = partial(GaussianMixture, radial=0.5, tangential=0.5)
# A coordinate of every prior but the mixture in the plane has variance 1.
PRIORS = {
    (2, "gaussian"): partial(Gaussian, 2),
    (2, "mixture"): GaussianMixture,
    (8, "gaussian"): partial(Gaussian, 8),
    (8, "mixture"): partial(ROUND_MIXTURE, distance=math.sqrt(0.75 * 8), dim=8),
    (20, "gaussian"): partial(Gaussian, 20),
    (20, "mixture"): partial(ROUND_MIXTURE, distance=math.sqrt(0.75 * 20), dim=20),
}
SPACES = tuple(f"{dim}d_{kind}" for dim, kind in PRIORS)


@dataclass(frozen=True)
class Method:
    """A way to bring codes to a prior: a model, how its encoder draws them, its optimisers."""

    title: str
    model: type[Model]
    encoder: str
    optimisers: Mapping[str, Adam]
    options: Mapping[str, float | str] = field(default_factory=dict)


AAE, VAE, WAE = AdversarialAutoencoder, VariationalAutoencoder, WassersteinAutoencoder
AAE_ADAM = adam(reconstruction=1e-3, discriminator=1e-3, generator=5e-4)
VAE_ADAM = adam(bound=1e-3)
WAE_ADAM = adam(reconstruction_and_discrepancy=1e-3)
METHODS_WITH_PRIOR = {
    "aae_deterministic": Method("AAE, deterministic encoder", AAE, "deterministic", AAE_ADAM),
    "aae_gaussian": Method("AAE, gaussian encoder", AAE, "gaussian", AAE_ADAM),
    "aae_universal": Method("AAE, universal encoder", AAE, "universal", AAE_ADAM),
    "vae": Method("VAE, β = 1", VAE, "gaussian", VAE_ADAM, {"beta": 1.0}),
    **{
        f"vae_beta_{beta:g}": Method(
            f"VAE, β = {beta:g}", VAE, "gaussian", VAE_ADAM, {"beta": beta}
        )
        for beta in (3.0, 0.3, 0.1, 0.03, 0.01)
    },
    "vae_learned": Method(
        "VAE, learned variance", VAE, "gaussian", VAE_ADAM, {"likelihood": "learned variance"}
    ),
    "wae": Method("WAE-MMD", WAE, "deterministic", WAE_ADAM, {"weight": 100.0}),
}
BETAS = {
    name: method.options["beta"]
    for name, method in METHODS_WITH_PRIOR.items()
    if "beta" in method.options
}

COMPARISON_ON_DIGITS = {"data": "digits", "hidden": (50, 50), "epochs": 3, "batch_size": 50}
AS_WIDE_AS_THE_PAPER = {"hidden": (1000, 1000), "epochs": 100}

COMPARISON_RECIPES: dict[str, Recipe] = {
    f"{dim}d_{kind}_{name}": Recipe(
        title=f"{method.title}, {dim}-D, {kind} prior", serves="comparison",
        model=method.model, prior=prior, options=method.options,
        data="mnist", architecture=Perceptrons((256, 256), encoder=method.encoder),
        training=Training(method.optimisers, epochs=4, schedule=Annealed()),
        smoke=COMPARISON_ON_DIGITS, paper=AS_WIDE_AS_THE_PAPER,
    )
    for (dim, kind), prior in PRIORS.items()
    for name, method in METHODS_WITH_PRIOR.items()
} | {
    f"{dim}d_autoencoder": Recipe(
        title=f"autoencoder, {dim}-D", serves="comparison",
        model=Autoencoder, options={"dim": dim},
        data="mnist", architecture=Perceptrons((256, 256)),
        training=Training(adam(reconstruction=1e-3), epochs=4, schedule=Annealed()),
        smoke=COMPARISON_ON_DIGITS, paper=AS_WIDE_AS_THE_PAPER,
    )
    for dim in (2, 8, 20)
}  # fmt: skip
