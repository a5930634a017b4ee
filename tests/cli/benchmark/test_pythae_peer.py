"""The library that the benchmark compares with."""

import sys

import pytest
import torch

from aae_course.cli.benchmark import report

CPU = torch.device("cpu")


def test_a_peer_that_is_missing_or_elsewhere_is_told(monkeypatch):
    with pytest.raises(ValueError, match="pythae is compared on the CPU: add --device cpu"):
        report.bench(torch.device("cuda"), ["fp32"], 2, 50, 2, "pythae", "")
    monkeypatch.setitem(sys.modules, "pythae", None)
    with pytest.raises(
        ValueError, match=r'pythae is not installed: pip install "aae-course\[bench\]"'
    ):
        report.bench(CPU, ["fp32"], 2, 50, 2, "pythae", "")


def test_pythae_makes_the_updates_that_we_count(tiny):
    pytest.importorskip("pythae")
    rival = report.rival_run(report.random_images(CPU))
    networks = {name.split(".")[0] for name, _ in rival.trainer.model.named_parameters()}
    before = {name: p.clone() for name, p in rival.trainer.model.named_parameters()}
    rival.step()
    after = dict(rival.trainer.model.named_parameters())
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == networks and len(changed) == rival.updates
