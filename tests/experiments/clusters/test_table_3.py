"""Table 3: its rows, what it leaves blank, and the paper's numbers."""

from made_clusters import as_trained, built

from aae_course.experiments.clusters import baselines as clustering_baselines
from aae_course.experiments.clusters.table_3 import METHODS_OF_TABLE_3, measure_sorted, table_3
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
        "invariant_clusters_16.test_error_percent": entry(3.0, 0.5),
    }
    table = table_3(Metrics(measured))
    assert table.heading[2:4] == ["paper's naming, error %", "majority naming, error %"]
    assert all(len(row) == len(table.heading) for row in table.rows)
    assert [row[:3] for row in table.blocks["the paper"]] == [
        ["CatGAN", "20", "9.70"],
        ["AAE", "16", "9.55 ± 2.05"],
        ["AAE", "30", "4.10 ± 1.13"],
    ]
    numbers, ours = clustering_baselines.CLUSTER_COUNTS, table.blocks["ours"]
    assert len(ours) == len(METHODS_OF_TABLE_3) * len(numbers)
    ten, sixteen, thirty = ours[-3:]
    assert ten == ["clustering AAE", "10", "", "", "20.00 ± 1.50", "", "", ""]
    assert sixteen[2:] == ["24.12", "", "", "", "", "15.7 ± 0.6"]
    assert thirty[2:] == [""] * 6
    with_views = table.blocks["ours, with one demand more"]
    assert [row[1] for row in with_views] == ["10", "16", "30"]
    assert with_views[1][:3] == ["clustering AAE with views", "16", "3.00 ± 0.50"]


def test_matching_is_shown_where_there_are_as_many_clusters_as_labels():
    measured = {f"clusters_{k}.matching_error_percent": entry(30.0) for k in (10, 16)}
    ten, sixteen, _ = table_3(Metrics(measured)).blocks["ours"][-3:]
    assert "30.00" in ten and "30.00" not in sixteen


def test_what_is_over_fewer_images_is_marked():
    table = table_3(Metrics({}))
    marked = {row[0] for row in table.rows if row[0].endswith("†")}
    assert marked == {"spectral clustering of pixels †"}
    assert table.notes[0].startswith("† Over the first 2,000 test images")
    same = {f"clusters_10.{clustering_baselines.ON_THE_SAME_IMAGES}": entry(20.0)}
    assert table_3(Metrics(same)).notes[0].startswith("† Over 2,000 test images at random")


def test_a_clustering_model_is_scored_on_the_images_of_spectral_clustering_too():
    found = measure_sorted(as_trained([built(), built()]))
    assert len(found[clustering_baselines.ON_THE_SAME_IMAGES]) == 2
    assert "clusters_alive" in found


def test_the_papers_numbers_stand_beside_panels_of_figure_9_and_table_3():
    figure, table = ARTEFACTS["fig9"], ARTEFACTS["table3"]
    for artefact in (figure, table):
        assert {row for row, _ in artefact.paper} <= set(artefact.panels)
    assert figure.paper.items() <= table.paper.items()
    quoted = {row[1]: row[2] for row in table_3(Metrics({})).blocks["the paper"] if row[0] == "AAE"}
    for (row, _), error in table.paper.items():
        assert float(quoted[row.removeprefix("clusters_")].split()[0]) == error
