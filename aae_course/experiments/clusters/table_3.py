"""Table 3: error of clusters that were made without labels, beside classic methods.

The command is ``aae-course reproduce table3``.
"""

from __future__ import annotations

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.clusters.baselines import CLUSTER_COUNTS, measure_baselines
from aae_course.experiments.measures import measure_clusters
from aae_course.experiments.numbers import Metrics, Number
from aae_course.pictures.tables import Column, heading_of, table_rows

CLUSTERING_AAE = "clusters"
COLUMNS_OF_TABLE_3 = [
    Column("test_error_percent", "paper's naming, error %", form=".2f"),
    Column("majority_error_percent", "majority naming, error %", form=".2f"),
    Column("matching_error_percent", "matching, error %", form=".2f"),
    Column("normalised_mutual_information", "NMI", more_is_better=True, form=".2f"),
    Column("adjusted_rand_index", "ARI", more_is_better=True, form=".2f"),
    Column("clusters_alive", "alive", more_is_better=True, form=".1f"),
]
# Of the paper's Table 3: clusters, error.
QUOTED_ROWS = {
    "CatGAN": ("20", "9.70"),
    "AAE": ("16", "9.55 ± 2.05"),
    "AAE, more clusters": ("30", "4.10 ± 1.13"),
}
METHODS_OF_TABLE_3 = {
    "kmeans_pixels": "k-means on pixels",
    "spectral_pixels": "spectral clustering of pixels",
    "kmeans_codes": "k-means on codes of an AAE",
    "mixture_codes": "Gaussian mixture on these codes",
    CLUSTERING_AAE: "clustering AAE",
}


def row_of(method: str, count: int) -> str:
    """Row of the metrics: a method with so many clusters."""
    return f"{method}_{count}"


def table_3(metrics: Metrics) -> list[list[str]]:
    """A row for each method and number of clusters, mean and spread over seeds."""

    def number_of(row: tuple[str, int], column: str) -> Number:
        _, count = row
        # One matching of labels and clusters is fair only where there are as many of both.
        if column == "matching_error_percent" and count != 10:
            return Number()
        return metrics.of(row_of(*row), column)

    blank = [""] * (len(COLUMNS_OF_TABLE_3) - 1)
    quoted = [[f"{title} (paper)", *words, *blank] for title, words in QUOTED_ROWS.items()]
    starts = {
        (method, count): [f"{title} (ours)", str(count)]
        for method, title in METHODS_OF_TABLE_3.items()
        for count in CLUSTER_COUNTS
    }
    ours = table_rows(starts, COLUMNS_OF_TABLE_3, number_of)
    return [["", "clusters", *heading_of(COLUMNS_OF_TABLE_3)], *quoted, *ours]


PANELS = {
    **{row_of(CLUSTERING_AAE, count): f"clusters_{count}" for count in CLUSTER_COUNTS},
    "codes": "aae_codes",
}
ARTEFACT = Artefact(
    "Table 3: error of clusters that were found without labels",
    PANELS,
    measure={**dict.fromkeys(PANELS, measure_clusters), "codes": measure_baselines},
    paper={
        ("clusters_16", "test_error_percent"): 9.55,
        ("clusters_30", "test_error_percent"): 4.10,
    },
    table=table_3,
)
