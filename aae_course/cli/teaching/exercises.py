"""The exercises of a notebook: their names, their stubs, and the solutions that are folded up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from aae_course import settings

FOLDED = re.compile(
    r"<details><summary>(?P<title>[^<]*)</summary>(?P<inside>.*?)</details>\n*", re.DOTALL
)
PYTHON = re.compile(r"^```python\n(.*?)^```\n*", re.DOTALL | re.MULTILINE)
CHECKS = re.compile(r"^from aae_course\.lessons\.checks import (\w+) as checks$", re.MULTILINE)
CALL = re.compile(r"^\w+ = checks\.(\w+)\((\w+)\)$", re.MULTILINE)


def course_notebooks() -> list[Path]:
    """The notebooks of the course, in their order."""
    return sorted(settings.course_folder("notebooks").glob("[0-9][0-9]_*.ipynb"))


def read(path: Path) -> dict:
    """A notebook as it is in its file."""
    return json.loads(path.read_text(encoding="utf-8"))


def sources(notebook: dict, kind: str) -> list[str]:
    """The text of its cells of this kind, "code" or "markdown"."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == kind]
    return ["".join(cell["source"]) for cell in cells]


def checks_of(notebook: dict) -> str | None:
    """The module of its checks, such as "vae"; None where it imports none."""
    found = CHECKS.search("\n".join(sources(notebook, "code")))
    return found[1] if found else None


def exercises_of(notebook: dict) -> list[str]:
    """The names of the functions that its checks are given, in their order."""
    return [name for _, name in CALL.findall("\n".join(sources(notebook, "code")))]


def course_exercises() -> dict[str, list[str]]:
    """Module of checks -> the exercises of the course's notebook that imports it."""
    notebooks = map(read, course_notebooks())
    return {checks_of(notebook): exercises_of(notebook) for notebook in notebooks}


def solutions(notebook: dict) -> Iterator[str]:
    """The code of every folded solution."""
    for text in sources(notebook, "markdown"):
        for folded in FOLDED.finditer(text):
            if folded["title"] == "Solution":
                yield from PYTHON.findall(folded["inside"])


def solution(notebook: dict, name: str) -> str:
    """The code that solves an exercise; other names that it needs are in it.

    Raises:
        LookupError: no folded solution defines ``name``.
    """
    for code in solutions(notebook):
        if definition(name).search(code):
            return code
    raise LookupError(f"no solution defines {name}")


def definition(name: str) -> re.Pattern[str]:
    """Finds the function of this name in code, from its first line to the end of its body."""
    return re.compile(rf"^def {name}\(.*?(?=^\S|\Z)", re.DOTALL | re.MULTILINE)
