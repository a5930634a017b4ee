"""Every notebook is whole: executed, its outputs stored, and no cell skipped silently."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# Cells that may be skipped, or are meant to raise, each with its reason:
# {("NN_name.ipynb", "first line of the cell"): "the reason"}
MAY_BE_SKIPPED = {}
MAY_RAISE = {}

SKIP = {"NBVAL_SKIP", "nbval-skip", "skip-execution"}
RAISE = {"NBVAL_RAISES_EXCEPTION", "nbval-raises-exception", "raises-exception"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def path(request):
    return request.param


@pytest.fixture
def cells(path):
    return code_cells(path)


def code_cells(path):
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def marks(cell):
    """The tags of a cell and its comments that stand alone on a line."""
    comments = re.findall(r"^\s*#+\s*(\S+)\s*$", cell.source, re.MULTILINE)
    return {*comments, *cell.metadata.get("tags", [])}


def marked(path, which):
    """The allow-list keys of the cells that carry one of these marks."""
    cells = code_cells(path)
    return {(path.name, cell.source.split("\n")[0]) for cell in cells if marks(cell) & which}


def images(cells):
    outputs = [output for cell in cells for output in cell.outputs]
    return [output for output in outputs if "image/png" in output.get("data", {})]


def test_it_needs_no_file_but_the_other_notebooks_and_the_records(path):
    """Where the package is installed without a checkout, nothing else is there."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    links = re.findall(r"(?:\]\(|src=[\"'])(?!https?:|#)([^)#\"'\s]+)", text)
    assert set(links) <= {other.name for other in NOTEBOOKS}
    source = "\n".join(cell.source for cell in cells)
    records = re.findall(r"\bfigures/\w+\.\w+", source)
    assert not [name for name in records if not (ROOT / name).exists()]
    assert "../" not in source


def test_name(path):
    assert re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", path.name)


def test_no_cell_is_skipped(path):
    assert marked(path, SKIP) <= MAY_BE_SKIPPED.keys()


def test_no_cell_may_raise(path):
    assert marked(path, RAISE) <= MAY_RAISE.keys()


def test_was_executed_from_top_to_bottom(cells):
    counts = [cell.execution_count for cell in cells if cell.source.strip()]
    assert counts
    assert counts == list(range(1, len(counts) + 1)), "run `make notebooks`"


def test_stored_outputs_hold_no_error(cells):
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]


def test_figures_are_stored(path, cells):
    wanted = 1 if path.name.startswith("00_") else 3
    assert len(images(cells)) >= wanted, "a reader on the web sees only what is stored"


def test_holds_no_widget_state(path):
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


def test_is_small(path):
    assert path.stat().st_size < 1_000_000


def test_allow_lists_name_existing_notebooks():
    names = {path.name for path in NOTEBOOKS}
    assert {name for name, _ in [*MAY_BE_SKIPPED, *MAY_RAISE]} <= names


# The guard in conftest.py, on small folders of notebooks


@pytest.fixture
def course(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text(encoding="utf-8"))
    return tmp_path


def write_notebook(course, name, *sources):
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    nbformat.write(notebook, course / "notebooks" / name)


def run_notebooks(course, *arguments):
    """Run pytest in that folder as `make test` does, free from the settings of this session."""
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV_"))}
    nbval = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *nbval, *arguments]
    return subprocess.run(command, cwd=course, env=settings, capture_output=True, text=True)


def test_guard_is_content_when_every_cell_ran(course):
    write_notebook(course, "00_a.ipynb", "x = 1", "assert x == 1")
    write_notebook(course, "01_b.ipynb", "import sys\nprint('a warning', file=sys.stderr)")
    run = run_notebooks(course, "notebooks")
    assert run.returncode == 0, run.stdout
    assert "3 passed" in run.stdout


def test_guard_names_the_notebooks_with_skipped_cells(course):
    write_notebook(course, "00_a.ipynb", "1 + 1")
    write_notebook(course, "01_skipped.ipynb", "x = 1", "# NBVAL_SKIP\nx = 2")
    write_notebook(course, "02_raises.ipynb", "x = 1", "1 / 0", "x = 2", "x = 3")
    run = run_notebooks(course, "notebooks", "-n", "2", "--dist", "loadfile")
    assert run.returncode == 1
    assert "01_skipped.ipynb: 1 of 2 code cells were executed" in run.stdout
    assert "02_raises.ipynb: 2 of 4 code cells were executed" in run.stdout
    assert "00_a.ipynb:" not in run.stdout
    assert "2 failed, 3 passed, 3 skipped" in run.stdout  # the raising cell and the guard


def test_guard_sees_a_notebook_that_was_left_out(course):
    write_notebook(course, "00_a.ipynb", "1 + 1")
    write_notebook(course, "01_b.ipynb", "1 + 1")
    run = run_notebooks(course, "notebooks", "--ignore=notebooks/01_b.ipynb")
    assert run.returncode == 1
    assert "01_b.ipynb: 0 of 1 code cells were executed" in run.stdout


def test_guard_is_silent_when_one_notebook_is_asked_for(course):
    write_notebook(course, "00_a.ipynb", "1 + 1")
    write_notebook(course, "01_b.ipynb", "1 + 1")
    run = run_notebooks(course, "notebooks/00_a.ipynb")
    assert run.returncode == 0, run.stdout


def test_the_set_up_is_short(path):
    """At most 15 lines: what one cell needs is imported there."""
    first = next(cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")
    lines = [line for line in first.source.splitlines() if line.strip()]
    assert len(lines) <= 15, f"{path.name}: {len(lines)} lines of set-up, 15 at most"
