"""The rates of the study are those that validation images chose."""

import json

import pytest

from aae_course.experiments.architectures import rates
from aae_course.experiments.architectures.rates import (
    FACTORS,
    best_factor,
    candidates_in,
    factor_of,
    multiplied,
)
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES
from aae_course.training.optimisation import SGD, Adam


@pytest.mark.parametrize(
    ("values", "factor"),
    [
        ({0.3: 5.0, 1.0: 4.0, 3.0: 6.0}, 1.0),
        ({0.3: 5.0, 1.0: 6.0, 3.0: float("inf")}, 0.3),
        ({1.0: 4.0, 3.0: 2.0}, 1.0),  # until all have been tried
        ({each: float("inf") for each in FACTORS}, 1.0),
        ({}, 1.0),
    ],
)
def test_the_least_value_chooses(values, factor):
    assert best_factor(values) == factor


def test_a_file_of_candidates_is_read(tmp_path, monkeypatch):
    path = tmp_path / "rates.jsonl"
    assert candidates_in(path) == []
    values = {0.3: [2.0, 4.0], 1.0: None, 3.0: [1.0, 2.0]}
    lines = [{"run": "a", "factor": f, "per_seed": seeds} for f, seeds in values.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    monkeypatch.setattr(rates, "TRIED", path)
    rates.tried.cache_clear()
    assert factor_of("a") == 3.0 and factor_of("b") == 1.0
    rates.tried.cache_clear()


def test_rates_are_multiplied_and_nothing_else():
    found = multiplied({"a": Adam(5e-4, beta1=0.5), "b": SGD(0.1, momentum=0.9)}, 3.0)
    assert found == {"a": Adam(0.0015, beta1=0.5), "b": SGD(0.3, momentum=0.9)}


def test_what_was_tried_is_of_runs_of_the_study_at_course_scale():
    for each in candidates_in(rates.TRIED):
        assert each["run"] in ARCHITECTURE_RECIPES and each["factor"] in FACTORS
        assert each["scale"] == "course" and each["measured"].startswith("validation")
