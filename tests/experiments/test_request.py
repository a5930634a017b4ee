"""What was asked for: recipes as the request wants them."""

from dataclasses import replace
from pathlib import Path

import torch

from aae_course.experiments import recipes
from aae_course.experiments.request import Request

USUAL = Request("fig2", "smoke", None, (0,), (torch.device("cpu"),), Path("out"), "aae-course fig2")


def test_a_recipe_takes_the_data_and_the_precision_that_were_asked_for():
    assert USUAL.recipe("aae_gaussian") == recipes.get("aae_gaussian", "smoke")
    asked = replace(USUAL, data="mnist", precision="bf16").recipe("aae_gaussian")
    assert (asked.data, asked.training.precision) == ("mnist", "bf16")


def test_checkpoints_lie_with_their_recipe_and_scale():
    assert USUAL.runs_of("aae_gaussian") == Path("out/runs/smoke/aae_gaussian")
    other = replace(USUAL, data="kmnist", precision="tf32")
    assert other.runs_of("aae_gaussian") == Path("out/runs/smoke/aae_gaussian.kmnist.tf32")
