"""One method against another, and the picture of the whole comparison, on made numbers."""

import matplotlib.pyplot as plt
import pytest

from aae_course.experiments.comparison.recipes import BETAS, SPACES
from aae_course.experiments.comparison.table import COLUMNS_OF_COMPARISON, METHOD_TITLES
from aae_course.experiments.numbers import Metrics
from aae_course.lessons.comparison import METHOD_MARKERS, draw_study, duel, outcome

COLUMNS = [column.name for column in COLUMNS_OF_COMPARISON]


def made_metrics(seeds=3, **means):
    """Every number of the study: 1.0 with a small spread, or the mean given for a method."""
    rows = {*METHOD_TITLES, *BETAS} - {"vae_tuned"}
    metrics = {}
    for space in SPACES:
        for row in rows:
            values = [means.get(row, 1.0) + 0.001 * seed for seed in range(seeds)]
            std = 0.001 if seeds > 1 else None
            found = {"mean": sum(values) / seeds, "std": std, "per_seed": values}
            for column in (*COLUMNS, "validation_frechet_distance"):
                metrics[f"{space}_{row}.{column}"] = found
    return Metrics(metrics)


def test_outcome_knows_which_way_is_better():
    assert outcome([1.0, 1.1, 0.9], [5.0, 5.1, 4.9], more_is_better=False) == "better"
    assert outcome([1.0, 1.1, 0.9], [5.0, 5.1, 4.9], more_is_better=True) == "worse"
    assert outcome([5.0, 5.1, 4.9], [1.0, 1.1, 0.9], more_is_better=True) == "better"


@pytest.mark.parametrize(("a", "b"), [([1.0], [5.0]), ([1.0, 3.0], [2.0, 4.0])])
def test_outcome_does_not_tell_apart_what_it_cannot(a, b):
    assert outcome(a, b, more_is_better=False) == "not told apart"


def test_a_duel_has_one_outcome_for_each_column_and_space():
    found = duel(made_metrics(aae_deterministic=2.0), "aae_deterministic", "vae_tuned")
    for column in COLUMNS_OF_COMPARISON:
        outcomes = found[column.name]
        won, lost = outcomes["better"], outcomes["worse"]
        assert (won if column.more_is_better else lost) == list(SPACES)
        assert not (lost if column.more_is_better else won)
        assert not outcomes["not told apart"]


def test_a_duel_with_the_same_numbers_is_undecided():
    found = duel(made_metrics(), "aae_deterministic", "wae")
    assert all(outcomes["not told apart"] == list(SPACES) for outcomes in found.values())


@pytest.fixture
def figure():
    yield draw_study(made_metrics(wae=2.0))
    plt.close("all")


def test_the_picture_has_a_panel_for_each_column_and_a_marker_for_each_method(figure):
    assert len(figure.axes) == len(COLUMNS)
    assert len(set(METHOD_MARKERS.values())) == len(METHOD_TITLES)
    for ax in figure.axes:
        assert len(ax.containers) == len(METHOD_TITLES)


def test_the_picture_shows_the_means(figure):
    wae = next(c for c in figure.axes[0].containers if c.get_label() == METHOD_TITLES["wae"])
    assert wae.lines[0].get_ydata() == pytest.approx([2.001] * len(SPACES))


def test_a_single_seed_has_no_error_bar():
    assert len(draw_study(made_metrics(seeds=1)).axes) == len(COLUMNS)
    plt.close("all")
