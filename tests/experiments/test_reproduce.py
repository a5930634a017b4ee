"""Artefacts: what is written, with which numbers, and that an interrupted one goes on."""

import json
import statistics
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import pytest
import torch
from made_faces import write_faces

from aae_course import settings
from aae_course.data import datasets as data
from aae_course.data.downloads import DataError, MissingData
from aae_course.experiments import recipes
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.reproduce import forget, plan, reproduce
from aae_course.experiments.request import Request
from aae_course.pictures.tables import Table
from aae_course.training.checkpoint import CheckpointError

FIELDS = [
    *(
        "name",
        "scale",
        "seeds",
        "data",
        "panels",
        "recipes",
        "trained_at",
        "training_seconds",
        "evaluations",
    ),
    *("device", "processor", "threads", "versions", "drawn_at", "command", "devices"),
    *("made_at", "wall_seconds", "peak_resident_bytes", "metrics"),
]
# Of records that are older than the recipes in them.
OLD_FIELDS = [
    *("name", "scale", "seeds", "device", "versions", "commit", "command"),
    *("devices", "precision", "data", "wall_seconds", "peak_resident_bytes", "metrics"),
]


def request(out: Path, name="fig2", seeds=(0,), **changes) -> Request:
    usual = Request(name, "smoke", None, seeds, (torch.device("cpu"),), out, f"aae-course {name}")
    return replace(usual, **changes)


def test_figure_2_comes_with_the_numbers_behind_it(quick, tmp_path):
    picture, record = reproduce(ARTEFACTS["fig2"], request(tmp_path, seeds=(0, 1)), print)
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
    _, record = reproduce(ARTEFACTS["fig2"], request(tmp_path), print)
    assert json.loads(record.read_text())["metrics"]["a.prior_two_sample_accuracy"]["std"] is None


def test_the_same_order_again_takes_up_what_is_there(quick, tmp_path):
    _, record = reproduce(ARTEFACTS["fig2"], request(tmp_path), print)
    first = json.loads(record.read_text())["metrics"]
    record.unlink()
    _, record = reproduce(ARTEFACTS["fig2"], request(tmp_path), print)
    assert json.loads(record.read_text())["metrics"] == first


def test_a_checkpoint_of_other_settings_is_refused(quick, tmp_path, monkeypatch):
    reproduce(ARTEFACTS["fig5"], request(tmp_path, "fig5"), print)
    recipe = recipes.RECIPES["aae_likelihood"]
    other = replace(recipe, smoke={**recipe.smoke, "batch_size": 40})
    monkeypatch.setitem(recipes.RECIPES, "aae_likelihood", other)
    with pytest.raises(CheckpointError, match=r"its batch_size is 50, here it is 40"):
        reproduce(ARTEFACTS["fig5"], request(tmp_path, "fig5"), print)


def test_what_one_artefact_has_trained_another_takes_up(quick, tmp_path):
    reproduce(ARTEFACTS["fig5"], request(tmp_path, "fig5"), print)
    checkpoints = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.safetensors")}
    said = []
    reproduce(ARTEFACTS["table1"], request(tmp_path, "table1"), said.append)
    assert checkpoints.keys() == set(tmp_path.rglob("*.safetensors"))
    records = [json.loads((tmp_path / f"{name}.json").read_text()) for name in ("fig5", "table1")]
    first, second = (record["trained_at"]["aae_likelihood"] for record in records)
    assert first == second


