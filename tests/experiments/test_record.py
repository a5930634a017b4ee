"""What a result says of itself: settings, sittings of its weights, and where it was drawn."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from aae_course.data.datasets import load
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.record import describe, drawn, trained_at
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.training.history import History

PACKAGE = Path(__file__).parents[2] / "aae_course"
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
    names = {"a": "aae_gaussian", "b": "linear_autoencoder"}
    runs = {panel: RecipeRun(name, digits, REQUEST) for panel, name in names.items()}
    trainings = {panel: trained(run, sitting([0, 1])) for panel, run in runs.items()}
    found = describe(REQUEST, runs, trainings)
    assert found["panels"] == {"a": "aae_gaussian", "b": "linear_autoencoder"}
    assert found["recipes"]["aae_gaussian"] == runs["a"].recipe.as_data()
    assert found["recipes"]["aae_gaussian"]["training"]["epochs"] == 30
    assert found["data"] == {"digits": digits.sha256}
    assert found["trained_at"].keys() == found["recipes"].keys()


def test_sittings_stand_without_the_hashes_of_their_modules(digits):
    run = RecipeRun("aae_gaussian", digits, REQUEST)
    kept = sitting([0, 1], "d", kept=True)
    found = trained_at({"a": run}, {"a": trained(run, sitting([0, 1]), kept)})
    entry = {"seeds": [0, 1], "from_step": 0, "commit": "c"}
    assert found == {"aae_gaussian": [entry, {**entry, "commit": "d", "kept": True}]}


def test_panels_of_one_recipe_tell_their_sittings_together(digits):
    runs = {panel: RecipeRun("aae_gaussian", digits, REQUEST) for panel in "ab"}
    origins = {"a": [sitting([0]), sitting([1])], "b": [sitting([1]), sitting([2])]}
    found = trained_at(runs, {panel: trained(run, *origins[panel]) for panel, run in runs.items()})
    assert [each["seeds"] for each in found["aae_gaussian"]] == [[0], [1], [2]]


def test_where_it_is_drawn():
    found = drawn(REQUEST, ARTEFACTS["fig2"])
    assert found["drawn_at"].keys() == {"commit", "dirty", "source"}
    assert (found["device"], found["devices"], found["command"]) == ("cpu", 1, "aae-course x")


# The command, several times in one process, with an artefact that is made in a second.
COMMANDS = """
import json, sys
from dataclasses import replace
from pathlib import Path
from matplotlib.figure import Figure
from aae_course.cli.commands import main
from aae_course.experiments import recipes, registry
from aae_course.experiments.artefact import Artefact

recipe, record = recipes.RECIPES["linear_autoencoder"], Path("results/tiny.json")
recipes.RECIPES["linear_autoencoder"] = replace(recipe, smoke={**recipe.smoke, "epochs": 1})
draw = lambda trained, scale: Figure(figsize=(1, 1))
registry.ARTEFACTS["tiny"] = Artefact("Tiny", {"a": "linear_autoencoder"}, draw)
for options in sys.argv[1:]:
    record.unlink(missing_ok=True)
    sys.argv = ["aae-course", "reproduce", "tiny", "--scale", "smoke", "--out", "results"]
    sys.argv += options.split()
    try:
        main()
    except SystemExit as ended:
        written = json.loads(record.read_text("utf-8")) if record.exists() else None
        print(json.dumps([ended.code, written]))
"""


def commands(folder, *options):
    """The exit status and the record of each, and what they said."""
    call = [sys.executable, "-c", COMMANDS, *options]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return results, done.stderr


def edit(folder, before, after):
    """Change a line of the losses, and commit it; returns the commit."""
    path = folder / "aae_course" / "models" / "losses.py"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return commit(folder)


def commit(folder):
    who = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "add", "aae_course"], cwd=folder, check=True)
    subprocess.run([*who, "commit", "-q", "-m", "A change"], cwd=folder, check=True)
    call = ["git", "rev-parse", "HEAD"]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True).stdout[:-1]


def drawn_in(record):
    return record["drawn_at"]["commit"], record["drawn_at"]["dirty"]


def sittings_of(record):
    return [
        (each["commit"], each["dirty"], each.get("kept"))
        for each in record["trained_at"]["linear_autoencoder"]
    ]


def test_a_record_names_the_commit_that_trained_whatever_is_edited_later(tmp_path):
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "aae_course", ignore=ignore)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("__pycache__/\n")
    first = commit(tmp_path)
    [(status, record)], _ = commands(tmp_path, "")
    assert status == 0 and sittings_of(record) == [(first, False, None)]
    assert drawn_in(record) == (first, False) and "commit" not in record

    second = edit(tmp_path, "\n\n\ndef", "\n\n\n# A comment\ndef")
    [(status, record)], _ = commands(tmp_path, "")
    assert status == 0 and sittings_of(record) == [(first, False, None)]
    assert drawn_in(record) == (second, False)

    third = edit(tmp_path, "0.5 * ", "0.25 * 2 * ")
    results, said = commands(tmp_path, "", "--keep", "--force", "")
    (refused, none), (kept, kept_record), (forced, forced_record), (again, again_record) = results
    assert (refused, none) == (2, None)
    lines = [line for line in said.splitlines() if line.startswith("aae-course: ")]
    assert len(lines) == 1
    assert f"aae_course/models/losses.py has changed since (commit {first[:7]})" in lines[0]
    assert kept == 0 and sittings_of(kept_record) == [(first, False, True)]
    assert kept_record["drawn_at"]["commit"] == third
    assert forced == again == 0
    assert sittings_of(forced_record) == sittings_of(again_record) == [(third, False, None)]
