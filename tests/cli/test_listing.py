"""The command `list`: every figure and table, and how it is made, for people and for programs."""

import json

import pytest

from aae_course.experiments import recipes
from aae_course.experiments.registry import ARTEFACTS


def test_list_names_every_artefact(aae_course):
    shown = aae_course("list")
    assert shown.returncode == 0
    for name, artefact in ARTEFACTS.items():
        assert artefact.title in shown.stdout
        assert f"aae-course reproduce {name}" in shown.stdout


@pytest.mark.parametrize("columns", ["40", "30"])
def test_a_narrow_terminal_gets_every_word(aae_course, columns):
    shown = aae_course("list", COLUMNS=columns).stdout
    assert "…" not in shown
    for name, artefact in ARTEFACTS.items():
        lines = f"name: {name}\nwhat: {artefact.title}\ncommand: aae-course reproduce {name}\n"
        assert lines in shown


def test_a_program_gets_the_recipe_of_every_panel(aae_course):
    listed = json.loads(aae_course("list", "--json").stdout)
    assert [each["name"] for each in listed] == list(ARTEFACTS)
    for each in listed:
        artefact = ARTEFACTS[each["name"]]
        assert each["title"] == artefact.title
        assert each["command"] == f"aae-course reproduce {each['name']}"
        assert each["panels"] == artefact.panels and set(each["panels"].values()) <= {
            *recipes.RECIPES
        }
        assert each["trains"] is bool(artefact.panels)
    by_name = {each["name"]: each for each in listed}
    assert by_name["fig2"]["trains"] and not by_name["fig1"]["trains"]
