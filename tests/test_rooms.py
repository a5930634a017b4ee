"""The package is a house with rooms: an import only ever points to a room below.

The order of the rooms stands in pyproject.toml, as contracts of import-linter.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "aae_course"
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
# What would turn an arrow round, lead from one family to another, or close a circle.
FORBIDDEN = {
    "data/labels.py": "import aae_course.pictures.tables",
    "models/aae.py": "from aae_course.training import loop",
    "metrics/codes.py": "from aae_course.experiments import reproduce",
    "experiments/reproduce.py": "from aae_course.lessons import source",
    "cli/doctor.py": "from aae_course.lessons import source",
    "experiments/labels/table_2.py": "from aae_course.experiments.clusters import table_3",
    "training/history.py": "from aae_course.training import loop",
}


def lint(folder):
    call = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True)


def test_every_import_points_to_a_room_below():
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("file", FORBIDDEN)
def test_an_import_that_points_up_is_noticed(file, tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "aae_course", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "aae_course" / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{FORBIDDEN[file]}\n", encoding="utf-8")
    answer = lint(tmp_path)
    assert answer.returncode == 1, answer.stdout
    assert "BROKEN" in answer.stdout


def test_the_root_has_few_names():
    names = {path.name for path in PACKAGE.iterdir()} - {"__pycache__", "__init__.py"}
    assert len(names) <= 11, f"{len(names)} names at the root of the package: make room in a folder"


def test_every_file_says_first_what_one_finds_in_it():
    silent = [str(p) for p in PACKAGE.rglob("*.py") if not p.read_text("utf-8").startswith('"""')]
    assert not silent, f"a docstring should open each of {', '.join(silent)}"
