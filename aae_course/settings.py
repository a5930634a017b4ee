"""What the environment decides, read in this one place."""

from __future__ import annotations

import os
from pathlib import Path

import torch

SCALES = ("smoke", "course", "paper")
DEVICES = ("auto", "cpu", "cuda", "mps")


def data_folder() -> Path:
    """Folder of the data sets: AAE_DATA_DIR, by default ``data``."""
    return Path(os.environ.get("AAE_DATA_DIR", "data"))


def scale(name: str | None = None) -> str:
    """The scale of this session: ``name``, else AAE_SCALE, else "course".

    Raises:
        ValueError: not one of `SCALES`.
    """
    name = name or os.environ.get("AAE_SCALE", "course")
    if name not in SCALES:
        raise ValueError(f"unknown scale {name!r}: choose {', '.join(SCALES)}")
    return name


def device(name: str = "auto") -> torch.device:
    """The device called ``name``; "auto" takes a GPU where there is one.

    Raises:
        ValueError: not one of `DEVICES`, or not on this machine.
    """
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": _has_mps()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if present[kind]))
    kind = name.split(":")[0]
    if kind not in present:
        raise ValueError(f"unknown device {name!r}: choose {', '.join(DEVICES)}")
    if not present[kind]:
        raise ValueError(f"this machine has no {kind} device that torch can use: try --device cpu")
    if name.startswith("cuda:") and int(name[5:] or 0) >= torch.cuda.device_count():
        raise ValueError(f"this machine has {torch.cuda.device_count()} GPUs, not {name}")
    return torch.device(name)


def _has_mps() -> bool:
    return torch.backends.mps.is_available()
