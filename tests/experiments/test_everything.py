"""What is still to be made: all that is not current, the cheapest first, and for how long."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.estimate import (
    estimate,
    flop_per_weight,
    left_of,
    needs_of,
    recipes_of,
)
from aae_course.experiments.everything import seconds_left, still_to_make
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.reproduce import reproduce
from aae_course.experiments.request import Request

SOME = {name: ARTEFACTS[name] for name in ("fig2", "fig1", "fig5")}


@pytest.fixture
def order(tmp_path):
    return Request("", "smoke", None, (0,), (torch.device("cpu"),), tmp_path, "aae-course")


def names(waiting):
    return [each.name for each in waiting]


def test_the_cheapest_comes_first(order):
    waiting = still_to_make(SOME, order, None, force=False)
    assert names(waiting) == ["fig1", "fig5", "fig2"]
    assert {each.standing.state for each in waiting} == {"missing"}
    assert names(still_to_make(SOME, order, "stale", force=False)) == []


def test_what_is_current_does_not_wait_unless_it_is_forced(order):
    reproduce(ARTEFACTS["fig1"], replace(order, name="fig1"), print)
    assert names(still_to_make(SOME, order, None, force=False)) == ["fig5", "fig2"]
    assert names(still_to_make(SOME, order, None, force=True)) == ["fig1", "fig5", "fig2"]


def test_more_seeds_and_longer_runs_need_more(order):
    one = estimate(ARTEFACTS["fig2"], replace(order, name="fig2"))
    three = estimate(ARTEFACTS["fig2"], replace(order, name="fig2", seeds=(0, 1, 2)))
    assert three.seconds > 2 * one.seconds and not three.recorded
    assert (three.memory, three.disk) == (3 * one.memory, 3 * one.disk)


def test_a_record_of_the_same_scale_says_how_long_it_takes(order):
    written = {"metrics": {}, "scale": "smoke", "seeds": [0, 1], "wall_seconds": 60.0}
    (order.out / "fig2.json").write_text(json.dumps(written))
    found = estimate(ARTEFACTS["fig2"], replace(order, name="fig2", seeds=(0, 1, 2)))
    assert found.seconds == pytest.approx(90) and found.recorded


def test_a_recipe_that_two_artefacts_share_is_counted_once(order):
    for name, wall in (("fig5", 60.0), ("table1", 90.0)):
        training = {"training_seconds": {"aae_likelihood": 50.0}, "wall_seconds": wall}
        written = {"metrics": {}, "scale": "smoke", "seeds": [0], **training}
        (order.out / f"{name}.json").write_text(json.dumps(written))
    both = {name: ARTEFACTS[name] for name in ("fig5", "table1")}
    waiting = still_to_make(both, order, None, force=True)
    assert [each.estimate.seconds for each in waiting] == [60, 90]
    assert seconds_left(waiting) == 60 + 90 - 50


def test_what_checkpoints_have_is_no_longer_left(order, quick):
    one = replace(order, name="fig5")
    before = estimate(ARTEFACTS["fig5"], one)
    assert before.seconds == before.training["aae_likelihood"] > 0
    reproduce(ARTEFACTS["fig5"], one, print)
    (order.out / "fig5.json").unlink()
    assert estimate(ARTEFACTS["fig5"], one).seconds == 0
    both = replace(one, seeds=(0, 1))
    assert left_of("aae_likelihood", both) == 0.5


def test_convolutions_take_more_for_each_weight():
    digits = load("digits")
    one = recipes.get("perceptrons_generation", "smoke").on(digits).architecture
    other = recipes.get("pooled_averaged_generation", "smoke").on(digits).architecture
    assert flop_per_weight(one, 784) == pytest.approx(2, rel=0.03)  # a bias is a weight too
    assert flop_per_weight(other, 784) > 30


def test_a_checkpoint_is_as_large_as_it_is_said_to_be(order, quick):
    reproduce(ARTEFACTS["fig5"], replace(order, name="fig5"), print)
    (path,) = order.out.rglob("*.safetensors")
    said = needs_of("aae_likelihood", replace(order, name="fig5")).disk
    assert path.stat().st_size == pytest.approx(said, rel=0.1)


def test_optional_panels_without_their_data_need_nothing(order, monkeypatch, tmp_path):
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "nowhere"))
    asked = replace(order, name="table1")
    assert recipes_of(ARTEFACTS["table1"], asked) == ["aae_likelihood"]
    assert Path(asked.out).exists()
