"""Artefacts: what is written, with which numbers, and that an interrupted one goes on."""

import json
import statistics
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import pytest
import torch

from aae_course import recipes, settings
from aae_course.checkpoint import CheckpointError
from aae_course.figures import ARTEFACTS
from aae_course.jobs import Order
from aae_course.reproduce import Artefact, reproduce

FIELDS = [
    *("name", "scale", "seeds", "device", "versions", "commit", "command"),
    *("devices", "precision", "data", "wall_seconds", "peak_resident_bytes", "metrics"),
]


def order(out: Path, name="fig2", seeds=(0,), **changes) -> Order:
    usual = Order(name, "smoke", None, seeds, (torch.device("cpu"),), out, f"aae-course {name}")
    return replace(usual, **changes)


@pytest.fixture
def quick(monkeypatch):
    """Recipes with one epoch: the road is tested here, not the destination."""
    for name, recipe in recipes.RECIPES.items():
        smoke = dict(recipe.scales["smoke"])
        smoke["training"] = replace(smoke["training"], epochs=1)
        monkeypatch.setitem(recipes.RECIPES, name, replace(recipe, scales={"smoke": smoke}))


def test_figure_2_comes_with_the_numbers_behind_it(quick, tmp_path):
    picture, record = reproduce(ARTEFACTS["fig2"], order(tmp_path, seeds=(0, 1)), print)
    assert matplotlib.image.imread(picture).shape[:2] > (500, 1000)
    written = json.loads(record.read_text())
    assert list(written) == FIELDS
    assert written["seeds"] == [0, 1] and written["scale"] == "smoke"
    assert written["data"].keys() == {"digits"} and written["wall_seconds"] > 0
    for panel in "abcd":
        for metric in ("prior_two_sample_accuracy", "held_out_half_squared_error"):
            entry = written["metrics"][f"{panel}.{metric}"]
            assert len(entry["per_seed"]) == 2
            assert entry["mean"] == pytest.approx(statistics.mean(entry["per_seed"]))
            assert entry["std"] == pytest.approx(statistics.stdev(entry["per_seed"]))
    assert "b.components_hit" in written["metrics"] and "a.components_hit" not in written["metrics"]


def test_one_seed_has_no_spread(quick, tmp_path):
    _, record = reproduce(ARTEFACTS["fig2"], order(tmp_path), print)
    assert json.loads(record.read_text())["metrics"]["a.prior_two_sample_accuracy"]["std"] is None


def test_the_same_order_again_takes_up_what_is_there(quick, tmp_path):
    _, record = reproduce(ARTEFACTS["fig2"], order(tmp_path), print)
    first = json.loads(record.read_text())["metrics"]
    record.unlink()
    _, record = reproduce(ARTEFACTS["fig2"], order(tmp_path), print)
    assert json.loads(record.read_text())["metrics"] == first


def test_checkpoints_of_another_order_are_refused(quick, tmp_path):
    reproduce(ARTEFACTS["fig2"], order(tmp_path), print)
    with pytest.raises(CheckpointError, match=r"its seeds is \[0\], here it is \[5\]"):
        reproduce(ARTEFACTS["fig2"], order(tmp_path, seeds=(5,)), print)


def test_figure_1_needs_no_training(tmp_path):
    picture, record = reproduce(ARTEFACTS["fig1"], order(tmp_path, "fig1"), print)
    assert matplotlib.image.imread(picture).std() > 0.01
    assert json.loads(record.read_text())["metrics"] == {}


def rows(metrics):
    return [["what", "ours"], ["a", "1"]]


@pytest.mark.parametrize("draws", [True, False])
def test_a_table_is_written_in_markdown_beside_the_picture(tmp_path, draws):
    draw = ARTEFACTS["fig1"].draw if draws else None
    artefact = Artefact("Both", {}, draw, table=rows)
    picture, _ = reproduce(artefact, order(tmp_path, "both"), print)
    assert (tmp_path / "both.md").read_text() == "| what | ours |\n| --- | ---: |\n| a | 1 |\n"
    height, width = matplotlib.image.imread(picture).shape[:2]
    assert (height * width > 200_000) == draws  # the drawn architecture is larger than two rows


def test_only_whole_files_are_left(quick, tmp_path):
    reproduce(ARTEFACTS["fig2"], order(tmp_path), print)
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {"fig2.png", "fig2.json", *(f"fig2/{p}.safetensors" for p in "abcd")}


@pytest.mark.parametrize("scale", settings.SCALES)
@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_builds_and_steps_at_every_scale(name, scale):
    recipe = recipes.get(name, scale)
    model = recipe.build(784)
    assert set(recipe.training.optimisers) == set(model.phases)
    assert recipe.about()["architecture"].startswith(("Perceptrons", "Convolutions"))


@pytest.mark.parametrize("name", ["fig1", "fig2", "fig5", "table1"])
def test_committed_artefacts_say_how_they_were_made(name):
    record = Path(__file__).parents[1] / "figures" / f"{name}.json"
    written = json.loads(record.read_text())
    assert list(written) == FIELDS
    assert record.with_suffix(".png").exists()
    assert written["command"].startswith(f"aae-course reproduce {name}")
    for entry in written["metrics"].values():
        assert len(entry["per_seed"]) == len(written["seeds"]) or entry["why"]
