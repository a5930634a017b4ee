"""The worked example of CONTRIBUTING.md works: three files and two registries make a new figure."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```python\n# (\S+\.py)\n(.*?)^```$", TEXT, re.M | re.S))
MAIN = "from aae_course.cli.commands import main; main()"
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def python(code, *words, folder):
    call = [sys.executable, "-c", code, *words]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The package with the example in it."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(
        ROOT / "aae_course", folder / "aae_course", ignore=shutil.ignore_patterns("*.pyc")
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, code in FILES.items():
        (folder / name).write_text(code, encoding="utf-8")
    patch = re.search(r"^```diff\n(.*?)^```$", TEXT, re.M | re.S)[1]
    subprocess.run(["git", "apply", "-"], cwd=folder, input=patch, text=True, check=True)
    return folder


def test_it_is_three_files(copy):
    assert len(FILES) == 3
    assert all(not (ROOT / name).exists() for name in FILES)


def test_its_figure_is_made(copy):
    words = ["reproduce", "ring", "--scale", "smoke", "--out", "results"]
    made = python(MAIN, *words, folder=copy)
    assert made.returncode == 0, made.stderr
    assert (copy / "results" / "ring.png").stat().st_size > 10_000
    metrics = json.loads((copy / "results" / "ring.json").read_text(encoding="utf-8"))["metrics"]
    assert metrics["ring.held_out_half_squared_error"]["mean"] < 40
    assert 0.5 <= metrics["ring.prior_two_sample_accuracy"]["mean"] < 0.9


def test_it_keeps_to_the_rooms_and_to_the_style(copy):
    assert python(LINT, "--no-cache", folder=copy).returncode == 0
    style = [sys.executable, "-m", "ruff", "check", "--no-cache", *FILES]
    checked = subprocess.run(style, cwd=copy, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
