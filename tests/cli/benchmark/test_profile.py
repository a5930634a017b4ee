"""Where the time of a step goes."""

import torch

from aae_course.cli.benchmark import report
from aae_course.cli.benchmark.profile import VIEWS, ProfiledRun, profile
from aae_course.cli.benchmark.subjects import Case
from aae_course.networks.distortion import Distortion

CPU = torch.device("cpu")


def test_a_profile_has_every_part_of_every_phase(tiny):
    spent = profile(Case(), report.random_images(CPU), steps=3)
    phases = [phase for phase, part in spent if part == "backward"]
    assert phases == ["reconstruction", "discriminator", "generator"]
    assert len(spent) == 10 and all(milliseconds > 0 for milliseconds in spent.values())


def test_views_have_a_row_of_their_own_and_count_nowhere_else(tiny, monkeypatch):
    clock = [0.0]
    forward = Distortion.forward

    def slow(self, x):
        clock[0] += 1.0
        return forward(self, x)

    monkeypatch.setattr(Distortion, "forward", slow)
    monkeypatch.setattr(ProfiledRun, "_now", lambda self: clock[0])
    spent = profile(Case("invariant_100"), report.random_images(CPU), steps=3)
    phases = [phase for phase, part in spent if part == "backward"]
    assert len(phases) == 6 and spent.pop(VIEWS) == 3000.0  # three views of a second in each step
    assert set(spent.values()) == {0.0}
