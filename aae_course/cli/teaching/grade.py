"""The command ``aae-course grade``: how every exercise of every student's notebook stands."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from aae_course import settings
from aae_course.cli.teaching.examination import Limits, Report, examine
from aae_course.cli.teaching.gradebook import Gradebook


def grade(
    folder: Annotated[
        Path, typer.Argument(help="Of the notebooks, and folders of them.", metavar="FOLDER")
    ],
    out: Annotated[
        Path | None, typer.Option(help="The table. [default: grades.csv in that folder]")
    ] = None,
    scale: Annotated[str, typer.Option(help="smoke, course or paper.")] = "smoke",
    workers: Annotated[int, typer.Option(help="Notebooks side by side.", min=1)] = 1,
    minutes: Annotated[float, typer.Option(help="Time for a notebook.", min=0)] = 15,
    cell_seconds: Annotated[int, typer.Option(help="Time for a cell.", min=1)] = 120,
    gigabytes: Annotated[float, typer.Option(help="Memory for a notebook.", min=0)] = 4,
) -> None:
    """Run students' notebooks, and write a table of which exercises pass their checks, or why not.

    Each notebook runs in a process and a folder of its own. One that never ends, takes too much
    memory, ends its process or is no notebook does not keep the others from being graded. The table
    is written after each of them, so nothing is lost by a Ctrl-C; the next call grades what is new
    or was changed. A notebook whose rows are deleted is graded again.

    A notebook is a program: run what you do not trust in a container, or as a user without rights.

    Some examples:

        aae-course grade handed_in

        aae-course grade handed_in --workers 4 --out week_3.csv
    """
    limits = Limits(
        minutes, cell_seconds, gigabytes, settings.check_known(scale, settings.SCALES, "scale")
    )
    notebooks = notebooks_in(folder)
    book = Gradebook(out or folder / "grades.csv", folder, limits)
    book.keep_only(notebooks)
    open_ones = [notebook for notebook in notebooks if not book.has(notebook)]
    if len(open_ones) < len(notebooks):
        print(f"{len(notebooks) - len(open_ones)} of {len(notebooks)} are graded already")
    grade_all(open_ones, book, limits, workers)
    book.write()
    print("\n".join(summary(book)))


def notebooks_in(folder: Path) -> list[Path]:
    """The notebooks in a folder and in the folders below it, without those that Jupyter hides.

    Raises:
        ValueError: there are none.
    """
    found = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise ValueError(
            f"no notebook (*.ipynb) in {folder}: name the folder of what was handed in"
        )
    return found


def grade_all(notebooks: list[Path], book: Gradebook, limits: Limits, workers: int) -> None:
    """Grade notebooks, several at a time, and enter each as it is done."""
    from tqdm import tqdm

    stop = Event()
    with ThreadPoolExecutor(workers) as pool:
        marks = {path: book.mark(path) for path in notebooks}
        jobs = {pool.submit(examine, path, limits, stop): path for path in notebooks}
        try:
            for job in tqdm(_as_done(jobs), total=len(jobs), unit="notebook", disable=not jobs):
                book.enter(jobs[job], marks[jobs[job]], job.result())
        except BaseException:  # a Ctrl-C among them
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _as_done(jobs: dict[Future[Report], Path]) -> Iterator[Future[Report]]:
    """Each job when it is done; looks up now and then, so that Windows lets a Ctrl-C through."""
    left = set(jobs)
    while left:
        done, left = wait(left, timeout=0.5, return_when=FIRST_COMPLETED)
        yield from done


def summary(book: Gradebook) -> Iterator[str]:
    """How many notebooks pass each exercise, and where the table is."""
    rows = [row for rows in book.rows.values() for row in rows]
    exercises = dict.fromkeys(row["exercise"] for row in rows if row["exercise"])
    for name in exercises:
        passed = [row["passed"] == "yes" for row in rows if row["exercise"] == name]
        yield f"{name}: {sum(passed)} of {len(passed)} passed"
    if unread := sum(not row["exercise"] for row in rows):
        yield f"{unread} could not be read as a notebook of the course"
    yield f"table: {book.path}"
