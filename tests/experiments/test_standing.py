"""How artefacts stand: what was made is current until what it comes from has changed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aae_course.experiments import recipes
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.reproduce import reproduce
from aae_course.experiments.request import Request
from aae_course.experiments.standing import read, source_now, standing

ORDER = Request("fig5", "smoke", None, (0, 1), (torch.device("cpu"),), Path("out"), "aae-course")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Figure 5 with two seeds, of recipes with one epoch."""
    with pytest.MonkeyPatch.context() as patch:
        recipe = recipes.RECIPES["aae_likelihood"]
        short = replace(recipe, smoke={**recipe.smoke, "epochs": 1})
        patch.setitem(recipes.RECIPES, "aae_likelihood", short)
        order = replace(ORDER, out=tmp_path_factory.mktemp("made"))
        reproduce(ARTEFACTS["fig5"], order, lambda text: None)
        yield order


@pytest.fixture
def record(made):
    """The record, to be changed by a test; afterwards it is as before."""
    path = made.out / "fig5.json"
    before = path.read_text(encoding="utf-8")

    def change(edit):
        written = json.loads(before)
        edit(written)
        path.write_text(json.dumps(written), encoding="utf-8")

    yield change
    path.write_text(before, encoding="utf-8")


def stands(order):
    found = standing(ARTEFACTS[order.name], order)
    return found.state, found.why


def test_what_was_made_is_current(made):
    assert stands(made) == ("current", "")
    assert stands(replace(made, seeds=(1,))) == ("current", "")


def test_more_seeds_or_another_scale_are_not_there_yet(made):
    assert stands(replace(made, seeds=(0, 1, 2, 3))) == (
        "partial", "seeds 0, 1 are there, 2 are not",
    )  # fmt: skip
    assert stands(replace(made, scale="course")) == ("missing", "made at smoke scale")
    assert stands(replace(made, name="fig2")) == ("missing", "not made yet")


def test_another_recipe_makes_it_stale(made, monkeypatch):
    recipe = recipes.RECIPES["aae_likelihood"]
    slower = replace(recipe, smoke={**recipe.smoke, "batch_size": 40})
    monkeypatch.setitem(recipes.RECIPES, "aae_likelihood", slower)
    assert stands(made) == ("stale", "the recipe aae_likelihood has changed")


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (
            lambda r: r["trained_at"]["aae_likelihood"][0].update(source="another"),
            "the source that trains aae_likelihood has changed",
        ),
        (lambda r: r["drawn_at"].update(source="another"), "what measures or draws it has changed"),
        (lambda r: r["panels"].update(b="aae_likelihood"), "it has other panels"),
        (lambda r: r.pop("trained_at"), "its record is older than the note of the source"),
    ],
)
def test_what_it_comes_from_has_changed(made, record, edit, why):
    record(edit)
    state, said = stands(made)
    assert state == "stale" and said.startswith(why)


def test_the_source_of_now_is_that_of_the_run(made):
    written = read(made.out / "fig5.json")
    (sitting,) = written["trained_at"]["aae_likelihood"]
    assert sitting["source"] == source_now("aae_likelihood", made)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"name": "fig5"}'])
def test_what_is_no_record_counts_for_nothing(tmp_path, text):
    (tmp_path / "fig5.json").write_text(text)
    (tmp_path / "fig5.png").touch()
    assert stands(replace(ORDER, out=tmp_path)) == ("missing", "not made yet")


def test_a_record_without_its_picture_is_not_made(made):
    picture = made.out / "fig5.png"
    picture.rename(made.out / "aside")
    try:
        assert stands(made)[0] == "missing"
    finally:
        (made.out / "aside").rename(picture)
