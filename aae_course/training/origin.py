"""Where a run comes from: commit and source, machine and versions, for each of its sittings.

A run can be trained in several sittings, each from a step on. A sitting begins where a run is
begun, or taken up under another commit, source, machine or library, and trains at least one step.
"""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import torch
from torch import nn

from aae_course.training.optimisation import Training
from aae_course.training.source import PACKAGE, joint_hash, modules_behind
from aae_course.training.threads import processor_name

VERSIONS_OF = ("aae-course", "torch", "torchvision", "numpy", "scikit-learn", "matplotlib")


def parts_of(model: nn.Module, training: Training, about: Mapping) -> list[object]:
    """What takes part in a training: networks, priors, settings, and what is told about them."""
    settings = [training, training.schedule, *training.optimisers.values()]
    return [*model.modules(), *settings, *about.values()]


def origin(parts: Iterable[object], device: torch.device) -> dict:
    """What a training starts under now: commit, hashes of the source behind ``parts``, machine."""
    modules = modules_behind(parts)
    return {**commit(), "source": joint_hash(modules), "modules": modules, **machine(device)}


def sittings_with(sittings: Sequence[dict], here: Mapping, from_step: int) -> list[dict]:
    """The sittings of a run that goes on from a step under the origin ``here``."""
    latest = dict(sittings[-1]) if sittings else {}
    for mark in ("from_step", "kept"):
        latest.pop(mark, None)
    return [*sittings] if latest == here else [*sittings, {"from_step": from_step, **here}]


def marked(sittings: Iterable[dict], here: Mapping) -> list[dict]:
    """The sittings, with "kept" in those whose source is not that of the origin ``here``."""
    plain = [{name: value for name, value in each.items() if name != "kept"} for each in sittings]
    return [each if each["source"] == here["source"] else {**each, "kept": True} for each in plain]


def machine(device: torch.device) -> dict:
    """What computes: device, processor, threads, and versions of the libraries."""
    return {
        "device": device_name(device),
        "processor": processor_name(),
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version(), **installed_versions()},
    }


def device_name(device: torch.device) -> str:
    """Kind of device and, for a GPU, its model."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)


@cache
def installed_versions() -> dict[str, str]:
    """Versions of the packages that a result depends on."""
    versions = {}
    for name in VERSIONS_OF:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions


@cache
def commit() -> dict:
    """The commit of this package's files, and whether they were edited since.

    Both are None where git does not track the package's own files, as in an environment that lies
    inside another repository. The answer is that of the first call, since this process goes on
    with the source that it has read.
    """
    try:
        _git("ls-files", "--error-unmatch", "__init__.py")
        changes = _git("status", "--porcelain", "--", ".", ":(exclude,glob)**/__pycache__/**")
        return {"commit": _git("rev-parse", "HEAD"), "dirty": bool(changes)}
    except (OSError, subprocess.SubprocessError):
        return {"commit": None, "dirty": None}


def _git(*words: str) -> str:
    """What git answers about the folder of this package."""
    call = ["git", "--no-optional-locks", *words]
    done = subprocess.run(
        call, cwd=PACKAGE, capture_output=True, encoding="utf-8", check=True, timeout=10
    )
    return done.stdout.strip()
