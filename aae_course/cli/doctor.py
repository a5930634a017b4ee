"""The command ``aae-course doctor``: what this machine has for the course, and what it lacks."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from aae_course import settings
from aae_course.cli.console import show
from aae_course.cli.libraries import EXTRA, NEEDED, OPTIONAL, Library, tried


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was found, what to do.

    What is not good keeps something of the course from working.
    """

    what: str
    found: str
    advice: str
    good: bool = True


def doctor() -> None:
    """Check this machine: libraries, device, folders, data, each with a line of advice.

    The exit status is 1 where something is broken that the course needs.
    """
    findings = list(examine())
    try:
        _show(findings)
    except ImportError:  # rich is broken itself
        for finding in findings:
            print(" ".join((_mark(finding), finding.what, finding.found, finding.advice)))
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    from rich.table import Table

    table = Table("", "what", "found", "advice", title="This machine", title_justify="left")
    for finding in findings:
        table.add_row(_mark(finding), finding.what, finding.found, finding.advice)
    show(table)


def _mark(finding: Finding) -> str:
    return "ok" if finding.good else "!!"


def examine() -> Iterator[Finding]:
    """Look at one thing after another; what cannot even be looked at is a finding too."""
    yield Finding("Python", platform.python_version(), "3.11 to 3.13 are tested")
    libraries = tried(NEEDED | OPTIONAL)
    yield from (_needed(each) for each in libraries if each.name in NEEDED)
    yield from (_optional(each) for each in libraries if each.name in OPTIONAL)
    yield _output(sys.stdout.encoding)
    yield _found("scale", lambda: Finding("scale", settings.scale(), "AAE_SCALE chooses another"))
    yield _found("results", lambda: _writable("results", Path("results"), "--out"))
    yield _found("data", lambda: _writable("data", settings.data_folder(), "AAE_DATA_DIR"))
    if all(each.works for each in libraries if each.name in NEEDED):
        yield from _with_torch()


def _with_torch() -> Iterator[Finding]:
    from aae_course.data.datasets import DATASETS

    yield _found("device", _device)
    yield _found("CPU threads", _threads)
    yield _found("precisions", _precisions)
    for name in DATASETS:
        yield _found(name, partial(_data, name))


def _found(what: str, look: Callable[[], Finding]) -> Finding:
    """What ``look`` finds; where it fails, the reason."""
    try:
        return look()
    except Exception as error:  # of every kind, since to find them is what this is for
        return Finding(what, type(error).__name__, str(error).partition("\n")[0], False)


def _needed(library: Library) -> Finding:
    if library.works:
        return Finding(library.name, library.version, "fine")
    if library.version is None:
        return Finding(library.name, "not installed", f"pip install {library.name}", False)
    return Finding(library.name, f"{library.version}, broken", _mend(library), False)


def _optional(library: Library) -> Finding:
    if library.works:
        return Finding(library.name, library.version, "fine")
    use = f"only aae-course[{EXTRA[library.name]}] needs it"
    if library.version is None:
        return Finding(library.name, "not installed", f"{use}: pip install {library.name}")
    return Finding(library.name, f"{library.version}, broken", f"{use}: {_mend(library)}")


def _mend(library: Library) -> str:
    return f"{library.fault}; pip install --force-reinstall {library.name}"


def _output(encoding: str) -> Finding:
    if "utf" in encoding.lower():
        return Finding("output", encoding, "fine")
    return Finding("output", encoding, "signs that it lacks are spelt out; PYTHONUTF8=1 shows them")


def _writable(what: str, folder: Path, chosen_by: str) -> Finding:
    """Try to write where the folder is, or is to be made."""
    whole = folder.absolute()
    nearest = next(path for path in (whole, *whole.parents) if path.exists())
    try:
        tempfile.TemporaryFile(dir=nearest).close()
    except OSError as error:
        why = f"{nearest}: {error.strerror}. {chosen_by} names another folder"
        return Finding(what, "cannot be written", why, False)
    return Finding(what, _from_here(folder), "fine")


def _from_here(folder: Path) -> str:
    try:
        return os.path.relpath(folder)
    except ValueError:  # on another drive of Windows
        return str(folder)


def _device() -> Finding:
    import torch

    device = settings.device()
    if device.type == "cpu":
        return Finding("device", "cpu", "fine for smoke and course scale; paper needs a GPU")
    (torch.ones(2, 2, device=device) @ torch.ones(2, 2, device=device)).cpu()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "Apple GPU"
    return Finding("device", f"{device}: {name}", "used by default; --device cpu to avoid it")


def _threads() -> Finding:
    import torch

    cores, threads = os.cpu_count() or 1, torch.get_num_threads()
    advice = "fine" if threads <= cores else "set OMP_NUM_THREADS to the number of free cores"
    return Finding("CPU threads", f"{threads} on {cores} cores", advice, threads <= cores)


def _precisions() -> Finding:
    from aae_course.training.precision import available_precisions

    found = ", ".join(available_precisions(settings.device()))
    return Finding("precisions", found, "fp32 by default; --precision takes another")


def _data(name: str) -> Finding:
    from aae_course.data.datasets import load
    from aae_course.data.downloads import DataError, MissingData

    try:
        data = load(name, download=False)
    except MissingData as error:
        fetched = "downloaded into the data folder when first used"
        return Finding(name, "not here yet", str(error) if name == "tfd" else fetched)
    except DataError as error:
        return Finding(name, "damaged", str(error), False)
    return Finding(name, f"{len(data.train):,} training images", "fine")
