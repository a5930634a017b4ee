"""The commands `status` and `reproduce --all`: what stands how, and nothing made twice."""

import json
import sys

import pytest

from aae_course.experiments import registry
from aae_course.experiments.registry import ARTEFACTS


@pytest.fixture
def two(monkeypatch):
    """Only Figures 1 and 3, which need no training.

    The commands import the dictionary when they are called, so another one may stand in its place;
    to take names out of this one would leave it in another order for the tests that follow.
    """
    some = {name: ARTEFACTS[name] for name in ("fig1", "fig3")}
    monkeypatch.setattr(registry, "ARTEFACTS", some)


@pytest.mark.usefixtures("two")
def test_all_is_made_once(aae_course, tmp_path):
    words = ["reproduce", "--all", "--scale", "smoke", "--out", str(tmp_path)]
    assert "2 of 2 figures and tables to make" in aae_course(*words, "--dry-run").stderr
    assert not (tmp_path / "fig1.json").exists()
    first = aae_course(*words)
    assert first.returncode == 0 and "fig3, 2 of 2" in first.stderr
    again = aae_course(*words)
    assert again.returncode == 0 and again.stdout == ""
    assert "all figures and tables are current" in again.stderr


@pytest.mark.usefixtures("two")
def test_what_is_current_is_not_asked_for_by_another_state(aae_course, tmp_path):
    words = ["reproduce", "--all", "--scale", "smoke", "--out", str(tmp_path)]
    shown = aae_course(*words, "--only", "stale", "--dry-run")
    assert "none of 2 figures and tables is stale" in shown.stderr and not shown.stdout


@pytest.mark.usefixtures("two")
def test_a_second_call_compares_nothing_and_imports_nothing(aae_course, tmp_path, monkeypatch):
    words = ["reproduce", "--all", "--scale", "smoke", "--out", str(tmp_path)]
    assert aae_course(*words).returncode == 0
    monkeypatch.setitem(sys.modules, "aae_course.experiments.everything", None)
    assert aae_course(*words).returncode == 0
    assert "Error" in aae_course(*words, "--seeds", "2").stderr  # which is another question


@pytest.mark.usefixtures("two")
def test_status_says_what_stands_how(aae_course, tmp_path):
    words = ["--scale", "smoke", "--out", str(tmp_path)]
    aae_course("reproduce", "fig1", *words)
    shown = aae_course("status", *words)
    assert shown.returncode == 0
    lines = [line for line in shown.stdout.splitlines() if "fig" in line]
    assert "current" in lines[0] and "missing: not made yet" in lines[1]
    rows = json.loads(aae_course("status", "--json", *words).stdout)
    assert [(row["name"], row["state"]) for row in rows] == [
        ("fig1", "current"),
        ("fig3", "missing"),
    ]
    assert f"smoke scale, 1 seed, cpu, {rows[0]['made_at'][:10]}, " in lines[0]
    assert rows[0]["seeds"] == [0] and rows[1]["seeds"] is None


def test_numbers_stand_beside_the_paper_s(aae_course, tmp_path):
    entry = {"mean": 2.5, "std": None, "per_seed": [2.5], "paper": 1.9}
    numbers = {"a.test_error_percent": entry, "b.other": {**entry, "paper": None}}
    written = {"metrics": numbers, "scale": "smoke", "seeds": [0]}
    (tmp_path / "table2.json").write_text(json.dumps(written))
    (tmp_path / "table2.png").touch()
    shown = aae_course("status", "--json", "--scale", "smoke", "--out", str(tmp_path))
    (row,) = [row for row in json.loads(shown.stdout) if row["name"] == "table2"]
    assert row["state"] == "stale" and row["numbers"].keys() == {"a.test_error_percent"}
    assert row["numbers"]["a.test_error_percent"]["as_good_as_paper"] is False
    shown = aae_course("status", "--scale", "smoke", "--out", str(tmp_path))
    assert "a.test error percent 2.5 (paper 1.9)" in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name figures and tables, or say --all"),
        (["fig1", "--all"], "name figures and tables, or say --all"),
        (["fig1", "--dry-run"], "--only and --dry-run go with --all"),
        (["--all", "--only", "mising"], "unknown standing 'mising', did you mean 'missing'?"),
    ],
)
def test_what_makes_no_sense_together_is_told(aae_course, words, said):
    shown = aae_course("reproduce", *words)
    assert shown.returncode == 2 and said in shown.stderr and shown.stderr.count("\n") == 1
