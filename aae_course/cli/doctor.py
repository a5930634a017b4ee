"""The command ``aae-course doctor``: what this machine has for the course."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import torch
from rich.table import Table

from aae_course import settings
from aae_course.cli.console import show
from aae_course.data.datasets import DATASETS, load
from aae_course.data.downloads import DataError, MissingData
from aae_course.training.precision import available_precisions


def doctor() -> None:
    """Check this machine: versions, device, data, each with a line of advice."""
    table = Table("", "what", "found", "advice", title="This machine", title_justify="left")
    for finding in examine():
        table.add_row("✓" if finding.good else "·", finding.what, finding.found, finding.advice)
    show(table)


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was found, what to do."""

    what: str
    found: str
    advice: str
    good: bool


def examine() -> Iterator[Finding]:
    """Look at the interpreter, the packages, the device and the data sets, one after another."""
    yield Finding("Python", platform.python_version(), "3.11 to 3.13 are tested", True)
    for package in ("torch", "torchvision", "scikit-learn"):
        yield _package(package, "needed: pip install -e .", needed=True)
    for package in ("jupyterlab", "ipywidgets", "umap-learn"):
        yield _package(package, 'only for notebooks: pip install -e ".[notebooks]"')
    yield _device()
    yield _threads()
    yield _precisions()
    for name in DATASETS:
        yield _data(name)


def _package(name: str, advice: str, needed: bool = False) -> Finding:
    try:
        return Finding(name, version(name), "fine", True)
    except PackageNotFoundError:
        return Finding(name, "not installed", advice, not needed)


def _device() -> Finding:
    device = settings.device()
    if device.type == "cpu":
        return Finding("device", "cpu", "fine for smoke and course scale; paper needs a GPU", True)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "Apple GPU"
    return Finding("device", f"{device}: {name}", "used by default; --device cpu to avoid it", True)


def _threads() -> Finding:
    cores, threads = os.cpu_count() or 1, torch.get_num_threads()
    advice = "fine" if threads <= cores else "set OMP_NUM_THREADS to the number of free cores"
    return Finding("CPU threads", f"{threads} on {cores} cores", advice, threads <= cores)


def _precisions() -> Finding:
    found = ", ".join(available_precisions(settings.device()))
    return Finding("precisions", found, "fp32 by default; --precision takes another", True)


def _data(name: str) -> Finding:
    try:
        data = load(name, download=False)
    except MissingData as error:
        near = os.path.relpath(settings.data_folder())
        fetched = f"downloaded to {near} when first used; AAE_DATA_DIR names another folder"
        return Finding(name, "not here yet", str(error) if name == "tfd" else fetched, True)
    except DataError as error:
        return Finding(name, "damaged", str(error), False)
    return Finding(name, f"{len(data.train):,} training images", "fine", True)
