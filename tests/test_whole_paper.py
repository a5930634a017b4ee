"""The whole paper with one command, a few steps for each recipe: all is made, nothing twice."""

import matplotlib.image
from started import AT_ONCE, python

from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.standing import read

# The command at smoke scale with one epoch of fewer images: no number of this test counts.
A_FEW_STEPS = """
from dataclasses import replace
from aae_course.cli.commands import main
from aae_course.experiments.recipe import Recipe

at = Recipe.at


def briefly_at(recipe, scale):
    whole = at(recipe, scale)
    few = replace(whole.training, epochs=1, batch_size=200)
    return replace(whole, images=1000, training=few)


Recipe.at = briefly_at
main()
"""


def test_one_command_makes_every_figure_and_table_and_a_second_makes_nothing(tmp_path):
    words = ["reproduce", "--all", "--scale", "smoke", "--out", str(tmp_path)]
    first = python("-c", A_FEW_STEPS, *words)
    assert first.returncode == 0, first.stderr
    trained = set()
    for name, artefact in ARTEFACTS.items():
        record = read(tmp_path / f"{name}.json")
        assert (record["name"], record["scale"]) == (name, "smoke")
        assert matplotlib.image.imread(tmp_path / f"{name}.png").std() > 0.01
        assert (tmp_path / f"{name}.md").exists() == bool(artefact.table)
        trained |= record["recipes"].keys()
    checkpoints = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.safetensors")]
    # Several figures share a recipe; it was trained once for all of them.
    assert sorted(path.parent.name for path in checkpoints) == sorted(trained)

    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    second = python("-c", AT_ONCE, *words)
    assert (second.returncode, second.stdout) == (0, ""), second.stderr
    assert second.stderr == "all figures and tables are current\n"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == written
