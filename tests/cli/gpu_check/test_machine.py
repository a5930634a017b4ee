"""The GPU as torch tells of it, and the tests in a process of their own."""

import time
from types import SimpleNamespace

import pytest
import torch

from aae_course.cli.gpu_check import machine

GPU = torch.device("cuda", 1)
TESTS = """
import os

import pytest


@pytest.mark.cuda
def test_that_wants_a_gpu():
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "7"


def test_of_something_else():
    raise AssertionError
"""


@pytest.fixture
def two_gpus(monkeypatch):
    card = SimpleNamespace(name="NVIDIA H100", total_memory=80e9, major=9, minor=0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: card)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


def test_the_gpu_is_told_with_all_that_drives_it(two_gpus, monkeypatch):
    monkeypatch.setenv("PATH", "")  # no nvidia-smi
    part = machine.gpu(GPU, 0)
    assert part["good"] and part["precisions"] == ["fp32", "tf32", "bf16"]
    assert "NVIDIA H100, 80 GB, compute capability 9.0; driver unknown" in part["found"]
    assert {"gpu", "memory_bytes", "driver", "cuda", "cudnn"} <= set(part)


def test_the_tests_that_want_a_gpu_run_and_see_that_gpu_only(two_gpus, monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,7")
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_some.py").write_text(TESTS)
    (folder / "test_broken.py").write_text("import nothing_of_that_name")  # without a mark
    part = machine.cuda_tests(GPU, time.monotonic() + 60, folder)
    assert part["good"] and part["passed"] == 1, part["found"]
    assert machine.cuda_tests(GPU, 0, tmp_path / "absent")["good"] is None


def test_without_a_choice_a_gpu_has_its_own_number(two_gpus, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert machine.number_of(GPU) == "1" and machine.number_of(torch.device("cuda")) == "0"


def test_all_tests_are_to_pass_and_none_is_to_be_skipped():
    assert machine.verdict("....\n==== 4 passed, 80 deselected in 9.1s ====", 0)["good"]
    assert not machine.verdict("ss\n2 skipped in 1.0s", 0)["good"]  # torch saw no GPU there
    assert not machine.verdict("", 5)["good"]
    failed = machine.verdict("FAILED tests/test_a.py::test_b - x\n1 failed, 3 passed in 2s", 1)
    assert (failed["good"], failed["failures"]) == (False, ["tests/test_a.py::test_b"])
    assert failed["found"] == "1 failed, 3 passed in 2s: tests/test_a.py::test_b"


def test_tests_that_do_not_end_in_time_are_told(two_gpus, tmp_path):
    (tmp_path / "test_some.py").write_text("# mark.cuda\nimport time; time.sleep(60)")
    part = machine.cuda_tests(GPU, time.monotonic(), tmp_path)
    assert part == {"good": False, "found": "not finished after 1 s"}


def test_where_there_is_no_checkout_or_no_pytest_it_is_told(two_gpus, monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "find_spec", lambda name: None)
    assert "pip install" in machine.cuda_tests(GPU, 0, tmp_path)["found"]
    monkeypatch.setattr(machine, "in_checkout", lambda: False)
    assert machine.cuda_tests(GPU, 0, tmp_path)["found"] == "not here: a checkout has them"
