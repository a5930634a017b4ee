"""What a result says of itself: its numbers, and how, where and from which source it was made."""

from __future__ import annotations

import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

import torch

T = TypeVar("T")
VERSIONS_OF = ("aae-course", "torch", "torchvision", "numpy", "scikit-learn", "matplotlib")


def by_name(rows: Sequence[Mapping[str, T]]) -> dict[str, list[T]]:
    """The numbers of every seed side by side, by name; nothing where there is no seed."""
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def summarise(values: list[float], paper: float | None) -> dict:
    """Mean and sample standard deviation over seeds, the values, and the paper's number."""
    spread = statistics.stdev(values) if len(values) > 1 else None
    return {"mean": statistics.mean(values), "std": spread, "per_seed": values, "paper": paper}


def not_measured(why: str, paper: float | None) -> dict:
    """The entry of a number that there is none of."""
    return {"mean": None, "std": None, "per_seed": [], "paper": paper, "why": why}


def in_words(metrics: Mapping[str, dict]) -> str:
    """Metrics in one line, each with its spread over seeds and the paper's number if there is one.

    Args:
        metrics: what `summarise` returned, by name.
    """
    parts = []
    for name, found in metrics.items():
        if found["mean"] is None:
            continue
        spread = "" if found["std"] is None else f" ± {found['std']:.2g}"
        paper = "" if found["paper"] is None else f" (paper {found['paper']:g})"
        parts.append(f"{name.replace('_', ' ')} {found['mean']:.4g}{spread}{paper}")
    return ", ".join(parts) or "nothing is measured on it"


def provenance(device: torch.device, command: str) -> dict:
    """Where a number comes from: device, versions, commit and command."""
    return {
        "device": device_name(device),
        "versions": {"python": platform.python_version(), **installed_versions()},
        "commit": commit(),
        "command": command,
    }


def device_name(device: torch.device) -> str:
    """Kind of device and, for a GPU, its model."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)


def installed_versions() -> dict[str, str]:
    """Versions of the packages that a result depends on."""
    found = {}
    for name in VERSIONS_OF:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def commit() -> str | None:
    """Commit of this source tree, "+changes" if it was edited since; None outside git."""
    try:
        edited = _git("status", "--porcelain", "--", ".")
        return _git("rev-parse", "HEAD") + ("+changes" if edited else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*words: str) -> str:
    """What git answers about the folder of this package."""
    return subprocess.run(
        ["git", *words], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True,
        timeout=10,
    ).stdout.strip()  # fmt: skip
