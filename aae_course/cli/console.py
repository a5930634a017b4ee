"""What the command prints: lines beside a progress bar, tables of any width, on any console."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command starts without them
    from rich.table import Table

SPELT_OUT = {"±": "+-", "β": "beta", "σ": "sigma", "–": "-", "−": "-", "’": "'", "…": "..."}


def prepare_streams() -> None:
    """Let output spell out what its encoding lacks, instead of failing at it.

    Where a stream was closed before we started, what is said goes nowhere.
    """
    codecs.register_error("spelt out", spelt_out)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        getattr(sys, name).reconfigure(errors="spelt out")


def spelt_out(error: UnicodeError) -> tuple[str, int]:
    """An error handler for encoders: words for what cannot be encoded, else question marks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(SPELT_OUT.get(sign, "?") for sign in lost), error.end


def say(text: str) -> None:
    """Tell the user something, above a progress bar if there is one."""
    with suppress(OSError):  # of a terminal that is gone, or a full disk
        if "tqdm" in sys.modules:
            sys.modules["tqdm"].tqdm.write(text, file=sys.stderr)
        else:  # there is no bar yet
            print(text, file=sys.stderr)


def fits_boxes() -> bool:
    """Whether the terminal is as wide as typer's boxes need, which cut words in less."""
    return shutil.get_terminal_size().columns >= 80


def show(table: Table) -> None:
    """Print a table; as lines, where its words are wider than the terminal.

    A file gets it as wide as it needs, unless COLUMNS says how wide.
    """
    from rich.console import Console
    from rich.measure import Measurement

    console = Console()
    wanted = Measurement.get(console, console.options.update(max_width=10_000), table)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = wanted.maximum
    if wanted.minimum <= console.width:
        console.print(table)
    else:
        console.print(as_lines(table), soft_wrap=True, markup=False, highlight=False)


def as_lines(table: Table) -> str:
    """The cells of a table below each other: a paragraph for each row, a line for each cell."""
    headings = [f"{column.header}: " if column.header else "" for column in table.columns]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    named = [map("{}{}".format, headings, row) for row in rows]
    above = [str(part) for part in (table.title, table.caption) if part]
    return "\n\n".join([*above, *("\n".join(lines) for lines in named)])
