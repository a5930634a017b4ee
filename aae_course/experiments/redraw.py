"""The picture and the table of an artefact: after its training, and again from its record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from aae_course.data.whole_files import write_text
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.trained import Trained
from aae_course.pictures.style import STYLE, write_picture
from aae_course.pictures.table_picture import draw_table


def redraw(name: str, folder: Path, suffix: str = ".png") -> list[Path]:
    """Write what an artefact shows of its record again, without training; return the files.

    A picture of codes or images needs the trained models, and stays as it is.

    Args:
        name: of the artefact.
        folder: where its record, ``<name>.json``, is.
        suffix: of the picture, .png or .pdf.

    Raises:
        FileNotFoundError: there is no record.
    """
    record_path, artefact = folder / f"{name}.json", ARTEFACTS[name]
    if not record_path.exists():
        raise FileNotFoundError(
            f"there is no record {record_path}: make it with aae-course reproduce {name}"
        )
    record = json.loads(record_path.read_text(encoding="utf-8"))
    picture, numbers = record_path.with_suffix(suffix), Metrics(record["metrics"])
    written = write_table(artefact, numbers, picture)
    if not artefact.draws_trained:
        write_drawing(artefact, {}, numbers, record["scale"], [picture])
        written.append(picture)
    return written


def write_views(
    artefact: Artefact,
    trained: Mapping[str, Trained],
    metrics: Mapping[str, dict],
    scale: str,
    pictures: Sequence[Path],
) -> None:
    """Write the picture to each of these files, and beside it the table if there is one."""
    write_table(artefact, Metrics(metrics), pictures[0])
    write_drawing(artefact, trained, Metrics(metrics), scale, pictures)


def write_table(artefact: Artefact, numbers: Metrics, picture: Path) -> list[Path]:
    """Write the table in Markdown, if there is one, beside the picture; return its path."""
    if not artefact.table:
        return []
    path = picture.with_suffix(".md")
    write_text(path, artefact.table(numbers).markdown())
    return [path]


def write_drawing(
    artefact: Artefact,
    trained: Mapping[str, Trained],
    numbers: Metrics,
    scale: str,
    pictures: Sequence[Path],
) -> None:
    """Write the picture to each of these files, in the style of all."""
    with matplotlib.rc_context(STYLE):
        figure = draw(artefact, trained, numbers, scale)
        try:
            for path in pictures:
                write_picture(figure, path)
        finally:
            plt.close(figure)


def draw(
    artefact: Artefact, trained: Mapping[str, Trained], numbers: Metrics, scale: str
) -> Figure:
    """What was trained, or the numbers, or else the table."""
    if artefact.draw:
        return artefact.draw(trained, scale)
    if artefact.draw_numbers:
        return artefact.draw_numbers(numbers)
    return draw_table(artefact.table(numbers), artefact.title)
