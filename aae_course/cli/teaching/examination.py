"""One notebook's examination: a process of its own, in a folder of its own, within limits."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import psutil

from aae_course.cli.teaching.examiner import Task
from aae_course.cli.teaching.exercises import checks_of, course_exercises


@dataclass(frozen=True)
class Limits:
    """What a notebook may use.

    Attributes:
        minutes: the whole of it.
        cell_seconds: one cell.
        gigabytes: of memory, its processes together.
        scale: "smoke", "course" or "paper".
    """

    minutes: float = 15
    cell_seconds: int = 120
    gigabytes: float = 4
    scale: str = "smoke"


@dataclass(frozen=True)
class Grade:
    """How one exercise of one notebook stands; the exercise is "" where none could be looked at."""

    exercise: str
    passed: bool
    reason: str


@dataclass(frozen=True)
class Report:
    """What came of one notebook: its grades, the seconds it took, the memory it had at most."""

    grades: list[Grade]
    seconds: float = 0.0
    megabytes: float = 0.0


def examine(path: Path, limits: Limits, stop: Event) -> Report:
    """Run a notebook and tell how its exercises stand; never raises for what is wrong with it.

    Args:
        path: of the notebook.
        limits: what it may use.
        stop: once it is set, the notebook's processes are ended.
    """
    try:
        module = _module(path)
    except ValueError as error:
        return Report([Grade("", False, str(error))])
    exercises = course_exercises()[module]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as ours:
        scratch, verdicts = Path(ours, "scratch"), Path(ours, "verdicts")
        scratch.mkdir()
        task = Task(
            str(path.resolve()),
            module,
            exercises,
            str(scratch.resolve()),
            limits.cell_seconds,
            str(verdicts),
        )
        ended, seconds, megabytes = _watched(task, limits, stop)
        return Report(_grades(exercises, verdicts, ended), seconds, megabytes)


def _module(path: Path) -> str:
    """The module of a notebook's checks.

    Raises:
        ValueError: it is no notebook, or none of the course.
    """
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # a file that somebody hands in may be anything
        raise ValueError(f"is no notebook: {' '.join(str(error).split())[:100]}") from error
    module = checks_of(notebook)
    if module not in course_exercises():
        line = "from aae_course.lessons.checks import ... as checks"
        raise ValueError(f"is no notebook of the course: it has no line `{line}`")
    return module


def _watched(task: Task, limits: Limits, stop: Event) -> tuple[str, float, float]:
    """Why the process ended, "" of itself; the seconds it took; its most memory, in megabytes."""
    began, most = monotonic(), 0.0
    log = Path(task.verdicts).with_name("log")
    with open(log, "wb") as said:
        process = subprocess.Popen(
            task.command(),
            env=_environment(task.folder, limits),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # a Ctrl-C in the terminal is for us, and we end it
        )
    while True:
        with suppress(subprocess.TimeoutExpired):
            status = process.wait(0.5)
            why = f"the grader itself failed: {_last_line(log)}" if status else ""
            return why, monotonic() - began, most
        most = max(most, sum(_resident(process.pid)) / 1e6)
        if why := _too_much(monotonic() - began, most, limits, stop):
            _end(process)
            return why, monotonic() - began, most


def _environment(folder: str, limits: Limits) -> dict[str, str]:
    """Of the process: homes and temporary files lie in its own folder."""
    import matplotlib

    own = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR"), folder)
    return {
        **os.environ,
        **own,
        "MPLCONFIGDIR": matplotlib.get_configdir(),  # else it looks for all fonts anew
        "AAE_SCALE": limits.scale,
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def _resident(pid: int) -> Iterator[int]:
    """Bytes in memory of each process that a process started."""
    for child in _children(pid):
        with suppress(psutil.Error):
            yield child.memory_info().rss


def _children(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []


def _too_much(seconds: float, megabytes: float, limits: Limits, stop: Event) -> str:
    if seconds > 60 * limits.minutes:
        return f"the notebook does not end within {limits.minutes:g} minutes"
    if megabytes > 1000 * limits.gigabytes:
        return f"the notebook takes more than {limits.gigabytes:g} GB of memory"
    return "stopped" if stop.is_set() else ""


def _end(process: subprocess.Popen) -> None:
    """End a process and all that it started."""
    for each in _children(process.pid):
        with suppress(psutil.Error):
            each.kill()
    process.kill()
    process.wait()


def _grades(exercises: list[str], verdicts: Path, ended: str) -> list[Grade]:
    """The last word on each exercise; of one that has none, why the process ended."""
    last = {}
    if verdicts.exists():
        for line in verdicts.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):  # the process was ended as it wrote
                name, passed, reason = json.loads(line)
                last[name] = Grade(name, passed, ended if reason is None else reason)
    return [last.get(name) or Grade(name, False, ended or "not reached") for name in exercises]


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "no word of it")
