"""Files that are written whole or not at all: a reader finds the old one or the new one."""

from __future__ import annotations

import os
import platform
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path to write to, whose file takes the place of ``path`` at the end of the block.

    Where the block fails, ``path`` stays as it was. What a killed process of this machine left
    behind when it wrote to ``path`` is removed.
    """
    machine = re.sub(r"\W", "", platform.node())
    _remove_remains(path, machine)
    temporary = path.with_name(f".{machine}-{os.getpid()}-{secrets.token_hex(4)}.{path.name}")
    try:
        yield temporary
        with open(temporary, "rb+") as written:  # Windows flushes only what may be written
            os.fsync(written.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_remains(path: Path, machine: str) -> None:
    name = re.compile(rf"\.{machine}-(\d+)-\w+\.{re.escape(path.name)}")
    for file in path.parent.glob(".*"):
        found = name.fullmatch(file.name)
        if found and not psutil.pid_exists(int(found[1])):
            file.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all, the same on every system."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
