"""The record of the benchmark, its tables, and the page that quotes it."""

import json
from pathlib import Path

import pytest
import torch

from aae_course.cli.benchmark import report

CPU = torch.device("cpu")
DOCS = Path(__file__).parents[3] / "docs" / "speed.md"
RECORDS = Path(__file__).parents[3] / "figures"
RECORD = RECORDS / "bench.json"


@pytest.fixture
def found(tiny):
    pytest.importorskip("pythae")
    return report.bench(CPU, ["fp32"], 2, 50, 2, "pythae", "aae-course bench")


def test_the_record_holds_every_case_and_the_peer(found, tmp_path):
    first, replicas, batch, *with_views = found["cases"]
    assert (first["replicas"], replicas["replicas"], batch["batch_size"]) == (1, 2, 50)
    assert [case["model"] for case in with_views] == ["invariant_clusters_16", "invariant_100"]
    for case in found["cases"]:
        assert case["images_per_second"] > 0 and 0 < case["loader_share"] < 1
        low, _, high = case["images_per_second_quartiles"]
        assert low <= high
    (ours,) = found["peer"]["ours"].values()  # of the AAE, which the peer has too
    assert ours["times_its_network_updates_per_second"] == pytest.approx(
        4 / 3 * ours["times_its_images_per_second"]
    )
    written = json.loads(report.write(found, tmp_path).read_text())
    assert written == found
    assert {"device", "versions", "commit", "command"} <= set(written)


def test_the_tables_show_every_case(found):
    shown = [table.row_count for table in report.tables(found)]
    assert shown == [5, 3, 1, 10, 14, 20]  # cases, FLOP, peer, profiles


def test_the_page_shows_the_numbers_of_the_record():
    lines = report.markdown(json.loads(RECORD.read_text()))
    page = page_lines()
    assert [line for line in lines if line not in page] == []


def test_the_page_s_prose_quotes_the_record():
    found = json.loads(RECORD.read_text())
    fp32, bf16 = (
        next(case for case in found["cases"] if case["precision"] == precision)
        for precision in ("fp32", "bf16")
    )
    times = bf16["images_per_second"] / fp32["images_per_second"]
    parts = found["profiles"][0]["parts"]
    whole = sum(part["milliseconds"] for part in parts)
    stepping = sum(p["milliseconds"] for p in parts if p["part"] == "optimiser") / whole
    page = " ".join(page_lines())
    assert f"it is {times:.2f} times" in page
    assert f"the optimisers ({100 * stepping:.0f} % of the step" in page
    assert f"here at {found['peer']['images_per_second']:,.0f} images/s" in page


def test_the_page_compares_both_precisions_as_their_records_do():
    fp32, bf16 = (
        json.loads((RECORDS / name).read_text())["metrics"]
        for name in ("fig2_fp32.json", "fig2_bf16.json")
    )
    digits = {"prior_two_sample_accuracy": 3, "held_out_half_squared_error": 2}
    for key in fp32:
        panel, metric = key.split(".")
        if metric in digits:
            cells = [
                f"{m[key]['mean']:.{digits[metric]}f} ± {m[key]['std']:.{digits[metric]}f}"
                for m in (fp32, bf16)
            ]
            assert any(
                line.startswith(f"| {panel} |") and line.endswith(f"| {cells[0]} | {cells[1]} |")
                for line in page_lines()
            ), key


def page_lines():
    return DOCS.read_text().splitlines()
