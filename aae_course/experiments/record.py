"""What a result says of itself: how, where and from which source it was made."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

VERSIONS_OF = ("aae-course", "torch", "torchvision", "numpy", "scikit-learn", "matplotlib")


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
    versions = {}
    for name in VERSIONS_OF:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions


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
