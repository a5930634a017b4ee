"""The pages on how every figure and table stands are made of the records, and of nothing else."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aae_course.experiments import recipes
from aae_course.experiments.dashboard import (
    as_good,
    command_of,
    dashboard,
    filled,
    incomparable,
    write_dashboard,
    written,
)
from aae_course.experiments.headlines import everything
from aae_course.experiments.numbers import key_of
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.standing import comparable, json_of, read

FIGURES = Path(__file__).parents[2] / "figures"
README = FIGURES.parent / "README.md"
# Committed records from before records held their recipes, which no test can compare: made anew,
# a record leaves this list.
WITHOUT_RECIPES = {name for name, artefact in ARTEFACTS.items() if artefact.panels} - {
    "architectures_generation", "batch_norm", "comparison", "fig11", "fig2", "fig4", "fig5",
    "fig7", "fig9", "hundred_labels", "invariance", "progress", "table2", "table3",
}  # fmt: skip


def test_the_committed_page_is_what_the_records_say():
    page = (FIGURES / "README.md").read_text(encoding="utf-8")
    assert page == dashboard(ARTEFACTS, FIGURES), "write it again with aae-course dashboard"


@pytest.fixture
def copy(tmp_path):
    """The records in a folder of their own, and the README beside it."""
    folder = tmp_path / "figures"
    folder.mkdir()
    for path in FIGURES.glob("*.json"):
        shutil.copy(path, folder)
    shutil.copy(README, tmp_path)
    return folder


def change(path, key, **entry):
    record = json.loads(path.read_text(encoding="utf-8"))
    record["metrics"][key] |= entry
    path.write_text(json.dumps(record), encoding="utf-8")


def lines_with(page, words):
    return [line for line in page.splitlines() if words in line]


def test_a_number_that_is_edited_shows_on_both_pages(copy):
    change(copy / "table2.json", "mnist_100.test_error_percent", mean=1.89)
    pages = write_dashboard(ARTEFACTS, copy)
    assert pages == [copy / "README.md", copy.parent / "README.md"]
    for page, committed in zip(pages, (FIGURES / "README.md", README), strict=True):
        text = page.read_text(encoding="utf-8")
        assert text != committed.read_text(encoding="utf-8")
        (line,) = lines_with(text, "test error on MNIST, 100 labels")
        assert "| 1.89 ± " in line and "| 1.90 % | yes |" in line


@pytest.mark.parametrize(
    "typed", [("7.20", "1.20"), ("| no |", "| yes |"), ("| 10 ± 0 |", "| 9 |")]
)
def test_a_row_that_is_typed_is_written_over(typed, copy):
    front = copy.parent / "README.md"
    whole = front.read_text(encoding="utf-8")
    front.write_text(whole.replace(*typed, 1), encoding="utf-8")
    assert front.read_text(encoding="utf-8") != whole
    write_dashboard(ARTEFACTS, copy)
    assert front.read_text(encoding="utf-8") == whole


def test_what_stands_outside_of_the_comments_stays():
    text = "before\n<!-- fig2: written by aae-course dashboard --><!-- end of fig2 -->\nafter"
    assert filled(text, ARTEFACTS, FIGURES) == text  # a comment has a line of its own
    anew = filled(text.replace("><", ">\ntyped\n<"), ARTEFACTS, FIGURES)
    assert anew.startswith("before\n<!-- fig2") and anew.endswith("-->\nafter")
    assert "typed" not in anew and anew.count("\n| (") == 4


def test_a_readme_without_the_comments_is_left_alone(copy):
    front = copy.parent / "README.md"
    front.write_text("somebody's own", encoding="utf-8")
    assert write_dashboard(ARTEFACTS, copy) == [copy / "README.md"]
    assert front.read_text(encoding="utf-8") == "somebody's own"


def test_what_was_not_made_says_how(tmp_path):
    page = dashboard(ARTEFACTS, tmp_path)
    assert page.count("not made") == len(ARTEFACTS)
    assert "`aae-course reproduce table3`" in page


def test_every_number_of_the_paper_has_words_and_no_words_are_of_nothing():
    records = {name: read(FIGURES / f"{name}.json") or {"metrics": {}} for name in ARTEFACTS}
    for name, artefact in ARTEFACTS.items():
        words = everything().get(name, {})
        papers = {key_of(*number) for number in artefact.paper}
        assert papers <= words.keys(), name
        made = records[name]["metrics"].keys()
        rows = {key.rpartition(".")[0] for key in made}
        later = {key for key in words if key.rpartition(".")[0] in artefact.panels.keys() - rows}
        assert words.keys() <= papers | made | later, name


@pytest.mark.parametrize(
    ("key", "mean", "paper", "good"),
    [
        ("a.test_error_percent", 1.9, 1.9, True),
        ("a.test_error_percent", 1.91, 1.9, False),
        ("a.parzen_nats", 341.0, 340, True),
        ("a.parzen_nats", 339.0, 340, False),
    ],
)
def test_as_good_as_the_paper_depends_on_the_measure(key, mean, paper, good):
    assert as_good(key, {"mean": mean, "paper": paper}) is good


@pytest.mark.parametrize(
    ("key", "mean", "std", "words"),
    [
        ("a.test_error_percent", 1.9, 0.1234, "1.90 ± 0.12 %"),
        ("a.parzen_nats", 340.2, None, "340 nats"),
        ("a.own_component_fraction", 0.925, 0.01, "92.5 ± 1.0 %"),
        ("a.other", 0.5, None, "0.5"),
    ],
)
def test_a_number_has_its_unit(key, mean, std, words):
    assert written(key, mean, std) == words


def test_data_that_are_not_here_are_said_in_short_and_explained_once(copy):
    change(copy / "table1.json", "tfd_10k.parzen_nats", mean=None, why="no faces")
    change(copy / "table1.json", "tfd_10m.parzen_nats", mean=None, why="no faces")
    page = dashboard(ARTEFACTS, copy)
    for line in lines_with(page, "log-likelihood of the Toronto Faces"):
        assert "| not run: data not here | 2" in line
    (note,) = lines_with(page, "no faces")
    assert note.startswith("Table 1, not run: no faces. Once the data are there, `aae-course ")


def test_an_optional_panel_without_numbers_is_said_to_be_absent(copy):
    record = json.loads((copy / "fig5.json").read_text(encoding="utf-8"))
    for panels, count in ({"a": "aae_likelihood"}, 1), ({"a": "", "b": ""}, 0):
        (copy / "fig5.json").write_text(json.dumps(record | {"panels": panels}), "utf-8")
        lines = lines_with(dashboard(ARTEFACTS, copy), "(b) AAE, Gaussian prior in 15-D, faces")
        assert ["not run: data not here" in line for line in lines] == [True] * count


def test_a_number_of_other_or_fewer_test_images_is_not_compared():
    images = {"a_10m.test_images": {"mean": 500}, "a_10k.test_images": {"mean": 10_000}}
    record = {"data": {"mnist": ""}, "metrics": images}
    assert incomparable("a_10m.parzen_nats", record) == "† of 500 test images"
    assert incomparable("a_10k.parzen_nats", record) == ""
    smoke = {"data": {"digits": ""}, "metrics": {}}
    assert incomparable("a.test_error_percent", smoke) == "† of digits"


def test_a_command_makes_one_artefact_whatever_was_made_with_it():
    record = {"scale": "course", "seeds": [0], "command": "aae-course reproduce --all"}
    assert command_of("fig2", record) == "`aae-course reproduce fig2`"
    record |= {"scale": "paper", "seeds": [5, 6, 7]}
    made = "`aae-course reproduce fig2 --scale paper --seed 5 --seeds 3`"
    assert command_of("fig2", record) == made


def test_when_and_where_a_record_was_made_is_shown(copy):
    record = json.loads((copy / "fig2.json").read_text(encoding="utf-8"))
    told = {"made_at": "2026-11-27T05:16:30+00:00", "processor": "a fast one"}
    (copy / "fig2.json").write_text(json.dumps(record | told), encoding="utf-8")
    (line,) = lines_with(dashboard(ARTEFACTS, copy), "[fig2](fig2.json)")
    assert "| cpu | a fast one | 2026-11-27 |" in line


def changed_recipes(record):
    """Those whose settings are no longer as the record has them."""
    now = {name: recipes.get(name, record["scale"]).as_data() for name in record["recipes"]}
    return [
        name
        for name, settings in record["recipes"].items()
        if comparable(settings) != comparable(json_of(now[name]))
    ]


@pytest.mark.parametrize("name", ARTEFACTS)
def test_recipes_are_those_of_the_record(name):
    """A recipe that has changed since makes the committed numbers those of another."""
    record = read(FIGURES / f"{name}.json")
    if name in WITHOUT_RECIPES:
        assert record is None or "recipes" not in record, f"take {name} out of WITHOUT_RECIPES"
    elif record is not None:
        assert not changed_recipes(record), f"make {name} anew"


def test_a_recipe_that_has_changed_is_noticed(monkeypatch):
    before = json_of(recipes.get("aae_gaussian", "course").as_data())
    record = {"scale": "course", "recipes": {"aae_gaussian": before}}
    assert changed_recipes(record) == []
    recipe = recipes.RECIPES["aae_gaussian"]
    longer = replace(recipe, training=replace(recipe.training, epochs=9))
    monkeypatch.setitem(recipes.RECIPES, "aae_gaussian", longer)
    assert changed_recipes(record) == ["aae_gaussian"]
