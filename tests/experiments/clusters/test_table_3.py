"""Table 3: its rows, what it leaves blank, and the paper's numbers."""

from aae_course.experiments.clusters import baselines as clustering_baselines
from aae_course.experiments.clusters.table_3 import METHODS_OF_TABLE_3, QUOTED_ROWS, table_3
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.registry import ARTEFACTS


def entry(mean, std=None):
    return {"mean": mean, "std": std, "per_seed": [mean], "paper": None}


def test_table_3_has_a_row_for_each_method_and_number():
    measured = {
        "clusters_10.matching_error_percent": entry(20.0, 1.5),
        "clusters_16.matching_error_percent": entry(40.0),
        "clusters_16.test_error_percent": entry(24.123),
        "clusters_16.clusters_alive": entry(15.66, 0.58),
    }
    heading, *rows = table_3(Metrics(measured))
    assert heading[2:4] == ["paper's naming, error %", "majority naming, error %"]
    assert all(len(row) == len(heading) for row in rows)
    assert [row[:3] for row in rows[: len(QUOTED_ROWS)]] == [
        ["CatGAN (paper)", "20", "9.70"],
        ["AAE (paper)", "16", "9.55 ± 2.05"],
        ["AAE, more clusters (paper)", "30", "4.10 ± 1.13"],
    ]
    numbers = clustering_baselines.CLUSTER_COUNTS
    assert len(rows) == len(QUOTED_ROWS) + len(METHODS_OF_TABLE_3) * len(numbers)
    ten, sixteen, thirty = rows[-3:]
    assert ten == ["clustering AAE (ours)", "10", "", "", "20.00 ± 1.50", "", "", ""]
    assert sixteen[2:] == ["24.12", "", "", "", "", "15.7 ± 0.6"]
    assert thirty[2:] == [""] * 6


def test_matching_is_shown_where_there_are_as_many_clusters_as_labels():
    measured = {f"clusters_{k}.matching_error_percent": entry(30.0) for k in (10, 16)}
    ten, sixteen, _ = table_3(Metrics(measured))[-3:]
    assert "30.00" in ten and "30.00" not in sixteen


def test_the_papers_numbers_stand_beside_panels_of_figure_9_and_table_3():
    figure, table = ARTEFACTS["fig9"], ARTEFACTS["table3"]
    for artefact in (figure, table):
        assert {row for row, _ in artefact.paper} <= set(artefact.panels)
    assert figure.paper.items() <= table.paper.items()
