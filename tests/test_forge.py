"""What a public forge reads: workflows, forms, a change log, an image, links that run notebooks."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FORGE = ROOT / ".github"
WORKFLOWS = sorted((FORGE / "workflows").glob("*.yml"))
FORMS = sorted(FORGE.glob("ISSUE_TEMPLATE/[!c]*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ADDRESS = "https://forge.example/someone/aae"


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def parsed(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_jobs_with_a_limit_and_actions_of_a_named_version(path):
    workflow = parsed(path)
    assert {
        "name",
        "jobs",
        "permissions",
    } <= workflow.keys() and True in workflow  # "on" in YAML 1.1
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60 and job["runs-on"] and job["steps"]
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", step.get("uses", "a/b@v1"))


def test_the_tests_run_on_three_systems_and_every_python_that_is_promised():
    jobs = parsed(FORGE / "workflows" / "tests.yml")["jobs"]
    promised = re.findall(r":: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert jobs["unit-tests"]["strategy"]["matrix"]["python"] == promised
    for job in jobs.values():
        systems = job["strategy"]["matrix"]["os"]
        assert [name.partition("-")[0] for name in systems] == ["ubuntu", "macos", "windows"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_asks_for_something_and_says_what_is_needed(path):
    form = parsed(path)
    assert form["name"] and form["description"]
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    assert any(field.get("validations", {}).get("required") for field in asked)
    assert all(field["attributes"]["label"] for field in asked)
    assert len({field["id"] for field in asked}) == len(asked)


def test_the_change_log_is_of_this_version():
    newest = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    assert newest[1] == PROJECT["version"]


def test_the_image_and_the_container_for_editors_name_files_that_are_there():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    assert (ROOT / ".devcontainer" / container["build"]["dockerfile"]).samefile(ROOT / "Dockerfile")
    assert "constraints.txt" in read("Dockerfile") and "\n.venv\n" in read(".dockerignore")
    binder = parsed(ROOT / ".binder" / "environment.yml")
    assert all(isinstance(each, str) for each in binder["dependencies"])


# The links that run a notebook


def script():
    spec = importlib.util.spec_from_file_location("launch_links", FORGE / "launch_links.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_has_the_links_that_its_address_gives():
    links = script()
    written = "write it again with python .github/launch_links.py"
    assert links.linked(read("README.md"), links.repository()) == read("README.md"), written


def test_with_an_address_every_notebook_can_be_run_and_without_it_none():
    links = script()
    plain = links.linked(read("README.md"), "")
    assert "colab" not in plain and "mybinder" not in plain
    text = links.linked(plain, ADDRESS)
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        place = f"notebooks/{path.name}"
        assert f"](https://colab.research.google.com/github/someone/aae/blob/HEAD/{place})" in text
        assert f"](https://mybinder.org/v2/gh/someone/aae/HEAD?urlpath=lab/tree/{place})" in text
    assert text.count(f"run `%pip install git+{ADDRESS}` in a cell") == 1
    assert links.linked(text, ADDRESS) == text
    assert links.linked(text, "") == plain
