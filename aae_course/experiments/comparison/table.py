"""The comparison's table: every number with its spread, the best of each column, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from aae_course.experiments.comparison.recipes import BETAS, SPACES
from aae_course.metrics.significance import best

# Columns of the table: the metric, its heading, and whether more of it is better.
COLUMNS = {
    "prior_two_sample_accuracy": ("told from prior", False),
    "sliced_wasserstein_stds": ("sliced Wasserstein", False),
    "half_squared_error": ("reconstruction", False),
    "frechet_distance": ("Fréchet", False),
    "precision": ("precision", True),
    "recall": ("recall", True),
    "midpoint_precision": ("midpoints", True),
    "nearest_neighbour_error_percent": ("k-NN error %", False),
    "linear_probe_error_percent": ("linear error %", False),
}
METHODS = {
    "aae_deterministic": "AAE, deterministic",
    "aae_gaussian": "AAE, Gaussian posterior",
    "aae_universal": "AAE, universal approximator",
    "vae": "VAE, β = 1",
    "vae_tuned": "VAE, β tuned",
    "wae": "WAE-MMD",
    "autoencoder": "autoencoder, prior fitted",
}


def rows_of(metrics: Mapping[str, dict], space: str) -> dict[str, str]:
    """Method -> row of the metrics in a space; the tuned β is the best on validation images."""
    rows = {method: f"{space}_{method}" for method in METHODS if method != "vae_tuned"}
    tried = {f"{space}_{name}": beta for name, beta in BETAS.items()}
    rows["vae_tuned"] = min(
        tried, key=lambda row: metrics[f"{row}.validation_frechet_distance"]["mean"]
    )
    return {method: rows[method] for method in METHODS}


def winners(metrics: Mapping[str, dict], space: str) -> dict[str, set[str]]:
    """Column -> the methods that are best in a space."""
    rows = rows_of(metrics, space)
    return {
        column: best(
            {method: metrics[f"{row}.{column}"]["per_seed"] for method, row in rows.items()}, more
        )
        for column, (_, more) in COLUMNS.items()
    }


def verdict(metrics: Mapping[str, dict]) -> dict[str, Counter]:
    """Column -> in how many of the spaces each method is best or not told from the best."""
    counts = {column: Counter(dict.fromkeys(METHODS, 0)) for column in COLUMNS}
    for space in SPACES:
        for column, methods in winners(metrics, space).items():
            counts[column].update(methods)
    return counts


def table_comparison(metrics: Mapping[str, dict]) -> list[list[str]]:
    """A block of rows for each space, the best in bold; the last block counts the bold ones."""
    table = [["", *(heading for heading, _ in COLUMNS.values())]]
    for space in SPACES:
        dim, kind = space.split("d_")
        table.append([f"**{dim}-D, {kind}**", *[""] * len(COLUMNS)])
        bold = winners(metrics, space)
        for method, row in rows_of(metrics, space).items():
            title = METHODS[method]
            if method == "vae_tuned":
                title += f" to {BETAS[row.removeprefix(f'{space}_')]:g}"
            cells = [
                shown(metrics[f"{row}.{column}"], method in bold[column]) for column in COLUMNS
            ]
            table.append([title, *cells])
    counts = verdict(metrics)
    table.append([f"**best, of {len(SPACES)}**", *[""] * len(COLUMNS)])
    for method, title in METHODS.items():
        table.append([title, *(str(counts[column][method]) for column in COLUMNS)])
    return table


def shown(found: dict, bold: bool) -> str:
    """Mean and spread over seeds in three digits."""
    text, std = f"{found['mean']:.3g}", found["std"]
    if std is not None:
        text += f" ± {std:.0f}" if std >= 9.5 else f" ± {std:.1g}"
    return f"**{text}**" if bold else text
