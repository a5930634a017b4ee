"""What the environment decides, read in this one place."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from aae_course.registry import check_known

SCALES = ("smoke", "course", "paper")
DEVICES = ("auto", "cpu", "cuda", "mps")


def data_folder() -> Path:
    """Folder of the data sets: AAE_DATA_DIR, by default ``data``.

    That is the one beside the package in a checkout, wherever a notebook is started from.
    """
    checkout = Path(__file__).parents[1]
    default = checkout / "data" if (checkout / "pyproject.toml").exists() else Path("data")
    return Path(os.environ.get("AAE_DATA_DIR", default))


def scale(name: str | None = None) -> str:
    """The scale of this session: ``name``, else AAE_SCALE, else "course".

    Raises:
        ValueError: not one of `SCALES`.
    """
    name = name or os.environ.get("AAE_SCALE", "course")
    return check_known(name, SCALES, "scale")


def device(name: str = "auto") -> torch.device:
    """The device called ``name``; "auto" takes a GPU where there is one.

    Raises:
        ValueError: not one of `DEVICES`, or not on this machine.
    """
    mps = torch.backends.mps.is_available()
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": mps}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if present[kind]))
    kind = check_known("cuda" if name.startswith("cuda:") else name, DEVICES, "device")
    if not present[kind]:
        raise ValueError(f"this machine has no {kind} device that torch can use: try --device cpu")
    if kind == "cuda":
        _check_gpu(name)
    return torch.device(name)


def devices(name: str, most: int = 1) -> tuple[torch.device, ...]:
    """The devices that "auto" or "cuda" stands for: up to ``most`` GPUs; else the one named.

    Raises:
        ValueError: not one of `DEVICES`, or not on this machine.
    """
    first = device(name)
    if name not in ("auto", "cuda") or first.type != "cuda":
        return (first,)
    count = min(most, torch.cuda.device_count())
    return tuple(torch.device("cuda", number) for number in range(count))


def _check_gpu(name: str) -> None:
    """Refuse "cuda:3" where there are two, and what is no number."""
    number, count = name.partition(":")[2] or "0", torch.cuda.device_count()
    if not number.isdecimal() or int(number) >= count:
        raise ValueError(f"no GPU is called {name!r}: this machine has cuda:0 to cuda:{count - 1}")
