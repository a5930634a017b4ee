"""The command ``aae-course notebooks``: the notebooks, written where a person works on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from aae_course.cli.teaching import editions
from aae_course.cli.teaching.exercises import course_notebooks, read
from aae_course.cli.teaching.slides import slides_of


def notebooks(
    folder: Annotated[
        Path, typer.Argument(help="Where to, made if it is not there.", metavar="DIR")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace notebooks that were changed since.")
    ] = False,
    student: Annotated[
        bool, typer.Option("--student", help="Without the solutions; the checks stay.")
    ] = False,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="With the solutions filled in, and notes.")
    ] = False,
    slides: Annotated[
        bool, typer.Option("--slides", help="As slides for a browser, which need no network.")
    ] = False,
) -> None:
    """Write the notebooks of the course into a folder, to work on them there.

    They need nothing beside them: the figures and numbers that they read come with the package.
    A notebook that is there already and differs is kept, and named.

    Some examples:

        aae-course notebooks course

        aae-course notebooks handout --student

        aae-course notebooks lecture --slides
    """
    if student + instructor + slides > 1:
        raise ValueError("--student, --instructor and --slides exclude each other: give one")
    edition = STUDENT if student else INSTRUCTOR if instructor else SLIDES if slides else AS_IT_IS
    changed = [path.name for path in write_notebooks(folder, force, edition)]
    if changed:
        print(f"kept as you have them (--force replaces them): {', '.join(changed)}")
    if slides:
        print(f"The slides are in {folder}. Next: open one of them in a browser")
    else:
        print(f"The notebooks are in {folder}. Next: jupyter lab {folder}")


class Edition(NamedTuple):
    """How a notebook of the course is written: the end of its file's name, and its content."""

    suffix: str
    content: Callable[[Path], bytes]


def _as_json(notebook: dict) -> bytes:
    """As Jupyter writes it."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


AS_IT_IS = Edition(".ipynb", Path.read_bytes)
STUDENT = Edition(".ipynb", lambda path: _as_json(editions.student(read(path))))
INSTRUCTOR = Edition(".ipynb", lambda path: _as_json(editions.instructor(read(path))))
SLIDES = Edition(".slides.html", lambda path: slides_of(editions.student(read(path))).encode())


def write_notebooks(folder: Path, force: bool = False, edition: Edition = AS_IT_IS) -> list[Path]:
    """Write each notebook whole or not at all, and return those kept since they were changed.

    Args:
        folder: made if it is not there.
        force: replace the changed ones too, so that none is kept.
        edition: how they are written.

    Raises:
        OSError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return list(_write_each(folder, force, edition))
    except OSError as error:
        why = f"cannot write to the folder {folder} ({error.strerror})"
        raise OSError(f"{why}: name another one") from error


def _write_each(folder: Path, force: bool, edition: Edition) -> Iterator[Path]:
    from aae_course.data.whole_files import written_whole

    for notebook in course_notebooks():
        target = folder / f"{notebook.stem}{edition.suffix}"
        content = edition.content(notebook)
        if force or not target.exists():
            with written_whole(target) as temporary:
                temporary.write_bytes(content)
        elif target.read_bytes() != content:
            yield target
