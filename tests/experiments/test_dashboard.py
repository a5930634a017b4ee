"""The page on how every figure and table stands is made of the records, and of nothing else."""

import json
import shutil
from pathlib import Path

import pytest

from aae_course.experiments import recipes
from aae_course.experiments.dashboard import cells, dashboard, write_dashboard
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.standing import comparable, json_of, read

FIGURES = Path(__file__).parents[2] / "figures"


def test_the_committed_page_is_what_the_records_say():
    page = (FIGURES / "README.md").read_text(encoding="utf-8")
    assert page == dashboard(ARTEFACTS, FIGURES), "write it again with aae-course dashboard"


@pytest.fixture
def copy(tmp_path):
    for path in FIGURES.glob("*.json"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_a_number_that_is_edited_shows(copy):
    before = dashboard(ARTEFACTS, copy)
    path = copy / "table2.json"
    record = json.loads(path.read_text())
    record["metrics"]["mnist_100.test_error_percent"]["mean"] = 1.89
    path.write_text(json.dumps(record))
    written = write_dashboard(ARTEFACTS, copy).read_text(encoding="utf-8")
    assert written != before
    (line,) = [line for line in written.splitlines() if "mnist 100.test error percent" in line]
    assert "| 1.89 ± " in line and "| 1.9 | ✓ |" in line


def test_what_was_not_made_says_how(tmp_path):
    page = dashboard(ARTEFACTS, tmp_path)
    assert page.count("not made") == len(ARTEFACTS)
    assert "`aae-course reproduce table3`" in page


@pytest.mark.parametrize(
    ("key", "mean", "paper", "mark"),
    [
        ("a.test_error_percent", 1.9, 1.9, "✓"),
        ("a.test_error_percent", 1.91, 1.9, ""),
        ("a.parzen_nats", 341.0, 340, "✓"),
        ("a.parzen_nats", 339.0, 340, ""),
    ],
)
def test_as_good_as_the_paper_depends_on_the_measure(key, mean, paper, mark):
    assert cells(key, {"mean": mean, "std": None, "paper": paper})[-1] == mark


def test_a_number_without_a_mean_says_why():
    entry = {"mean": None, "std": None, "paper": 2252, "why": "TFD is not here"}
    assert cells("tfd.parzen_nats", entry) == [
        "tfd.parzen nats",
        "not run: TFD is not here",
        "2252",
        "",
    ]


@pytest.mark.parametrize("name", ARTEFACTS)
def test_recipes_are_those_of_the_record(name):
    """A recipe that has changed since makes the committed numbers those of another."""
    record = read(FIGURES / f"{name}.json")
    for recipe, settings in (record or {}).get("recipes", {}).items():
        now = json_of(recipes.get(recipe, record["scale"]).as_data())
        assert comparable(settings) == comparable(now), recipe


def test_a_number_of_fewer_test_images_is_not_compared():
    page = dashboard(ARTEFACTS, FIGURES)
    (line,) = [line for line in page.splitlines() if "mnist 10m.parzen nats" in line]
    images = read(FIGURES / "table1.json")["metrics"]["mnist_10m.test_images"]["mean"]
    assert (f"† of {images:,.0f} test images" in line) == (images < 10_000)
