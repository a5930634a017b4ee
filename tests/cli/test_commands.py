"""The command as a user types it: it starts, and has one clear line for each mistake."""

import subprocess
import sys

import pytest


def test_the_command_starts_as_a_process():
    call = [sys.executable, "-c", "from aae_course.cli.commands import main; main()", "--help"]
    assert "reproduce" in subprocess.run(call, capture_output=True, text=True, check=True).stdout


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
}


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_line_and_a_failing_exit(aae_course, words, message, tmp_path):
    shown = aae_course(*words, "--out", str(tmp_path / "out"))
    assert shown.returncode == 2
    assert message in shown.stderr
    assert len(shown.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_scale_from_the_environment_is_checked_too(aae_course):
    shown = aae_course("reproduce", "fig1", AAE_SCALE="tiny")
    assert shown.returncode == 2 and "unknown scale 'tiny'" in shown.stderr
