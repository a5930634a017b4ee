"""The package is a house with rooms: an import only ever points to a room below.

The order of the rooms stands in pyproject.toml, as contracts of import-linter.
"""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE, TESTS = ROOT / "aae_course", ROOT / "tests"
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
# Tests below a room that are of no single module, with what they are of.
OF_NO_MODULE = {
    "lessons/test_exercises.py": "the exercises of all notebooks: their stubs, their solutions",
}
# Modules without a test file of their own, with the one that tests them.
TESTED_WITH = {
    "cli/teaching/examiner.py": "cli/teaching/test_grade.py",
    "cli/plan.py": "cli/test_status.py",
    "experiments/estimate.py": "experiments/test_everything.py",
    "experiments/architectures/failures.py": "experiments/architectures/test_study.py",
    "experiments/cluster_worker.py": "experiments/test_cluster.py",
    "experiments/artefact.py": "experiments/test_numbers.py",
    "experiments/basic/figure_2.py": "experiments/test_reproduce.py",
    "experiments/basic/recipes.py": "experiments/test_recipes.py",
    "experiments/clusters/recipes.py": "experiments/test_recipes.py",
    "experiments/invariance/recipes.py": "experiments/test_recipes.py",
    "experiments/labels/recipes.py": "experiments/test_recipes.py",
    "experiments/diagrams.py": "experiments/test_reproduce.py",
    "experiments/headlines.py": "experiments/test_dashboard.py",
    "experiments/trained.py": "experiments/basic/test_table_1.py",
    "pictures/diagram_parts.py": "pictures/test_diagram.py",
    "lessons/checks/losses.py": "lessons/checks/test_autoencoder.py",
    "__main__.py": "cli/test_commands.py",
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


def holds_an_artefact(path):
    return "\nARTEFACT = Artefact(" in path.read_text("utf-8")


def test_no_figure_or_table_imports_another():
    """What two of them share stands in metrics, or in one file beside them."""
    graph = grimp.build_graph("aae_course", cache_dir=None)
    files = filter(holds_an_artefact, (PACKAGE / "experiments").rglob("*.py"))
    artefacts = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    assert len(artefacts) > 10
    for artefact in artefacts:
        others = graph.find_modules_directly_imported_by(artefact) & artefacts
        assert not others, f"{artefact} imports {sorted(others)}"


def test_the_root_has_few_names():
    of_python = {"__pycache__", "__init__.py", "__main__.py"}
    names = {path.name for path in PACKAGE.iterdir()} - of_python
    assert len(names) <= 11, f"{len(names)} names at the root of the package: make room in a folder"


def test_every_file_says_first_what_one_finds_in_it():
    silent = [str(p) for p in PACKAGE.rglob("*.py") if not p.read_text("utf-8").startswith('"""')]
    assert not silent, f"a docstring should open each of {', '.join(silent)}"


def names_below(folder, pattern):
    """Files of a folder and of the folders in it, as "models/aae.py"."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern)}


def own_tests(module):
    """Where the tests of a module stand: those of models/aae.py in models/test_aae.py."""
    room, slash, name = module.rpartition("/")
    return f"{room}{slash}test_{name}"


MODULES = {name for name in names_below(PACKAGE, "*.py") if not name.endswith("__init__.py")}
TEST_FILES = names_below(TESTS, "test_*.py")


def test_a_test_file_below_a_room_has_the_name_of_its_module():
    below = {name for name in TEST_FILES if "/" in name}
    astray = below - {own_tests(module) for module in MODULES} - OF_NO_MODULE.keys()
    assert not astray, (
        f"{sorted(astray)}: aae_course has no such module. Give the file the name of the module "
        "that it tests, split it if it tests several, or say in OF_NO_MODULE what it is of"
    )


def test_every_module_has_its_test_file():
    untested = {
        module for module in MODULES - TESTED_WITH.keys() if own_tests(module) not in TEST_FILES
    }
    assert not untested, (
        f"no tests of {sorted(untested)}: write {sorted(map(own_tests, untested))}, or name in "
        "TESTED_WITH the file that tests it"
    )


def test_exceptions_are_still_needed():
    assert OF_NO_MODULE.keys() <= TEST_FILES, "OF_NO_MODULE names a file that is gone"
    assert set(TESTED_WITH.values()) <= TEST_FILES, "TESTED_WITH names a test file that is gone"
    assert TESTED_WITH.keys() <= MODULES, "TESTED_WITH names a module that is gone"
    both = {module for module in TESTED_WITH if own_tests(module) in TEST_FILES}
    assert not both, f"{sorted(both)} have test files of their own: take them out of TESTED_WITH"


def test_the_face_of_a_folder_only_imports():
    """So it needs no tests: a docstring, imports, and the list of what is offered."""
    harmless = ast.Expr, ast.Import, ast.ImportFrom, ast.Assign
    faces = set(PACKAGE.rglob("__init__.py")) - {PACKAGE / "__init__.py"}  # see test_front_door.py
    assert faces
    for face in faces:
        lines = ast.parse(face.read_text("utf-8")).body
        assert all(isinstance(line, harmless) for line in lines), f"{face} does more than import"
