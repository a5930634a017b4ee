"""The table of docs/speed.md comes from the records, and its times from their histories."""

import json
import shutil
from pathlib import Path

import pytest

from aae_course.experiments import recipes
from aae_course.experiments.dashboard import BLOCK, filled, write_dashboard
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.time_to_quality import (
    ERROR,
    ROWS,
    epoch_seconds,
    epochs_until,
    time_to_quality,
    time_until,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "speed.md"


def record_of(recipe, curves, blocks, seconds, threads=1):
    """A record of one recipe, from the errors of its seeds after each epoch and its blocks."""
    sittings = [{"seeds": block, "device": "cpu", "threads": threads} for block in blocks]
    epochs = len(curves[0])
    return {
        "recipes": {recipe: {"training": {"epochs": epochs, "precision": "fp32"}}},
        "trained_at": {recipe: sittings},
        "training_seconds": {recipe: seconds},
        "evaluations": {recipe: history(curves)},
    }


def history(curves):
    return [
        {"epoch": epoch, ERROR: list(errors)}
        for epoch, errors in enumerate(zip(*curves, strict=True), 1)
    ]


def cells(page, task, method):
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {task} | {method}")]
    return [cell.strip() for cell in line.strip("|").split("|")][2:]


def test_the_committed_page_is_what_the_records_say():
    page = PAGE.read_text(encoding="utf-8")
    assert "time_to_quality" in [block[2] for block in BLOCK.finditer(page)]
    assert page == filled(page, ARTEFACTS, ROOT / "figures"), (
        "write it again with aae-course dashboard --out figures"
    )


def test_the_dashboard_writes_the_page(tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "docs").mkdir()
    shutil.copy(PAGE, tmp_path / "docs")
    record = record_of("invariant_100", [[8.0, 4.0]], [[0]], 60.0)
    told = {"metrics": {}, "scale": "course", "seeds": [0], "wall_seconds": 60.0}
    text = json.dumps({**record, **told})
    (tmp_path / "figures" / "hundred_labels.json").write_text(text, encoding="utf-8")
    copy = tmp_path / "docs" / "speed.md"
    assert copy in write_dashboard(ARTEFACTS, tmp_path / "figures")
    assert cells(copy.read_text(encoding="utf-8"), "100 labels", "ours")[1] == "52 s, 1 of 1 seeds"


def test_its_rows_are_recipes_of_their_records_and_those_that_watch_tell_the_error():
    for _, _, artefact, recipe in ROWS:
        assert recipe in ARTEFACTS[artefact].panels.values()
        watch = recipes.get(recipe, "course").evaluate
        assert watch is None or watch.__name__ in ("validation_error", "validation_clusters")


def test_where_nothing_was_watched_nothing_is_told():
    bare = {"hundred_labels": {"metrics": {}}, "table3": None}
    assert cells(time_to_quality(bare), "100 labels", "ours")[:4] == ["not measured"] * 4
    assert cells(time_to_quality(bare), "16 clusters", "ours")[:3] == ["not measured"] * 2 + [""]


def test_a_row_has_times_the_epoch_and_what_trained_it():
    record = record_of("invariant_100", [[8.0, 4.0, 1.95], [12.0, 6.0, 4.0]], [[0, 1]], 60, 2)
    assert cells(time_to_quality({"hundred_labels": record}), "100 labels", "ours") == [
        "≤ 12 s, 2 of 2 seeds",  # after 1 epoch at most, and 4/3, of 10 s each
        "21 s, 2 of 2 seeds",  # 7/4 and 5/2
        "30 s, 1 of 2 seeds",  # 2 + 2/2.05
        "not reached within 3 epochs",
        "10.0 s",
        "cpu, 2 threads, fp32",
    ]


@pytest.mark.parametrize(
    ("error", "epochs"), [(5.0, 2.25), (7.0, 1.5), (6.0, 2), (8.0, 1), (9.0, 1), (1.0, None)]
)
def test_between_two_epochs_the_error_falls_in_a_straight_line(error, epochs):
    assert epochs_until(error, [1, 2, 3], [8.0, 6.0, 2.0]) == epochs


def test_the_first_time_counts_and_epochs_that_were_not_watched_are_crossed():
    assert epochs_until(5.0, [1, 2, 3], [6.0, 4.0, 9.0]) == 1.5
    assert epochs_until(5.0, [2, 6], [6.0, 4.0]) == 4


def test_seeds_that_do_not_get_there_are_counted_and_not_averaged():
    assert time_until(5.0, history([[6.0, 4.0], [9.0, 8.0]]), 10.0) == "15 s, 1 of 2 seeds"


@pytest.mark.parametrize(
    ("blocks", "seconds"), [([[0], [1], [2]], 20.0), ([[0, 1, 2]], 20 / 3), ([[0, 1], [2]], 10.0)]
)
def test_the_seeds_of_a_block_share_its_time(blocks, seconds):
    record = record_of("x", [[9.0] * 3] * 3, blocks, 60)
    assert epoch_seconds(record, "x") == pytest.approx(seconds)
