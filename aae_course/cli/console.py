"""What the command prints: lines beside a progress bar, and tables."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from tqdm import tqdm


def say(text: str) -> None:
    """Tell the user something, above a progress bar if there is one."""
    tqdm.write(text, file=sys.stderr)


def show(table: Table) -> None:
    """Print a table."""
    Console().print(table)
