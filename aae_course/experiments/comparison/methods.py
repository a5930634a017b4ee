"""What the comparison's table and the notebook show: columns, methods, and their numbers."""

from __future__ import annotations

from aae_course.experiments.comparison.measure import AT_MEANS
from aae_course.experiments.comparison.recipes import BETAS, SPACES
from aae_course.experiments.numbers import Metrics, Number
from aae_course.pictures.tables import Column

COLUMNS_OF_COMPARISON = [
    Column("prior_two_sample_accuracy", "told from prior", form=".3f"),
    Column("sliced_wasserstein_stds", "sliced Wasserstein", form=".3f"),
    Column("half_squared_error", "reconstruction", form=".2f"),
    Column("frechet_distance", "Fréchet", form=".0f"),
    Column("precision", "precision", more_is_better=True, form=".3f"),
    Column("recall", "recall", more_is_better=True, form=".3f"),
    Column("midpoint_precision", "midpoints", more_is_better=True, form=".3f"),
    Column("nearest_neighbour_error_percent", "k-NN error %", form=".1f"),
    Column("linear_probe_error_percent", "linear error %", form=".1f"),
]
TUNED = "vae_tuned"
DRAWN_CODES = {
    "aae_deterministic": "AAE, deterministic",
    "aae_gaussian": "AAE, Gaussian posterior",
    "aae_universal": "AAE, universal approximator",
    "vae": "VAE, β = 1",
    TUNED: "VAE, β tuned",
    "vae_learned": "VAE, learned variance",
    "wae": "WAE-MMD",
    "autoencoder": "autoencoder, prior fitted",
}
# The same models, with the mean of q(z|x) for the code of an image.
MEAN_CODES = {
    f"{AT_MEANS}{method}": f"{DRAWN_CODES[method]}, at means"
    for method in ("aae_gaussian", "vae", TUNED, "vae_learned")
}
METHOD_TITLES = DRAWN_CODES | MEAN_CODES


def number_of(metrics: Metrics, space: str, method: str, column: str) -> Number:
    """The number of a method of `METHOD_TITLES`; an empty one if the record has none."""
    own = method.removeprefix(AT_MEANS)
    run = tuned_beta(metrics, space) if own == TUNED else own
    at_means = AT_MEANS if own != method else ""
    return metrics.of(f"{space}_{run}", f"{at_means}{column}")


def methods_in(metrics: Metrics) -> dict[str, str]:
    """Those of `METHOD_TITLES` that the record has numbers for."""
    return {
        method: title
        for method, title in METHOD_TITLES.items()
        if number_of(metrics, SPACES[0], method, "half_squared_error").mean is not None
    }


def betas_tried(metrics: Metrics, space: str) -> dict[str, float]:
    """Run of the VAE -> Fréchet distance to validation images, from the largest β down."""
    found = {
        run: metrics.of(f"{space}_{run}", "validation_frechet_distance").mean
        for run in sorted(BETAS, key=BETAS.get, reverse=True)
    }
    return {run: distance for run, distance in found.items() if distance is not None}


def tuned_beta(metrics: Metrics, space: str) -> str:
    """The run of the VAE whose β is the best on validation images, one of `BETAS`."""
    tried = betas_tried(metrics, space)
    return min(tried, key=tried.get)


def beta_at_edge(metrics: Metrics, space: str) -> bool:
    """Whether that β is the largest or the smallest that was tried: one beyond may be better."""
    tried = [*betas_tried(metrics, space)]
    return tuned_beta(metrics, space) in (tried[0], tried[-1])
