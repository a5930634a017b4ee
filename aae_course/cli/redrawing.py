"""The commands that write pages and pictures from records, without training."""

from __future__ import annotations

from typing import Annotated

import typer

from aae_course import settings
from aae_course.settings import check_known

Folder = Annotated[str, typer.Option(help="Folder of the records.")]


def dashboard(out: Folder = "results") -> None:
    """Write README.md beside the records: every figure and table, our number and the paper's.

    The tables of a README beside that folder, and of docs/speed.md there, are written too, between
    the comments that say so.

    An example:

        aae-course dashboard --out figures
    """
    from aae_course.experiments.dashboard import write_dashboard
    from aae_course.experiments.registry import ARTEFACTS

    for page in write_dashboard(ARTEFACTS, settings.folder(out)):
        print(f"page: {page}")


def redraw(
    names: Annotated[list[str], typer.Argument(help="Figures and tables, see `aae-course list`.")],
    picture: Annotated[str, typer.Option("--format", help="png, or pdf for print.")] = "png",
    out: Folder = "results",
) -> None:
    """Draw tables and diagrams again from their records, without training.

    Pictures of codes and images need what was trained: `aae-course reproduce` draws those again.

    Some examples:

        aae-course redraw table2 table3 --out figures

        aae-course redraw fig8 --format pdf
    """
    from aae_course.experiments.redraw import redraw as draw_again
    from aae_course.experiments.registry import ARTEFACTS

    suffix = f".{check_known(picture, ('png', 'pdf'), 'format')}"
    for name in names:
        check_known(name, ARTEFACTS, "figure or table")
    for name in dict.fromkeys(names):
        for path in draw_again(name, settings.folder(out), suffix):
            print(f"written: {path}")
