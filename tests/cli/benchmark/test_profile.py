"""Where the time of a step goes."""

import torch

from aae_course.cli.benchmark import report
from aae_course.cli.benchmark.profile import profile
from aae_course.cli.benchmark.subjects import Case

CPU = torch.device("cpu")


def test_a_profile_has_every_part_of_every_phase(tiny):
    spent = profile(Case(), report.random_images(CPU), steps=3)
    phases = [phase for phase, part in spent if part == "backward"]
    assert phases == ["reconstruction", "discriminator", "generator"]
    assert len(spent) == 10 and all(milliseconds > 0 for milliseconds in spent.values())
