"""The command ``aae-course notebooks``: the notebooks, written where a person works on them."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from aae_course import settings


def notebooks(
    folder: Annotated[
        Path, typer.Argument(help="Where to, made if it is not there.", metavar="DIR")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace notebooks that were changed since.")
    ] = False,
) -> None:
    """Write the notebooks of the course into a folder, to work on them there.

    They need nothing beside them: the figures and numbers that they read come with the package.
    A notebook that is there already and differs is kept, and named.

    An example:

        aae-course notebooks course
    """
    changed = [path.name for path in write_notebooks(folder, force)]
    if changed:
        print(f"kept as you have them (--force replaces them): {', '.join(changed)}")
    print(f"The notebooks are in {folder}. Next: jupyter lab {folder}")


def write_notebooks(folder: Path, force: bool = False) -> list[Path]:
    """Write each notebook whole or not at all, and return those kept since they were changed.

    Args:
        folder: made if it is not there.
        force: replace the changed ones too, so that none is kept.

    Raises:
        OSError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return list(_write_each(folder, force))
    except OSError as error:
        why = f"cannot write to the folder {folder} ({error.strerror})"
        raise OSError(f"{why}: name another one") from error


def _write_each(folder: Path, force: bool) -> Iterator[Path]:
    from aae_course.data.whole_files import written_whole

    for notebook in sorted(settings.course_folder("notebooks").glob("[0-9][0-9]_*.ipynb")):
        target = folder / notebook.name
        if force or not target.exists():
            with written_whole(target) as temporary:
                shutil.copyfile(notebook, temporary)
        elif not filecmp.cmp(notebook, target, shallow=False):
            yield target
