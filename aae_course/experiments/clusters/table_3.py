"""Table 3: error of clusters that were made without labels, beside classic methods.

The command is ``aae-course reproduce table3``.
"""

from __future__ import annotations

from collections.abc import Mapping

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.clusters.baselines import (
    CLUSTER_COUNTS,
    ON_THE_SAME_IMAGES,
    TOGETHER,
    measure_baselines,
    scored_twice,
)
from aae_course.experiments.numbers import Metrics, Number, by_name, seeds_in_words
from aae_course.experiments.trained import Trained
from aae_course.metrics.clustering import clustered
from aae_course.pictures.tables import Column, Table, heading_of, quoted_rows, table_rows

CLUSTERING_AAE = "clusters"
INVARIANT = "invariant_clusters"
COLUMNS_OF_TABLE_3 = [
    Column("test_error_percent", "paper's naming, error %", form=".2f"),
    Column("majority_error_percent", "majority naming, error %", form=".2f"),
    Column("matching_error_percent", "matching, error %", form=".2f"),
    Column("normalised_mutual_information", "NMI", more_is_better=True, form=".2f"),
    Column("adjusted_rand_index", "ARI", more_is_better=True, form=".2f"),
    Column("clusters_alive", "alive", more_is_better=True, form=".1f"),
]
# Of the paper's Table 3, with the number of clusters.
QUOTED_ROWS = {
    ("CatGAN", "20"): {"test_error_percent": "9.70"},
    ("AAE", "16"): {"test_error_percent": "9.55 ± 2.05"},
    ("AAE", "30"): {"test_error_percent": "4.10 ± 1.13"},
}
SPECTRAL = "spectral_pixels"
METHODS_OF_TABLE_3 = {
    "kmeans_pixels": "k-means on pixels",
    SPECTRAL: "spectral clustering of pixels",
    "kmeans_codes": "k-means on codes of an AAE",
    "mixture_codes": "Gaussian mixture on these codes",
    CLUSTERING_AAE: "clustering AAE",
}
WITH_VIEWS = {INVARIANT: "clustering AAE with views"}


def row_of(method: str, count: int) -> str:
    """Row of the metrics: a method with so many clusters."""
    return f"{method}_{count}"


NOTE = (
    f"† Over {TOGETHER:,} test images at random, other ones for each seed, since it takes no new "
    "ones. The record has the error by majority of every method on the same images."
)
FORMER_NOTE = (
    f"† Over the first {TOGETHER:,} test images, since it takes no new ones: not to be compared "
    "with the other rows."
)
VIEWS_NOTE = (
    "With views: two distortions of an image must get the same category, and the encoder has "
    "convolutions. The paper's method has neither."
)


def has_same_images(metrics: Metrics) -> bool:
    """Whether the record has errors on the images of spectral clustering; former ones do not."""
    aae = row_of(CLUSTERING_AAE, CLUSTER_COUNTS[0])
    return metrics.of(aae, ON_THE_SAME_IMAGES).mean is not None


def table_3(metrics: Metrics) -> Table:
    """A row for each method and number of clusters, mean and spread over seeds, in blocks."""

    def number_of(row: tuple[str, int], column: str) -> Number:
        _, count = row
        # One matching of labels and clusters is fair only where there are as many of both.
        if column == "matching_error_percent" and count != 10:
            return Number()
        return metrics.of(row_of(*row), column)

    def ours(methods: Mapping[str, str]) -> list[list[str]]:
        starts = {
            (method, count): [f"{title} †" if method == SPECTRAL else title, str(count)]
            for method, title in methods.items()
            for count in CLUSTER_COUNTS
        }
        return table_rows(starts, COLUMNS_OF_TABLE_3, number_of)

    return Table(
        ["", "clusters", *heading_of(COLUMNS_OF_TABLE_3)],
        {
            "the paper": quoted_rows(QUOTED_ROWS, COLUMNS_OF_TABLE_3),
            "ours": ours(METHODS_OF_TABLE_3),
            "ours, with one demand more": ours(WITH_VIEWS),
        },
        [
            NOTE if has_same_images(metrics) else FORMER_NOTE,
            VIEWS_NOTE,
            seeds_in_words(metrics, "majority_error_percent"),
        ],
    )


def measure_sorted(trained: Trained) -> dict[str, list[float]]:
    """Every measure of every seed's model, and its error on the images of spectral clustering."""
    validation, test = trained.data.validation, trained.measured
    pairs = zip(trained.models, trained.seeds, strict=True)
    return by_name(
        [scored_twice(clustered(m, validation), clustered(m, test), seed) for m, seed in pairs]
    )


PANELS = {
    **{row: row for row in (row_of(INVARIANT, count) for count in (16, 10, 30))},
    **{row_of(CLUSTERING_AAE, count): f"clusters_{count}" for count in CLUSTER_COUNTS},
    "codes": "aae_codes",
}
ARTEFACT = Artefact(
    "Table 3: error of clusters that were found without labels",
    PANELS,
    measure={**dict.fromkeys(PANELS, measure_sorted), "codes": measure_baselines},
    paper={
        ("clusters_16", "test_error_percent"): 9.55,
        ("clusters_30", "test_error_percent"): 4.10,
    },
    table=table_3,
)
