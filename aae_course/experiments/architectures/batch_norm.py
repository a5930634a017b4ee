"""Where batch norm stands, and what comes of it; not in the paper.

The command is ``aae-course reproduce batch_norm``. The table has a row for each place.
"""

from __future__ import annotations

from aae_course.experiments.architectures.failures import table_with_failures
from aae_course.experiments.architectures.measure import measures
from aae_course.experiments.architectures.recipes import BATCH_NORM_RECIPES
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import Metrics, seeds_in_words
from aae_course.pictures.tables import Column, Table

COLUMNS_OF_PLACES = [
    Column("semi_supervised_error_percent", "1000 labels, error %", form=".1f"),
    Column("clustering_error_percent", "16 clusters, error %", form=".1f"),
    Column("normalised_mutual_information", "NMI of clusters", more_is_better=True, form=".2f"),
    Column("clusters_alive", "clusters alive, of 16", more_is_better=True, form=".1f"),
]
PLACE_TITLES = {
    "norm_none": "nowhere",
    "norm_decoder": "hidden layers of the decoder",
    "norm_hidden": "hidden layers of encoder and decoder",
    "norm_encoder": "all layers of the encoder",
    "norm_all": "all layers of encoder and decoder",
    "norm_encoder_discriminators": "all of the encoder, and the discriminators",
}


def table_batch_norm(metrics: Metrics) -> Table:
    """A row for each place of batch norm."""
    starts = {row: [title] for row, title in PLACE_TITLES.items()}
    notes = [seeds_in_words(metrics, COLUMNS_OF_PLACES[0].name)]
    return table_with_failures(metrics, ["batch norm"], starts, COLUMNS_OF_PLACES, notes)


MEASURE_OF_PANEL = measures(BATCH_NORM_RECIPES)
ARTEFACT = Artefact(
    "Where batch norm stands, and what comes of it (not in the paper)",
    {panel: panel for panel in MEASURE_OF_PANEL},
    measure=MEASURE_OF_PANEL,
    table=table_batch_norm,
)
