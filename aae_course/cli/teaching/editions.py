"""Two editions of a notebook, made from the one that the course has: for students, for teachers."""

from __future__ import annotations

import re
from copy import deepcopy

from aae_course.cli.teaching.exercises import (
    CALL,
    FOLDED,
    PYTHON,
    definition,
    exercises_of,
    solution,
)

SOLVING = {"Solution", "The curve to expect"}  # what folds with these titles hold
PROMISE = "The solution is folded up after the cell."
TIMES = re.compile(r"^> ### (Exercise \d+ · .+)\n> Difficulty (.+)$", re.MULTILINE)


def student(notebook: dict) -> dict:
    """The notebook without its solutions; hints and checks stay."""
    return _rewritten(notebook, lambda text: _unsolved(text).replace(f" {PROMISE}", ""))


def instructor(notebook: dict) -> dict:
    """The notebook with its solutions in the place of the stubs, and what they explain as notes."""
    solved = _rewritten(notebook, _noted)
    for cell in solved["cells"]:
        if cell["cell_type"] == "code" and (call := CALL.search(source(cell))):
            _solve(cell, call[2], solution(notebook, call[2]))
    solved["cells"].insert(1, _overview(notebook))
    return solved


def source(cell: dict) -> str:
    """The text of a cell, which files keep as lines."""
    return "".join(cell["source"])


def _rewritten(notebook: dict, rewrite) -> dict:
    """A copy with every text rewritten; cells that become empty are left out."""
    copy = deepcopy(notebook)
    for cell in copy["cells"]:
        if cell["cell_type"] == "markdown":
            _put(cell, rewrite(source(cell)))
    copy["cells"] = [cell for cell in copy["cells"] if cell["source"]]
    return copy


def _unsolved(text: str) -> str:
    return FOLDED.sub(lambda fold: "" if fold["title"] in SOLVING else fold[0], text)


def _noted(text: str) -> str:
    """The text with solutions unfolded, and without their code, which is in the cell above."""

    def note(fold):
        if fold["title"] not in SOLVING:
            return fold[0]
        said = PYTHON.sub("", fold["inside"]).strip()
        title = fold["title"].replace("Solution", "To the solution above")
        return f"**For the teacher · {title}.**\n\n{said}\n\n" if said else ""

    return FOLDED.sub(note, text)


def _solve(cell: dict, name: str, code: str) -> None:
    """Put the solution where the stub of the exercise is; what follows it stays."""
    _put(cell, definition(name).sub(lambda _: code.rstrip() + "\n\n\n", source(cell), count=1))
    cell.update(outputs=[], execution_count=None)


def _put(cell: dict, text: str) -> None:
    cell["source"] = text.strip("\n").splitlines(keepends=True)


def _overview(notebook: dict) -> dict:
    """A note on what there is to do in the notebook, and how long it takes."""
    texts = [source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    asked = [f"- {name}: {times}" for text in texts for name, times in TIMES.findall(text)]
    graded = ", ".join(f"`{name}`" for name in exercises_of(notebook))
    text = (
        "**For the teacher.** The solutions are filled in, and what they explain stands below them."
        f"\n\n{chr(10).join(asked)}\n\n`aae-course grade` looks at {graded}."
    )
    note = {"cell_type": "markdown", "id": "for-the-teacher", "metadata": {}}
    _put(note, text)
    return note
