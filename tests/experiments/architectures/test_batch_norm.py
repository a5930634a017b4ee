"""The table of places of batch norm."""

from aae_course.experiments.architectures import batch_norm
from aae_course.experiments.architectures.recipes import PLACES
from aae_course.experiments.numbers import Metrics, summarise


def test_the_table_of_batch_norm_has_a_row_for_each_place():
    metrics = {
        f"norm_{place}.{column.name}": summarise([float(n), n + 0.01], None)
        for n, place in enumerate(PLACES)
        for column in batch_norm.COLUMNS_OF_PLACES
    }
    rows = batch_norm.table_batch_norm(Metrics(metrics)).rows
    assert len(rows) == len(PLACES)
    assert rows[0][1].startswith("**") and rows[-1][4].startswith("**")
    assert not rows[0][4].startswith("**") and rows[0][-1] == "–"  # nobody counted failures
