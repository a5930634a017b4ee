"""A benchmark in small."""

from functools import partial

import pytest

from aae_course.cli.benchmark import measure, report, subjects
from aae_course.cli.benchmark.profile import profile
from aae_course.networks.perceptrons import Perceptrons


@pytest.fixture
def tiny(monkeypatch):
    """Small networks, few images, short turns: the road is tested here, not the speed."""
    monkeypatch.setattr(subjects, "PAPER_SIZE", Perceptrons((16, 8), initialisation="paper"))
    monkeypatch.setattr(subjects, "SCALE", "smoke")
    monkeypatch.setattr(subjects, "SQUARE", 32)
    monkeypatch.setattr(report, "IMAGES", 300)
    monkeypatch.setattr(report, "profile", partial(profile, steps=3))
    monkeypatch.setattr(measure, "TURN", 0.001)
