"""Epochs and hours of the recipes, with the CPU in place of a GPU."""

import time
from types import SimpleNamespace

import pytest
import torch

from aae_course.cli.gpu_check import epochs as module
from aae_course.cli.gpu_check.epochs import epochs, memory
from aae_course.cli.gpu_check.turns import Turns
from aae_course.data import downloads
from aae_course.experiments import recipes
from aae_course.experiments.registry import ARTEFACTS

CPU = torch.device("cpu")
PANELS = {"a": "perceptrons_generation", "b": "labels_alone_100", "c": "semi_supervised_svhn"}


@pytest.fixture
def some(monkeypatch, tmp_path):
    """Two artefacts that share a recipe; the data of an optional panel are not here."""
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path))
    module.needs_of.cache_clear()
    first = SimpleNamespace(panels=PANELS, optional={"c": ()})
    return {"first": first, "second": SimpleNamespace(panels={"x": PANELS["b"]}, optional={})}


def in_no_time(names, measure, until, what):
    """As `in_turn`, but all have their turn, with no time in it."""
    return Turns({name: measure(name, until) for name in names})


def test_the_hours_are_those_of_all_epochs_of_each_recipe_once(some, monkeypatch):
    monkeypatch.setattr(module, "pace", lambda run, most, until: (0.5, most))
    monkeypatch.setattr(module, "evaluation", lambda recipe_run, run: 0.25)
    measured = {}
    part = epochs(CPU, measured, time.monotonic() + 60, "smoke", some)
    assert part["recipes"] == measured and set(measured) == {PANELS["a"], PANELS["b"]}
    steps = 1297 // 50  # of digits, in minibatches of 50
    by_hand = {name: (0.5 * steps + 0.25) * each["epochs"] for name, each in measured.items()}
    for name, each in measured.items():
        assert each["epochs"] == recipes.get(name, "smoke").training.epochs
    assert part["hours"] == pytest.approx(sum(by_hand.values()) / 3600)
    assert part["data_not_here"] == ["semi_supervised_svhn"] and part["good"]
    assert "data not here for semi_supervised_svhn" in part["found"]
    assert "measuring and drawing come on top" in part["found"]


def test_a_recipe_is_timed_with_ten_replicas_and_its_evaluation(some, monkeypatch):
    monkeypatch.setattr(module, "in_turn", in_no_time)
    part = epochs(CPU, {}, 0.0, "smoke", some)
    each = part["recipes"][PANELS["a"]]
    assert each["steps_timed"] == 10 and each["predicted_memory_bytes"] > 0
    assert each["seconds_per_epoch"] > each["seconds_per_step"] * (1297 // 50) > 0
    assert part["good"] is not False, part["found"]


def test_a_recipe_that_fails_leaves_the_others_their_turn(some, monkeypatch):
    def pace(run, most, until):
        if len(run.model.phases) > 1:
            raise RuntimeError("CUDA error: out of memory")
        return 0.5, most

    monkeypatch.setattr(module, "pace", pace)
    part = epochs(CPU, {}, time.monotonic() + 60, "smoke", some)
    assert part["good"] is False and list(part["recipes"]) == [PANELS["b"]]
    assert part["failed"] == {PANELS["a"]: "RuntimeError: CUDA error: out of memory"}


def test_without_time_every_recipe_is_named_the_longest_first(some):
    part = epochs(CPU, {}, time.monotonic() - 1, "smoke", some)
    assert part["good"] is None and part["hours"] == 0
    assert part["not_measured"] == [PANELS["b"], PANELS["a"]]


def test_data_that_every_run_needs_and_nobody_has_are_told(some, monkeypatch):
    def fail(file):
        raise ConnectionError("no network")

    monkeypatch.setattr(downloads, "_from_mirrors", fail)
    with pytest.raises(downloads.DataError, match="MNIST"):
        epochs(CPU, {}, time.monotonic() + 1, "course", some)


def test_the_recipes_of_the_paper_are_counted_once(some, monkeypatch):
    monkeypatch.setattr(module, "recipes_of", lambda each, request: each.panels.values())
    here, absent = module.recipes(ARTEFACTS, None)
    every = [name for each in ARTEFACTS.values() for name in each.panels.values()]
    assert sorted(here) == sorted(set(every)) and not absent and len(here) < len(every)


def test_memory_beyond_what_was_foreseen_is_told():
    row = {"memory_bytes": 4e9, "predicted_memory_bytes": 5e9}
    part = memory({"a": row, "b": {"memory_bytes": 3e9, "predicted_memory_bytes": 1e9}}, 0)
    assert part["good"] is False and part["failed"] == {"b": "took 3.00 GB, foreseen were 1.00"}
    assert part["found"].startswith("at most 4.00 GB, of a; foreseen were 5.00 GB; failed: b")
    assert memory({"a": row}, 0)["good"] and memory({}, 0)["good"] is None
