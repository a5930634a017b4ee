"""Table 2: methods that have few labels, its rows, and panels of absent data."""

import json
from dataclasses import replace

import torch
from sklearn.datasets import make_blobs

from aae_course.data.dataset import Split
from aae_course.experiments.labels import table_2 as semi_supervised
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.reproduce import reproduce
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.metrics import Labelled
from aae_course.training.history import History


def test_classic_methods_get_the_labelled_subset_alone():
    """Ten far blobs as codes: a hundred labels are enough for each of the methods."""
    z, y = make_blobs(3000, 4, centers=10, cluster_std=0.1, random_state=0)
    z, y = torch.from_numpy(z).float(), torch.from_numpy(y).long()

    class Blobs:
        classes = 10
        train, test = Split(z, y, True).part(slice(2500)), Split(z, y, True).part(slice(2500, None))

    class Identity:
        def encode(self, x, y=None):
            return 255 * x

    trained = Trained(None, Blobs, (0,), [Identity()], History())
    found = semi_supervised.measure_codes_with_labels(trained)
    assert set(found) == {
        (f"{method}_codes_{n}", "test_error_percent")
        for method in ("nearest", "logistic", "spreading")
        for n in (100, 1000)
    }
    assert all(values[0] < 1 for values in found.values())
    known = semi_supervised.hidden_labels(Labelled(z[:2500], y[:2500]), torch.tensor([4, 9]))
    assert known.y.tolist() == [*y[[4, 9]], *[-1] * 2498]
    assert semi_supervised.measure_codes_with_labels(replace(trained, final=False)) == {}


def entry(mean, std=None, why=None):
    return {"mean": mean, "std": std, "per_seed": [], "paper": None} | ({"why": why} if why else {})


def test_table_2_has_ours_below_the_paper_s():
    metrics = {
        "mnist_100.test_error_percent": entry(7.123, 0.456),
        "network_all.test_error_percent": entry(1.5),
        "svhn_1000.test_error_percent": entry(None, why="SVHN is not in the data folder"),
        "nearest_codes_100.test_error_percent": entry(20.0, 1.0),
        "invariant_1000.test_error_percent": entry(0.95, 0.05),
    }
    table = semi_supervised.table_2(Metrics(metrics))
    assert list(table.blocks) == ["the paper", "ours", "ours, with one demand more"]
    assert table.rows[-1] == ["AAE with views", "", "0.95 ± 0.05", "", ""]
    papers, ours, _ = ({row[0]: row[1:] for row in block} for block in table.blocks.values())
    assert ours["AAE"] == ["7.12 ± 0.46", "", "", "not run"]
    assert ours["encoder on the labels only"] == ["", "", "1.50", ""]
    assert ours["5 nearest codes of an AAE without labels"][0] == "20.00 ± 1.00"
    assert papers["AAE"] == ["1.90 ± 0.10", "1.60 ± 0.08", "0.85 ± 0.02", "17.70 ± 0.30"]
    assert papers["ADGM"] == ["0.96 ± 0.02", "", "", "16.61 ± 0.24"]
    assert {len(row) for row in table.rows} == {len(table.heading)}
    for (row, _), error in semi_supervised.ARTEFACT.paper.items():
        if row in (names := [column.name for column in semi_supervised.COLUMNS_OF_TABLE_2]):
            assert float(papers["AAE"][names.index(row)].split()[0]) == error


def test_panels_of_absent_data_are_null_with_a_reason(quick, tmp_path, monkeypatch):
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "empty"))
    table = ARTEFACTS["table2"]
    two = replace(table, panels={each: table.panels[each] for each in ("mnist_100", "svhn_1000")})
    order = Request("table2", "smoke", None, (0, 1), (torch.device("cpu"),), tmp_path, "test")
    _, record = reproduce(two, order, print)
    metrics = json.loads(record.read_text())["metrics"]
    absent = metrics["svhn_1000.test_error_percent"]
    assert absent["mean"] is None and "SVHN is not in the data folder" in absent["why"]
    assert absent["paper"] == 17.70
    assert len(metrics["mnist_100.test_error_percent"]["per_seed"]) == 2
    assert "not run" in (tmp_path / "table2.md").read_text()