def test_what_an_artefact_would_take_up_is_forgotten(tmp_path):
    order = request(tmp_path, "fig5", seeds=(1, 2))
    names = ("aae_likelihood", "aae_gaussian")
    paths = [order.runs_of(name) / "seeds_0-1.safetensors" for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    forget(ARTEFACTS["fig5"], order)
    assert [path.exists() for path in paths] == [False, True]


def test_figure_1_needs_no_training(tmp_path):
    picture, record = reproduce(ARTEFACTS["fig1"], request(tmp_path, "fig1"), print)
    assert matplotlib.image.imread(picture).std() > 0.01
    assert json.loads(record.read_text())["metrics"] == {}


def test_a_picture_for_print_stands_beside_the_usual_one(tmp_path):
    picture, _ = reproduce(ARTEFACTS["fig1"], request(tmp_path, "fig1", suffix=".pdf"), print)
    assert picture.name == "fig1.pdf" and picture.read_bytes().startswith(b"%PDF")
    assert matplotlib.image.imread(tmp_path / "fig1.png").std() > 0.01


def table(metrics):
    return Table(["what", "ours"], {"": [["a", "1"]]})


@pytest.mark.parametrize("draws", [True, False])
def test_a_table_is_written_in_markdown_beside_the_picture(tmp_path, draws):
    draw = ARTEFACTS["fig1"].draw if draws else None
    artefact = Artefact("Both", {}, draw, table=table)
    picture, _ = reproduce(artefact, request(tmp_path, "both"), print)
    assert (tmp_path / "both.md").read_text() == "| what | ours |\n| --- | ---: |\n| a | 1 |\n"
    height, width = matplotlib.image.imread(picture).shape[:2]
    assert (height * width > 200_000) == draws  # the drawn architecture is larger than two rows


def seeds_of(trained):
    return {"seed": list(trained.seeds)}


FACES = Artefact(
    "Digits, and faces if there are any",
    {"a": "aae_gaussian", "b": "aae_likelihood_tfd"},
    ARTEFACTS["fig5"].draw,
    measure={"a": seeds_of, "b": lambda trained: {"images": [len(trained.data.train)]}},
    paper={("b", "images"): 102_236},
    optional={"b": (("b", "images"),)},
)


def test_an_optional_panel_without_its_data_is_left_out_and_says_why(quick, tmp_path, monkeypatch):
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "none"))
    said = []
    picture, record = reproduce(FACES, request(tmp_path, "faces"), said.append)
    written = json.loads(record.read_text())
    entry = written["metrics"]["b.images"]
    assert entry["mean"] is None and entry["paper"] == 102_236
    assert "University of Toronto" in entry["why"] and str(tmp_path) not in entry["why"]
    assert said[0] == f"panel b is left out: {entry['why']}"
    assert written["metrics"]["a.seed"]["per_seed"] == [0] and picture.exists()
    assert written["data"].keys() == {"digits"}


def test_an_optional_panel_with_its_data_is_run(quick, tmp_path, monkeypatch):
    write_faces(tmp_path / "data")
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "data"))
    _, record = reproduce(FACES, request(tmp_path, "faces"), print)
    written = json.loads(record.read_text())
    assert written["metrics"]["b.images"]["per_seed"] == [120]
    assert written["data"].keys() == {"digits", "tfd"}


def test_an_optional_panel_with_damaged_data_is_an_error(quick, tmp_path, monkeypatch):
    write_faces(tmp_path / "data").write_bytes(b"damaged")
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(DataError, match="cannot be read as a MATLAB file"):
        reproduce(FACES, request(tmp_path, "faces"), print)


def test_data_that_are_asked_for_replace_those_of_optional_panels_too(quick, tmp_path, monkeypatch):
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "none"))
    _, record = reproduce(FACES, request(tmp_path, "faces", data="digits"), print)
    assert json.loads(record.read_text())["metrics"]["b.images"]["per_seed"] == [1297]
    with pytest.raises(MissingData, match="University of Toronto"):
        reproduce(FACES, request(tmp_path / "tfd", "faces", data="tfd"), print)


def test_a_needed_panel_downloads_and_an_optional_one_does_not(monkeypatch, tmp_path):
    asked = {}

    def load(name, device, download):
        asked[name] = download
        return data.load("digits")

    monkeypatch.setattr("aae_course.experiments.reproduce.load", load)
    plan(FACES, request(tmp_path, "faces"))
    assert asked == {"digits": True, "tfd": False}


def test_only_whole_files_are_left(quick, tmp_path):
    reproduce(ARTEFACTS["fig2"], request(tmp_path), print)
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    runs = (f"runs/smoke/{name}/seed_0.safetensors" for name in ARTEFACTS["fig2"].panels.values())
    assert names == {"fig2.png", "fig2.json", *runs}


@pytest.mark.parametrize("scale", settings.SCALES)
@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_builds_and_steps_at_every_scale(name, scale):
    recipe = recipes.get(name, scale)
    model = recipe.build(784)
    assert set(recipe.training.optimisers) == set(model.phases)


@pytest.mark.parametrize(
    "name",
    [
        "comparison",
        *(f"fig{n}" for n in range(1, 12)),
        "progress",
        *(f"table{n}" for n in (1, 2, 3)),
    ],
)
def test_committed_artefacts_say_how_they_were_made(name):
    record = Path(__file__).parents[2] / "figures" / f"{name}.json"
    written = json.loads(record.read_text())
    assert list(written) in (OLD_FIELDS, FIELDS)
    assert record.with_suffix(".png").exists()
    program, command, *words = written["command"].split()
    assert (program, command) == ("aae-course", "reproduce") and {name, "--all"} & {*words}
    for entry in written["metrics"].values():
        # One value stands for all seeds where these make no difference, such as a count of weights.
        assert len(entry["per_seed"]) in (1, len(written["seeds"])) or entry["why"]


def test_after_the_first_panel_it_says_how_long_the_others_will_take(quick, tmp_path):
    said = []
    reproduce(ARTEFACTS["fig2"], request(tmp_path), said.append)
    begun = [line for line in said if " of 4, panel " in line]
    assert "left in all" not in begun[0]
    assert all("of training left in all" in line for line in begun[1:])
