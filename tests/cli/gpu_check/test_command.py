"""The command gpu-check: without a GPU, with a part that fails, and what it writes."""

import json

import pytest
import torch

from aae_course.cli.gpu_check import command
from aae_course.cli.gpu_check.command import check, parts_of

CPU = torch.device("cpu")


@pytest.fixture
def gpu(monkeypatch):
    """A machine with a GPU, as far as the command looks for itself; parts fail or pass as told."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", lambda number: None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "NVIDIA H100")

    def with_parts(**parts):
        listed = [(name, 0.5, part) for name, part in parts.items()]
        monkeypatch.setattr(command, "parts_of", lambda device: listed)

    return with_parts


def fails(until):
    raise RuntimeError("CUDA error: an illegal memory access\nmore")


@pytest.mark.parametrize(("built_for", "told"), [(None, "for the CPU"), ("13.0", "13.0")])
def test_without_a_gpu_one_line_says_so(aae_course, monkeypatch, tmp_path, built_for, told):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", built_for)
    shown = aae_course("gpu-check", "--out", str(tmp_path / "out"))
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "this machine has no NVIDIA GPU that torch can use" in shown.stderr
    assert f"(this one: {told})" in shown.stderr and shown.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_parts_are_those_promised_and_in_time():
    names, shares, parts = zip(*parts_of(CPU), strict=True)
    assert names == (
        "device", "CUDA tests", "captured against eager", "precisions", "paper scale", "memory"
    )  # fmt: skip
    assert list(shares) == sorted(shares) and shares[-2] < 1
    assert all(map(callable, parts))


def test_a_part_that_fails_leaves_the_others_their_turn(gpu, aae_course, tmp_path):
    gpu(first=fails, second=lambda until: {"good": True, "found": "fine", "hours": 2.5})
    shown = aae_course("gpu-check", "--out", str(tmp_path), "--device", "cuda:1")
    assert shown.returncode == 1 and "!!" in shown.stdout and "fine" in shown.stdout
    record = json.loads((tmp_path / "gpu_check.json").read_text())
    assert record["parts"]["first"]["found"] == "RuntimeError: CUDA error: an illegal memory access"
    assert record["parts"]["second"]["hours"] == 2.5
    assert record["device"] == "cuda:1 (NVIDIA H100)"
    assert {"command", "commit", "dirty", "processor", "versions", "minutes"} <= set(record)
    assert all({"good", "found", "seconds"} <= set(part) for part in record["parts"].values())


def test_what_could_not_be_looked_at_is_no_failure(gpu, aae_course, tmp_path):
    gpu(only=lambda until: {"good": None, "found": "not here"})
    shown = aae_course("gpu-check", "--out", str(tmp_path))
    assert shown.returncode == 0 and "--" in shown.stdout


def test_another_device_and_no_time_are_refused(gpu, aae_course):
    for words, message in (
        (["--device", "cpu"], "gpu-check is for NVIDIA GPUs, not for cpu"),
        (["--device", "cuda:2"], "this machine has cuda:0 to cuda:1"),
        (["--minutes", "nan"], "--minutes"),
    ):
        shown = aae_course("gpu-check", *words)
        assert shown.returncode == 2 and message in shown.stderr


def test_a_part_is_told_when_to_end():
    ends = []
    check(CPU, 2, [("a", 0.25, lambda until: ends.append(until) or {}),
                   ("b", 1.0, lambda until: ends.append(until) or {})])  # fmt: skip
    assert ends[1] - ends[0] == pytest.approx(0.75 * 120)
