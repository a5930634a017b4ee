"""One method against another, and the picture of the whole comparison, on made numbers."""

import matplotlib.pyplot as plt
import pytest

from aae_course.experiments.comparison.draw import MARKERS, draw_study
from aae_course.experiments.comparison.duel import duel, outcome
from aae_course.experiments.comparison.recipes import BETAS, SPACES
from aae_course.experiments.comparison.table import COLUMNS, METHODS


def made_metrics(seeds=3, **means):
    """Every number of the study: 1.0 with a small spread, or the mean given for a method."""
    rows = {*METHODS, *BETAS} - {"vae_tuned"}
    metrics = {}
    for space in SPACES:
        for row in rows:
            values = [means.get(row, 1.0) + 0.001 * seed for seed in range(seeds)]
            found = {"mean": sum(values) / seeds, "std": 0.001, "per_seed": values}
            for column in (*COLUMNS, "validation_frechet_distance"):
                metrics[f"{space}_{row}.{column}"] = found
    return metrics


def test_outcome_knows_which_way_is_better():
    assert outcome([1.0, 1.1, 0.9], [5.0, 5.1, 4.9], more_is_better=False) == "better"
    assert outcome([1.0, 1.1, 0.9], [5.0, 5.1, 4.9], more_is_better=True) == "worse"
    assert outcome([5.0, 5.1, 4.9], [1.0, 1.1, 0.9], more_is_better=True) == "better"


@pytest.mark.parametrize(("a", "b"), [([1.0], [5.0]), ([1.0, 3.0], [2.0, 4.0])])
def test_outcome_does_not_tell_apart_what_it_cannot(a, b):
    assert outcome(a, b, more_is_better=False) == "not told apart"


def test_a_duel_has_one_outcome_for_each_column_and_space():
    found = duel(made_metrics(aae_deterministic=2.0), "aae_deterministic", "vae_tuned")
    for column, (_, more_is_better) in COLUMNS.items():
        won, lost = found[column]["better"], found[column]["worse"]
        assert (won if more_is_better else lost) == list(SPACES)
        assert not (lost if more_is_better else won)
        assert not found[column]["not told apart"]


def test_a_duel_with_the_same_numbers_is_undecided():
    found = duel(made_metrics(), "aae_deterministic", "wae")
    assert all(outcomes["not told apart"] == list(SPACES) for outcomes in found.values())


@pytest.fixture
def figure():
    yield draw_study(made_metrics(wae=2.0))
    plt.close("all")


def test_the_picture_has_a_panel_for_each_column_and_a_marker_for_each_method(figure):
    assert len(figure.axes) == len(COLUMNS)
    assert len(set(MARKERS.values())) == len(METHODS)
    for ax in figure.axes:
        assert len(ax.containers) == len(METHODS)


def test_the_picture_shows_the_means(figure):
    wae = next(c for c in figure.axes[0].containers if c.get_label() == METHODS["wae"])
    assert wae.lines[0].get_ydata() == pytest.approx([2.001] * len(SPACES))


def test_a_single_seed_has_no_error_bar():
    metrics = made_metrics(seeds=1)
    for found in metrics.values():
        found["std"] = None
    assert len(draw_study(metrics).axes) == len(COLUMNS)
    plt.close("all")
