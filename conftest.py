"""How pytest treats the notebooks: patience, one failure each, and proof that every cell ran."""

import json
from collections import Counter
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parent / "notebooks"
failed_notebooks = set()
executed_cells = Counter()


def is_notebook(node):
    return getattr(node, "path", None) is not None and node.path.suffix == ".ipynb"


def pytest_collectstart(collector):
    if is_notebook(collector) and hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)  # warnings carry the kernel's process id


def pytest_collection_modifyitems(items):
    for item in filter(is_notebook, items):
        item.output_timeout = 60  # nbval waits 5 seconds, too short for a busy machine


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed and is_notebook(item):
        failed_notebooks.add(item.path)
    return report


def pytest_runtest_setup(item):
    if item.path in failed_notebooks:
        pytest.skip("an earlier cell of this notebook failed")


# The guard: a run over the whole folder fails unless every code cell of every notebook was
# executed. A cell marked as skipped, an ignored file or a lost worker would go unnoticed otherwise.


def pytest_runtest_logreport(report):
    path = Path(report.fspath)
    if path.suffix == ".ipynb" and report.when == "call" and not report.skipped:
        executed_cells[path.name] += report.duration > 0


def pytest_sessionfinish(session):
    if is_full_notebook_run(session.config) and (idle := notebooks_with_idle_cells()):
        session.config.hook.pytest_runtest_logreport(report=failure(idle))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_full_notebook_run(config):
    option = config.option
    nbval = getattr(option, "nbval", False) or getattr(option, "nbval_lax", False)  # if installed
    if hasattr(config, "workerinput") or not nbval:
        return False
    if option.collectonly or option.keyword or option.markexpr or getattr(option, "lf", False):
        return False
    asked = {(config.invocation_params.dir / arg).resolve() for arg in config.args}
    return not asked.isdisjoint({NOTEBOOKS, NOTEBOOKS.parent})


def notebooks_with_idle_cells():
    wanted = {path.name: count_code_cells(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    return [
        f"{name}: {executed_cells[name]} of {cells} code cells were executed"
        for name, cells in wanted.items()
        if executed_cells[name] < cells
    ]


def count_code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum(cell["cell_type"] == "code" for cell in cells)


def failure(lines):
    name = "every code cell is executed"
    return pytest.TestReport(
        nodeid=f"notebooks::{name}",
        location=("notebooks", None, name),
        keywords={},
        outcome="failed",
        longrepr="\n".join(lines),
        when="call",
    )
