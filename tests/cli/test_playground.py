"""The command `playground`: page and decoders from what was trained, and what is not, in a line."""

import torch

from aae_course.data.datasets import load
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.request import Request


def test_the_page_is_written_with_what_was_trained(aae_course, quick, tmp_path):
    folder, words = tmp_path / "page", ("--scale", "smoke", "--out", str(tmp_path))
    before = aae_course("playground", str(folder), *words)
    assert before.returncode == 2
    (line,) = before.stderr.strip().splitlines()
    assert "0 of the 25 steps of figure_2a: run aae-course reproduce fig2 --scale smoke" in line
    request = Request("fig2", "smoke", None, (0,), (torch.device("cpu"),), tmp_path, "aae-course")
    RecipeRun("figure_2a", load("digits"), request).train()
    shown = aae_course("playground", str(folder), "figure_2a", *words)
    assert shown.returncode == 0, shown.stderr
    assert (folder / "index.html").exists()
    decoder = folder / "models" / "figure_2a.safetensors"
    assert f"decoder: {decoder} (" in shown.stdout
    assert [path.name for path in decoder.parent.iterdir()] == [decoder.name]
    assert shown.stdout.endswith(f"Next: python -m http.server -d {folder}\n")


def test_a_recipe_that_the_page_does_not_know_gets_one_line(aae_course, tmp_path):
    shown = aae_course("playground", str(tmp_path / "page"), "figure_2c")
    assert shown.returncode == 2
    (line,) = shown.stderr.strip().splitlines()
    assert "unknown recipe of the playground 'figure_2c'" in line
    assert line.endswith("(known: figure_2a, figure_2b, supervised_informed)")
    assert not (tmp_path / "page").exists()
