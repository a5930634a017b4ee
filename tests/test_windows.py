"""The package does without what Windows lacks: modules, signals, characters in names, locks.

No Windows is at hand here. What it lacks is taken away in a process of its own.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import small
from made_runs import StopAt, run

from aae_course.experiments import recipes
from aae_course.experiments.registry import ARTEFACTS
from aae_course.training.progress import NoProgress

ROOT = Path(__file__).parents[1]
LACKING = """
import os, signal, sys

# What libraries import of Unix is theirs to know.
import matplotlib.pyplot, multiprocessing, psutil, rich.table, safetensors.torch, scipy.io, seaborn
import sklearn.datasets, subprocess, tempfile, threadpoolctl, torch, tqdm, typer.rich_utils

for name in ("resource", "fcntl", "pwd", "grp", "termios", "tty", "pty", "syslog", "readline"):
    sys.modules[name] = None  # which lets its import fail
for name in ("SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGCHLD", "SIGPIPE"):
    delattr(signal, name)
for name in ("fork", "getuid", "geteuid", "getpgid", "killpg", "setsid", "uname", "getloadavg"):
    delattr(os, name)
for name in ("sched_getaffinity", "O_NONBLOCK", "mkfifo", "statvfs", "fchmod", "fchown", "chown"):
    delattr(os, name)
"""
EVERYTHING = (
    LACKING
    + """
import importlib, pkgutil
import aae_course

names = [module.name for module in pkgutil.walk_packages(aae_course.__path__, "aae_course.")]
assert len(names) > 100
for name in names:
    importlib.import_module(name)
"""
)
REPRODUCING = (
    LACKING
    + """
import ctypes
from dataclasses import replace

from aae_course.cli import commands
from aae_course.experiments import recipes
from aae_course.training import memory, threads

class CDLL:
    def __init__(self, name):
        if name is None:  # as Windows does
            raise TypeError("argument of type 'NoneType' is not iterable")

ctypes.CDLL = CDLL
peak = memory.psutil.Process().memory_info().rss

class Process:
    def memory_info(self):
        return self
    rss = peak_wset = peak

for name, recipe in recipes.RECIPES.items():
    recipes.RECIPES[name] = replace(recipe, smoke={**recipe.smoke, "epochs": 1})
sys.platform = memory.sys.platform = "win32"
memory.psutil.Process = Process
sys.argv = ["aae-course", "reproduce", "fig1", "fig2", "--scale", "smoke", "--out", sys.argv[1]]
commands.main()
"""
)


def python(code, *words):
    call = [sys.executable, "-c", code, *words]
    return subprocess.run(call, capture_output=True, encoding="utf-8", check=False)


def test_everything_is_imported_without_modules_of_unix():
    ended = python(EVERYTHING)
    assert ended.returncode == 0, ended.stderr


def test_figures_are_made_without_modules_signals_and_calls_of_unix(tmp_path):
    ended = python(REPRODUCING, str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in tmp_path.iterdir()} >= {"fig1.png", "fig2.png", "fig2.json"}


def test_no_text_is_read_or_written_in_the_encoding_of_the_machine():
    """Ruff knows where a text is opened; the rule is a preview, and so no rule of every day."""
    call = ["check", "--preview", "--select", "PLW1514", "--no-cache", "--output-format", "concise"]
    ruff = [sys.executable, "-m", "ruff", *call, "aae_course", "tests", "setup.py", "conftest.py"]
    ended = subprocess.run(ruff, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stdout


def test_what_other_programs_say_is_read_in_an_encoding_that_is_named():
    for path in (ROOT / "aae_course").rglob("*.py"):
        assert not re.search(r"\b(text|universal_newlines)=True", path.read_text("utf-8")), path


RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.I)


def test_files_are_called_what_windows_lets_them_be_called():
    called = {*ARTEFACTS, *recipes.RECIPES}
    called |= {panel for artefact in ARTEFACTS.values() for panel in artefact.panels}
    assert len(called) > 50
    assert not [name for name in called if RESERVED.search(name)]
    for bad in ("a:b", "nul", "Con.json", "a.", "what?"):
        assert RESERVED.search(bad)


class Looks(NoProgress):
    """Notes at each step whether a file is mapped into memory, as one that is held open is."""

    def __init__(self, path):
        self.path, self.seen = path, []

    def advance(self, step, history):
        maps = Path("/proc/self/maps").read_text(encoding="utf-8")
        self.seen.append(str(self.path) in maps)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what is mapped")
def test_a_checkpoint_that_is_taken_up_is_not_held_open(tmp_path):
    """Windows would not let the next save take its place."""
    path, build = tmp_path / "run.safetensors", small.BUILDERS["aae"]
    with pytest.raises(KeyboardInterrupt):
        run(build, path=path, progress=StopAt(8))
    looks = Looks(path)
    run(build, path=path, progress=looks)
    assert looks.seen and not any(looks.seen)
