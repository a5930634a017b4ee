"""What a result says of itself: settings, sittings of its weights, and where it was drawn."""

import pytest
import torch

from aae_course.data.datasets import load
from aae_course.experiments.panel_run import PanelRun, Request
from aae_course.experiments.record import describe, drawn, trained_at
from aae_course.experiments.trained import Trained
from aae_course.training.history import History

REQUEST = Request("x", "smoke", None, (0, 1), (torch.device("cpu"),), None, "aae-course x")


def sitting(seeds, commit="c", **more):
    return {"seeds": seeds, "from_step": 0, "commit": commit, "modules": {"m": "h"}, **more}


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def trained(panel_run, *origins):
    data = panel_run.data
    return Trained(panel_run.recipe, data, (0, 1), [], History(), "smoke", origins=origins)


def test_a_record_has_every_recipe_with_its_settings(digits):
    runs = [
        PanelRun(panel, name, digits, REQUEST)
        for panel, name in (("a", "aae_gaussian"), ("b", "linear_autoencoder"))
    ]
    found = describe(REQUEST, runs, {run.panel: trained(run, sitting([0, 1])) for run in runs})
    assert found["panels"] == {"a": "aae_gaussian", "b": "linear_autoencoder"}
    assert found["recipes"]["aae_gaussian"] == runs[0].recipe.as_data()
    assert found["recipes"]["aae_gaussian"]["training"]["epochs"] == 60
    assert found["data"] == {"digits": digits.sha256}
    assert found["trained_at"].keys() == found["recipes"].keys()


def test_sittings_stand_without_the_hashes_of_their_modules(digits):
    run = PanelRun("a", "aae_gaussian", digits, REQUEST)
    kept = sitting([0, 1], "d", kept=True)
    found = trained_at([run], {"a": trained(run, sitting([0, 1]), kept)})
    entry = {"seeds": [0, 1], "from_step": 0, "commit": "c"}
    assert found == {"aae_gaussian": [entry, {**entry, "commit": "d", "kept": True}]}


def test_panels_of_one_recipe_tell_their_sittings_together(digits):
    runs = [PanelRun(panel, "aae_gaussian", digits, REQUEST) for panel in "ab"]
    origins = {"a": [sitting([0]), sitting([1])], "b": [sitting([1]), sitting([2])]}
    found = trained_at(runs, {run.panel: trained(run, *origins[run.panel]) for run in runs})
    assert [each["seeds"] for each in found["aae_gaussian"]] == [[0], [1], [2]]


def test_where_it_is_drawn():
    found = drawn(REQUEST)
    assert found["drawn_at"].keys() == {"commit", "dirty"}
    assert (found["device"], found["devices"], found["command"]) == ("cpu", 1, "aae-course x")
