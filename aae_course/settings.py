"""What the environment decides, read in this one place."""

from __future__ import annotations

import difflib
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing it takes seconds, which most of the command does without
    import torch

SCALES = ("smoke", "course", "paper")
DEVICES = ("auto", "cpu", "cuda", "mps")
STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Ctrl-C, kill, a closed terminal, Windows
PACKAGE = Path(__file__).parent


def variable(name: str) -> str | None:
    """What the environment variable ``name`` says; None if it is unset, empty or blank."""
    said = os.environ.get(name, "")
    return said if said.strip() else None


def stopping_signals() -> list[signal.Signals]:
    """The signals that ask this process to stop, without those that it ignores.

    Under ``nohup``, for example, SIGHUP is ignored.
    """
    known = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
    return [each for each in known if signal.getsignal(each) not in (signal.SIG_IGN, None)]


def in_checkout() -> bool:
    """Whether the package runs from a checkout; a wheel has the checkout's folders inside it."""
    return not (PACKAGE / "notebooks").is_dir()


def course_folder(name: str) -> Path:
    """The folder "figures" or "notebooks": of the checkout, else as it came with the package."""
    return (PACKAGE.parent if in_checkout() else PACKAGE) / name


def data_folder() -> Path:
    """Folder of the data sets: AAE_DATA_DIR, by default ``data``.

    That is the one beside the package in a checkout, wherever a notebook is started from; without
    a checkout it is in the current folder.

    Raises:
        ValueError: AAE_DATA_DIR is no name of a folder.
    """
    default = PACKAGE.parent / "data" if in_checkout() else Path("data")
    return folder(variable("AAE_DATA_DIR") or str(default))


def scale(name: str | None = None) -> str:
    """The scale of this session: ``name``, else AAE_SCALE, else "course".

    Raises:
        ValueError: not one of `SCALES`.
    """
    return check_known(name or variable("AAE_SCALE") or "course", SCALES, "scale")


def device(name: str = "auto") -> torch.device:
    """The device called ``name``; "auto" takes a GPU where there is one.

    Raises:
        ValueError: not one of `DEVICES`, or not on this machine.
    """
    import torch

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
    import torch

    first = device(name)
    if name not in ("auto", "cuda") or first.type != "cuda":
        return (first,)
    count = min(most, torch.cuda.device_count())
    return tuple(torch.device("cuda", number) for number in range(count))


def _check_gpu(name: str) -> None:
    """Refuse "cuda:3" where there are two, and what is no number."""
    import torch

    count = torch.cuda.device_count()
    if name != "cuda" and name not in [f"cuda:{number}" for number in range(count)]:
        raise ValueError(f"no GPU is called {name!r}: this machine has cuda:0 to cuda:{count - 1}")


def folder(name: str) -> Path:
    """The folder called ``name``; it need not be there.

    Raises:
        ValueError: no folder can be called so, or nobody knows where its ``~`` is.
    """
    if not name.strip() or "\0" in name:
        raise ValueError(f"{name!r} is no name of a folder")
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{name!r} is no name of a folder: {error}") from error


def check_known(name: str, names: Iterable[str], kind: str) -> str:
    """Return ``name`` if it is one of ``names``.

    Raises:
        ValueError: it is not; the message has the nearest name and all of them.
    """
    names = list(names)
    if name in names:
        return name
    close = difflib.get_close_matches(str(name).lower(), names, n=1)
    hint = f", did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"unknown {kind} {name!r}{hint} (known: {', '.join(names)})")
