"""Installed from a wheel, in an empty folder without git, the course works as from a checkout.

What the package depends on is borrowed from the environment of the tests; the package is not.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("setup.py", "MANIFEST.in", "pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT")
FOLDERS = ("aae_course", "figures", "notebooks", "docs/playground")
BUILD = "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"
UNPACK_AND_BUILD = """
import tarfile
from setuptools import build_meta
with tarfile.open(f"dist/{build_meta.build_sdist('dist')}") as archive:
    archive.extractall("unpacked", filter="data")
"""
NOTEBOOK = "00_start_here.ipynb"  # the quickest that trains
LOOK_AROUND = """
import aae_course
from aae_course import settings
from aae_course.lessons import record
print(aae_course.__file__, settings.data_folder(), len(record("table2")["metrics"]), sep="\\n")
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """What a checkout has of the package, without its git; a build leaves files behind."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        shutil.copy(ROOT / name, folder)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def wheel(source):
    return built(source)


def built(folder):
    """The wheel of the package in this folder, built without the network."""
    said = run([sys.executable, "-c", BUILD], folder)
    return folder / "dist" / said.splitlines()[-1]


def run(call, folder, environment=None):
    done = subprocess.run(call, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


# What is in it


def test_it_has_every_module_every_record_and_every_notebook(wheel):
    package = {path for path in (ROOT / "aae_course").rglob("*.*") if path.suffix != ".pyc"}
    beside = {path for folder in FOLDERS[1:] for path in (ROOT / folder).glob("*.*")}
    expected = {path.relative_to(ROOT).as_posix() for path in package} | {
        f"aae_course/{path.relative_to(ROOT).as_posix()}" for path in beside
    }
    in_package = {name for name in names_in(wheel) if name.startswith("aae_course/")}
    assert in_package == expected
    assert wheel.stat().st_size < 15e6


def test_a_source_distribution_builds_the_same_wheel(source, wheel):
    run([sys.executable, "-c", UNPACK_AND_BUILD], source)
    (unpacked,) = (source / "unpacked").iterdir()
    assert names_in(built(unpacked)) == names_in(wheel)


def test_a_package_index_finds_what_it_shows(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        shown = Parser().parsestr(archive.read(name).decode("utf-8"))
    assert shown["Summary"] and shown["Keywords"]
    assert shown["Description-Content-Type"] == "text/markdown"
    assert shown.get_payload().startswith("# aae_course\n")
    minors = {c.rpartition(".")[2] for c in shown.get_all("Classifier") if ":: 3." in c}
    assert minors == {"11", "12", "13"} and shown["Requires-Python"] == "<3.14,>=3.11"


# The address of the repository, which stands in one place or nowhere


def setup_script():
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_with_an_address_every_link_of_the_readme_leads_somewhere_from_anywhere():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = setup_script().with_addresses(readme, "https://forge.example/aae")
    assert "](https://forge.example/aae/raw/HEAD/figures/fig2.png)" in text
    assert "](https://forge.example/aae/blob/HEAD/notebooks/04_gan.ipynb)" in text
    assert not re.findall(r"\]\((?!https?://|#)[^)]*", text)
    elsewhere = re.findall(r"\]\((https?:[^)]*)", readme)
    assert elsewhere and all(f"]({link})" in text for link in elsewhere)


def test_without_an_address_links_stay_as_they_are():
    assert setup_script().with_addresses("![a](a.png) [b](b.md)", "") == "![a](a.png) [b](b.md)"


def test_the_address_is_that_of_pyproject(tmp_path, monkeypatch):
    script = setup_script()
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
    assert script.repository() == urls.get("Repository", "")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    given = '[project]\nname = "a"\n[project.urls]\nRepository = "https://forge.example/aae/"\n'
    (tmp_path / "pyproject.toml").write_text(given)
    assert script.repository() == "https://forge.example/aae"


# Installed


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Runs a command of a fresh environment that has the wheel, in a folder that starts empty."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (packages,) = {*(folder / "venv").glob("lib/python*/*"), *(folder / "venv").glob("Lib/site-*")}
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # Folders that a .pth file names come last, and the .pth files in them do nothing, such as that
    # of an editable installation.
    (packages / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    ours = {name for name in os.environ if name.startswith(("AAE_", "PYTHON", "VIRTUAL_ENV"))}
    environment = {name: value for name, value in os.environ.items() if name not in ours} | {
        "PATH": str(programs),  # no git
        "AAE_SCALE": "smoke",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
    }
    empty = folder / "empty"
    empty.mkdir()

    def command(program, *words):
        return run([str(programs / program), *map(str, words)], empty, environment)

    command("python", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
    command.folder, command.packages = empty, packages
    return command


def test_the_package_of_the_wheel_runs_and_has_the_records(installed):
    file, data, metrics = installed("python", "-c", LOOK_AROUND).splitlines()
    assert Path(file) == installed.packages / "aae_course" / "__init__.py"
    assert data == "data"  # in the current folder
    assert int(metrics) > 10


def test_the_notebooks_are_written_and_run(installed):
    assert "jupyter lab course" in installed("aae-course", "notebooks", "course")
    written = {path.name for path in (installed.folder / "course").iterdir()}
    assert written == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    convert = ("-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", "done")
    installed("python", *convert, f"course/{NOTEBOOK}")
    done = nbformat.read(installed.folder / "done" / NOTEBOOK, as_version=4)
    assert "smoke scale" in done.cells[3].outputs[0].text


def test_a_figure_is_made_and_claims_no_commit(installed):
    installed("aae-course", "reproduce", "hundred_labels", "--scale", "smoke", "--out", "out")
    made = installed.folder / "out" / "hundred_labels.png"
    assert made.stat().st_size > 10_000
    record = json.loads(made.with_suffix(".json").read_text(encoding="utf-8"))
    assert record["metrics"]["invariant_100.test_error_percent"]["mean"] < 30
    assert commits(record) == {None}


def commits(record):
    """Every commit that a record claims, wherever it stands in it."""
    if not isinstance(record, dict):
        return set()
    return {record[key] for key in record if key == "commit"}.union(*map(commits, record.values()))
