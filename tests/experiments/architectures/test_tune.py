"""Candidates for the rates are tried once each, and a file keeps what came of them."""

import json

import pytest

from aae_course.experiments.architectures import tune
from aae_course.experiments.architectures.rates import FACTORS
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES, TASKS
from aae_course.training.history import NonFiniteLoss


def test_every_run_is_tried_with_every_factor_and_parts_share_them(tmp_path):
    path = tmp_path / "rates.jsonl"
    everything = tune.left(path, list(TASKS), 0, 1)
    assert len(set(everything)) == len(everything) == len(ARCHITECTURE_RECIPES) * len(FACTORS)
    parts = [each for part in range(4) for each in tune.left(path, list(TASKS), part, 4)]
    assert sorted(parts) == sorted(everything)
    path.write_text(json.dumps({"run": everything[0][0], "factor": everything[0][1]}) + "\n")
    assert tune.left(path, list(TASKS), 0, 1) == everything[1:]


def test_a_candidate_has_the_rates_of_its_task_multiplied():
    for name, task in TASKS.items():
        recipe = tune.recipe_of((f"strided_whole_{name}", 3.0))
        for phase, optimiser in recipe.training.optimisers.items():
            assert optimiser.lr == pytest.approx(3 * task.optimisers[phase].lr, rel=0.01)
        assert recipe.training.epochs == tune.EPOCHS


def test_a_line_for_each_candidate_is_added_to_the_file(tmp_path, capsys):
    path = tmp_path / "rates.jsonl"
    asked = ["--scale", "smoke", "--epochs", "1", "--device", "cpu", "--out", str(path)]
    tune.main([*asked, "--tasks", "semi_supervised", "--part", "0", "22", "--minutes", "1"])
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["run"] for line in lines] == [
        "perceptrons_semi_supervised",
        "pooled_whole_normed_semi_supervised",
    ]
    assert all(0 < value <= 100 for line in lines for value in line["per_seed"])
    assert len(capsys.readouterr().out.splitlines()) == 2
    tune.main([*asked, "--tasks", "semi_supervised", "--part", "0", "22"])
    assert len(path.read_text().splitlines()) == 2


def test_after_the_deadline_nothing_is_written(tmp_path):
    path = tmp_path / "rates.jsonl"
    tune.main(["--scale", "smoke", "--device", "cpu", "--out", str(path), "--minutes", "0"])
    assert not path.exists()


def test_a_rate_at_which_a_seed_diverges_has_no_value(tmp_path, monkeypatch):
    def diverges(*_, **__):
        raise NonFiniteLoss("the loss is nan")

    monkeypatch.setattr(tune, "fit", diverges)
    path = tmp_path / "rates.jsonl"
    asked = ["--scale", "smoke", "--device", "cpu", "--out", str(path), "--part", "0", "1000"]
    tune.main(asked)
    assert json.loads(path.read_text())["per_seed"] is None
