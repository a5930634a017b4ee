"""The numbers of an artefact: over seeds, in its JSON, and looked up again."""

import pytest

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import (
    Metrics,
    Number,
    by_name,
    in_one_line,
    not_measured,
    seeds_in_words,
    summarise,
)


def test_numbers_of_seeds_stand_side_by_side():
    assert by_name([{"a": 1, "b": 2}, {"a": 3, "b": 4}]) == {"a": [1, 3], "b": [2, 4]}
    assert by_name([]) == {}


def test_what_is_written_is_found_again_by_row_and_metric():
    rows = {"one": [1.0, 3.0], ("vae_beta_0.3", "error"): [5.0], ("vae", "error"): "no data"}
    paper = {("panel", "one"): 2.5}
    artefact = Artefact("", {"panel": "recipe"}, measure=lambda trained: rows, paper=paper)
    written = artefact.metrics("panel", None)
    assert list(written) == ["panel.one", "vae_beta_0.3.error", "vae.error"]
    metrics = Metrics(written)
    assert metrics.rows == ["panel", "vae_beta_0.3", "vae"]
    one = metrics.of("panel", "one")
    assert (one.mean, one.std, one.per_seed) == (2.0, pytest.approx(2**0.5), [1.0, 3.0])
    assert one.paper == 2.5
    assert metrics.of("vae", "error").why == "no data" and metrics.of("vae", "error").mean is None
    assert metrics.of("vae", "another") == Number()
    assert metrics.per_seed("error", metrics.rows) == {"vae_beta_0.3": [5.0]}


def test_the_number_of_seeds_is_told():
    one = {"a.error": summarise([1.0], None), "b.error": not_measured("no data", None)}
    assert seeds_in_words(Metrics(one), "error") == "Our numbers are of one seed."
    three = one | {"a.error": summarise([1.0, 2.0, 3.0], None)}
    assert seeds_in_words(Metrics(three), "error").endswith("standard deviations over 3 seeds.")
    both = three | {"c.error": summarise([1.0], None)}
    assert seeds_in_words(Metrics(both), "error").endswith("over 1 to 3 seeds.")
    assert seeds_in_words(Metrics({}), "error") == "Our numbers are of one seed."


def test_numbers_are_told_in_one_line():
    told = {"a.b_c": summarise([1.0, 2.0], 4.0), "a.d": not_measured("no data", None)}
    assert in_one_line(told) == "a.b c 1.5 ± 0.71 (paper 4)"
    assert in_one_line({}) == "nothing is measured on it"
