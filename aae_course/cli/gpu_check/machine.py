"""The GPU itself, and the package's own tests on it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import torch

from aae_course.cli.gpu_check.turns import some
from aae_course.settings import PACKAGE, in_checkout, variable
from aae_course.training.precision import available_precisions


def gpu(device: torch.device, until: float) -> dict:
    """What the GPU is, and what drives it."""
    card = torch.cuda.get_device_properties(device)
    numbers = {
        "gpu": card.name,
        "memory_bytes": card.total_memory,
        "compute_capability": f"{card.major}.{card.minor}",
        "driver": driver(),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "precisions": available_precisions(device),
    }
    found = (
        f"{card.name}, {card.total_memory / 1e9:.0f} GB, compute capability {card.major}."
        f"{card.minor}; driver {numbers['driver']}, torch {torch.__version__}, CUDA "
        f"{torch.version.cuda}; {', '.join(numbers['precisions'])}"
    )
    return {"good": True, "found": found, **numbers}


def driver() -> str:
    """The version of NVIDIA's driver, as its own command tells it."""
    call = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(call, capture_output=True, encoding="utf-8", check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.partition("\n")[0].strip()


def cuda_tests(device: torch.device, until: float, tests: Path = PACKAGE.parent / "tests") -> dict:
    """Run the tests that need a GPU, in a process of their own."""
    if not in_checkout() or not tests.is_dir():
        return {"good": None, "found": "not here: a checkout has them"}
    if find_spec("pytest") is None:
        return {"good": None, "found": 'not run: pip install "aae-course[test]" for pytest'}
    files = sorted(tests.rglob("test_*.py"))
    marked = [str(path) for path in files if "mark.cuda" in path.read_text("utf-8")]
    call = [sys.executable, "-m", "pytest", "-m", "cuda", "-q", "-p", "no:cacheprovider", *marked]
    seconds = max(1.0, until - time.monotonic())
    settings = {"CUDA_VISIBLE_DEVICES": number_of(device), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    try:
        run = subprocess.run(
            call, cwd=tests.parent, env={**os.environ, **settings}, timeout=seconds,
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"good": False, "found": f"not finished after {seconds:.0f} s"}
    return verdict(run.stdout, run.returncode)


def verdict(output: str, status: int) -> dict:
    """What pytest's last line counts: all of the tests are to pass, and none is to be skipped."""
    *_, last = output.strip().splitlines() or [f"pytest ended with status {status}"]
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
    failures = re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
    found = last.strip("= ") + f": {some(failures)}" * bool(failures)
    good = status == 0 and counts.keys() == {"passed"}
    return {"good": good, "found": found, **counts, "failures": failures}


def number_of(device: torch.device) -> str:
    """What CUDA_VISIBLE_DEVICES has to say for a process that is to see this GPU only."""
    visible = variable("CUDA_VISIBLE_DEVICES")
    names = visible.split(",") if visible else map(str, range(torch.cuda.device_count()))
    return list(names)[device.index or 0]
