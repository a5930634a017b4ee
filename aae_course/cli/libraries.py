"""Whether a library works, tried in a process of its own, which it may end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

# A line of Python for each, which fails where the library does not work.
NEEDED = {
    "torch": "import torch; torch.ones(2, 2).mm(torch.ones(2, 2)).numpy()",
    "numpy": "import numpy",
    "scipy": "import scipy.io, scipy.optimize",
    "scikit-learn": "import sklearn.datasets, sklearn.linear_model",
    "matplotlib": "import matplotlib.pyplot",
    "seaborn": "import seaborn",
    "safetensors": "import safetensors.torch",
    "psutil": "import psutil; psutil.virtual_memory()",
    "threadpoolctl": "import threadpoolctl",
    "tqdm": "import tqdm",
    "typer": "import typer",
    "rich": "import rich",
}
OPTIONAL = {
    "torchvision": "import torchvision",
    "jupyterlab": "import jupyterlab_server",  # the rest is slow
    "ipykernel": "import ipykernel",
    "ipywidgets": "import ipywidgets",
    "anywidget": "import anywidget",
    "umap-learn": "import numba",  # the rest is slow
    "latex2mathml": "import latex2mathml.converter",
}
MARK = "\t:"  # between a name and its fault, among all that libraries may print
CHILD = f"""
import json, sys
for name, line in json.loads(sys.argv[1]).items():
    fault = ""
    try:
        exec(line)
    except BaseException as error:
        fault = " ".join(f"{{type(error).__name__}}: {{error}}".split())
    print(name + {MARK!r} + ascii(fault)[1:-1], flush=True)
"""
EXTRA = dict.fromkeys(OPTIONAL, "notebooks")


@dataclass(frozen=True)
class Library:
    """What was found of a library: its version, None where it is not installed, and its fault."""

    name: str
    version: str | None
    fault: str | None = None

    @property
    def works(self) -> bool:
        """Whether it can be used."""
        return self.version is not None and self.fault is None


def tried(lines: Mapping[str, str]) -> list[Library]:
    """Try libraries one after another.

    Args:
        lines: name -> a line of Python that fails where the library does not work.
    """
    versions = {name: _version(name) for name in lines}
    found = faults({name: line for name, line in lines.items() if versions[name]})
    return [Library(name, versions[name], found.get(name)) for name in lines]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def faults(lines: Mapping[str, str]) -> dict[str, str | None]:
    """What is wrong with each library, None where its line works.

    One that ends the process is found by what was not tried any more, and the rest are tried in the
    next process.
    """
    found: dict[str, str | None] = {}
    while left := {name: line for name, line in lines.items() if name not in found}:
        call = [sys.executable, "-P", "-c", CHILD, json.dumps(left)]  # -P: without this folder
        run = subprocess.run(
            call, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace"
        )
        said = [line.split(MARK) for line in run.stdout.splitlines() if MARK in line]
        found |= {name: fault or None for name, fault in said}
        ended_it = next((name for name in left if name not in found), None)
        if ended_it:
            found[ended_it] = f"importing it ends Python with status {run.returncode}"
    return found
