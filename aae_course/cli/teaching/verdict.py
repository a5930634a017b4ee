"""What the grader has run within a student's kernel: the verdict, and a guard of files.

Neither is a wall. A kernel does what its code says, and code that is meant to deceive can.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

CHECKS = "aae_course.lessons.checks"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What Python tells before it changes a file: the event, and how many of its arguments are paths.
CHANGES = {
    "os.remove": 1,
    "os.rmdir": 1,
    "os.mkdir": 1,
    "os.truncate": 1,
    "os.chmod": 1,
    "os.rename": 2,
    "os.link": 2,
    "os.symlink": 2,
    "shutil.rmtree": 1,
}


def begin(module: str, folder: str) -> None:
    """Load what the notebook will need, and hold it to its own folder from now on."""
    importlib.import_module(f"{CHECKS}.{module}")
    write_only_in(folder)


def verdict(module: str, name: str, namespace: Mapping) -> tuple[bool, str]:
    """Whether a function passes its check, and else why not.

    Args:
        module: of the checks, such as "vae".
        name: of the exercise, its check and its function.
        namespace: the notebook's names.
    """
    answer = namespace.get(name)
    if not callable(answer):
        return False, f"there is no function {name}"
    with _read_anew(CHECKS), redirect_stdout(io.StringIO()) as said:
        check = getattr(importlib.import_module(f"{CHECKS}.{module}"), name)
        passed = check(answer)
    last = said.getvalue().strip().rpartition("\n")[2]
    if passed is True or last.startswith("not yet"):
        return passed is True, "" if passed is True else "not yet written"
    return False, last.removeprefix(f"not right: {name} ")


@contextmanager
def _read_anew(package: str) -> Iterator[None]:
    """Within the block the modules of a package are as in their files, whatever was put in them."""

    def loaded():
        return [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]

    before = {name: sys.modules.pop(name) for name in loaded()}
    try:
        yield
    finally:
        for name in loaded():
            del sys.modules[name]
        sys.modules.update(before)


def write_only_in(folder: str) -> None:
    """From now on Python changes no file outside of ``folder``, and raises PermissionError.

    Libraries that are not written in Python, and other programs, are not held.
    """
    inside = Path(folder).resolve()

    def look(event, arguments):
        if event == "open":
            path, _, flags = arguments
            changed = [path] if flags & WRITING else []
        else:
            changed = arguments[: CHANGES.get(event, 0)]
        for path in changed:
            if isinstance(path, str | bytes | os.PathLike) and not _is_in(inside, path):
                raise PermissionError(f"writes to {os.fsdecode(path)}, outside of its own folder")

    sys.addaudithook(look)


def _is_in(folder: Path, path) -> bool:
    there = Path(os.fsdecode(path))
    return str(there) == os.devnull or there.resolve().is_relative_to(folder)
