"""The command as a user types it: it starts, and has one clear line for each mistake."""

import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from started import AT_ONCE, python

from aae_course import __version__


@pytest.mark.parametrize(
    "words", [["--help"], ["reproduce", "--help"], ["--version"], ["--nosuch"]]
)
def test_what_needs_no_torch_does_not_wait_for_it(words):
    run = python("-c", AT_ONCE, *words)
    assert run.returncode == (2 if words == ["--nosuch"] else 0), run.stderr
    assert "AssertionError" not in run.stderr


def test_python_m_is_the_command_and_nothing_after_it_is_help():
    run = python("-m", "aae_course")
    assert (run.returncode, run.stderr) == (0, "")
    assert "Usage: aae-course " in run.stdout and "reproduce" in run.stdout


def test_the_version_is_that_of_the_package_and_of_what_it_runs_on(aae_course):
    shown = aae_course("--version")
    on = f"(Python {platform.python_version()}, torch {version('torch')})"
    assert (shown.returncode, shown.stdout) == (0, f"aae-course {__version__} {on}\n")
    assert __version__ == version("aae-course")


def test_a_shell_completes_commands_and_options():
    asked = {"_AAE_COURSE_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    run = python("-m", "aae_course", **asked, COMP_WORDS="aae-course rep")
    assert (run.returncode, run.stdout.split()) == (0, ["reproduce"])
    asked["COMP_CWORD"] = "2"
    run = python("-m", "aae_course", **asked, COMP_WORDS="aae-course reproduce --sc")
    assert (run.returncode, run.stdout.split()) == (0, ["--scale"])


HELP = [
    ["--help"],
    *([name, "--help"] for name in ("reproduce", "list", "bench", "doctor", "gpu-check")),
]


@pytest.mark.parametrize("words", HELP, ids=" ".join)
@pytest.mark.parametrize("columns", ["40", "79", "80"])
def test_no_width_cuts_the_help(aae_course, words, columns):
    shown = aae_course(*words, COLUMNS=columns)
    assert shown.returncode == 0 and "…" not in shown.stdout
    if words[0] == "reproduce":
        assert all(option in shown.stdout for option in ("--precision", "--minutes", "--seeds"))


ON_A_CONSOLE = """
import sys
from dataclasses import replace

from aae_course.cli import commands, libraries
from aae_course.experiments import recipes

for tables in (libraries.NEEDED, libraries.OPTIONAL):
    tables.clear()
for name, recipe in recipes.RECIPES.items():
    recipes.RECIPES[name] = replace(recipe, smoke={**recipe.smoke, "epochs": 1})
figure = ["--scale", "smoke", "--seeds", "2", "--out", sys.argv[1]]
for words, status in (
    (["--help"], 0), (["reproduce", "--help"], 0), (["bench", "--help"], 0), (["--version"], 0),
    (["list"], 0), (["list", "--json"], 0), (["doctor"], 0), (["reproduce", "figβ"], 2),
    (["reproduce", "progress", *figure], 0),
):
    sys.argv = ["aae-course", *words]
    try:
        commands.main()
    except SystemExit as ended:
        assert ended.code == status, (words, ended.code)
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_every_command_runs_on_a_console_that_lacks_signs(tmp_path, encoding):
    words = ("-c", ON_A_CONSOLE, str(tmp_path / "±"))
    run = python(*words, PYTHONIOENCODING=encoding, COLUMNS="150", AAE_DATA_DIR=str(tmp_path))
    assert (run.returncode, "Traceback" in run.stderr) == (0, False), run.stderr
    assert "unknown figure or table 'figbeta'" in run.stderr
    assert {"ascii": "+-", "cp1252": "±"}[encoding] in run.stderr  # the spread over two seeds
    assert "PYTHONUTF8=1" in run.stdout and "picture: " in run.stdout
    assert (tmp_path / "±" / "progress.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_full_disk_is_told():
    with open("/dev/full", "w", encoding="utf-8") as full:
        call = [sys.executable, "-m", "aae_course", "--help"]
        run = subprocess.run(
            call, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False
        )
    assert run.returncode == 2
    assert run.stderr.startswith("aae-course: ") and len(run.stderr.splitlines()) == 1


def test_a_reader_who_has_seen_enough_is_no_error():
    call = [sys.executable, "-m", "aae_course", "--help"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.close()
        assert child.stderr.read() == b""


MISTAKES = {
    "figure": (["reproduce", "fig22"], "unknown figure or table 'fig22', did you mean 'fig2'?"),
    "data": (["reproduce", "fig2", "--data", "mnits"], "did you mean 'mnist'?"),
    "scale": (["reproduce", "fig2", "--scale", "huge"], "known: smoke, course, paper"),
    "device": (["reproduce", "fig2", "--device", "tpu"], "known: auto, cpu, cuda, mps"),
    "device's number": (["reproduce", "fig2", "--device", "auto:1"], "unknown device 'auto:1'"),
    "gpu": (["reproduce", "fig2", "--device", "cuda:99"], "this machine has"),
    "precision": (["reproduce", "fig2", "--precision", "fp8"], "known: fp32, tf32, bf16"),
    "second figure": (["reproduce", "fig1", "fig22"], "unknown figure or table 'fig22'"),
    "bench's gpu": (["bench", "--device", "cuda:99"], "this machine has"),
    "bench's peer": (["bench", "--peer", "pytahe"], "did you mean 'pythae'?"),
    "bench's precision": (
        ["bench", "--device", "cpu", "--precision", "tf32"],
        "tf32 is for NVIDIA",
    ),
    "nothing to make": (["reproduce"], "name"),
    "option": (["reproduce", "fig1", "--sclae", "smoke"], "No such option: --sclae"),
    "no number of minutes": (["reproduce", "fig1", "--minutes", "soon"], "--minutes"),
    "minutes that are none": (["reproduce", "fig1", "--minutes", "nan"], "--minutes"),
    "endless minutes": (["reproduce", "fig1", "--minutes", "inf"], "--minutes inf"),
    "minutes below zero": (["reproduce", "fig1", "--minutes", "-1"], "--minutes"),
    "no seeds": (["reproduce", "fig1", "--seeds", "0"], "--seeds"),
    "too many seeds": (["reproduce", "fig1", "--seeds", "1000000000000"], "--seeds"),
    "no number of seeds": (["reproduce", "fig1", "--seeds", "x"], "--seeds"),
    "a huge seed": (["reproduce", "fig1", "--seed", str(2**63)], "--seed"),
    "a seed below zero": (["reproduce", "fig1", "--seed", "-1"], "--seed"),
    "two ways to begin": (["reproduce", "fig1", "--force", "--keep"], "give one of them"),
    "no GPU's number": (["reproduce", "fig1", "--device", "cuda:"], "this machine has"),
    "bench's rounds": (["bench", "--rounds", "1"], "--rounds"),
}
OUT = {
    "without a name": ("", "'' is no name of a folder"),
    "without end": ("a\0b", "is no name of a folder"),
    "of nobody": ("~nobody.of.that.name/out", "is no name of a folder"),
}


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_line_and_a_failing_exit(aae_course, words, message, tmp_path):
    shown = aae_course(*words, "--out", str(tmp_path / "out"))
    assert shown.returncode == 2
    assert message in shown.stderr
    assert len(shown.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [["reproduce", "fig1"], ["bench"]], ids=["reproduce", "bench"])
@pytest.mark.parametrize(("out", "message"), OUT.values(), ids=OUT)
def test_what_is_no_name_of_a_folder_gets_one_line(aae_course, command, out, message):
    shown = aae_course(*command, "--out", out)
    assert shown.returncode == 2 and message in shown.stderr
    assert len(shown.stderr.strip().splitlines()) == 1


def test_a_command_that_is_none_gets_one_line(aae_course):
    shown = aae_course("repoduce")
    assert shown.returncode == 2 and "No such command 'repoduce'" in shown.stderr
    assert len(shown.stderr.strip().splitlines()) == 1


def test_a_scale_from_the_environment_is_checked_too(aae_course):
    shown = aae_course("reproduce", "fig1", AAE_SCALE="tiny")
    assert shown.returncode == 2 and "unknown scale 'tiny'" in shown.stderr
