"""Table 3 as rows of words: ours beside the paper's, and classic methods."""

from __future__ import annotations

from collections.abc import Mapping

from aae_course.experiments.clusters.baselines import COUNTS

COLUMNS = {
    "test_error_percent": "paper's naming, error %",
    "majority_error_percent": "majority naming, error %",
    "matching_error_percent": "matching, error %",
    "normalised_mutual_information": "NMI",
    "adjusted_rand_index": "ARI",
    "clusters_alive": "alive",
}
# Of the paper's Table 3: clusters, error.
OTHERS = {
    "CatGAN": (20, "9.70"),
    "AAE": (16, "9.55 ± 2.05"),
    "AAE, more clusters": (30, "4.10 ± 1.13"),
}
OURS = {
    "kmeans_pixels": "k-means on pixels",
    "spectral_pixels": "spectral clustering of pixels",
    "kmeans_codes": "k-means on codes of an AAE",
    "mixture_codes": "Gaussian mixture on these codes",
    "clusters": "clustering AAE",
}


def table_3(metrics: Mapping[str, dict]) -> list[list[str]]:
    """A row for each method and number of clusters, mean and spread over seeds."""
    table = [["", "clusters", *COLUMNS.values()]]
    blank = [""] * (len(COLUMNS) - 1)
    table += [[f"{name} (paper)", str(k), error, *blank] for name, (k, error) in OTHERS.items()]
    for row, title in OURS.items():
        table += [
            [f"{title} (ours)", str(count), *(cell(metrics, f"{row}_{count}", c) for c in COLUMNS)]
            for count in COUNTS
        ]
    return table


def cell(metrics: Mapping[str, dict], row: str, column: str) -> str:
    """Mean ± standard deviation over seeds; empty where nothing was measured.

    One matching of labels and clusters is fair where there are as many of both, and shown there.
    """
    found = metrics.get(f"{row}.{column}")
    if found is None or (column == "matching_error_percent" and not row.endswith("_10")):
        return ""
    digits = {"clusters_alive": 1}.get(column, 2)
    spread = "" if found["std"] is None else f" ± {found['std']:.{digits}f}"
    return f"{found['mean']:.{digits}f}{spread}"
