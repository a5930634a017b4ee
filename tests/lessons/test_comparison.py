"""The pictures of the whole comparison and of its differences, on made numbers."""

import matplotlib.pyplot as plt
import pytest
from solutions import cells

from aae_course.experiments.comparison.methods import (
    COLUMNS_OF_COMPARISON,
    DRAWN_CODES,
    MEAN_CODES,
    METHOD_TITLES,
    TUNED,
)
from aae_course.experiments.comparison.recipes import BETAS, SPACES
from aae_course.experiments.numbers import Metrics
from aae_course.lessons import record
from aae_course.lessons.comparison import (
    METHOD_MARKERS,
    draw_betas,
    draw_differences,
    draw_study,
)

COLUMNS = [column.name for column in COLUMNS_OF_COMPARISON]


def made_metrics(seeds=3, at_means=True, **means):
    """Every number of the study: 1.0 with a small spread, or the mean given for a method."""
    metrics, prefixes = {}, ("", "at_means_") if at_means else ("",)
    for space in SPACES:
        for row in {*DRAWN_CODES, *BETAS} - {TUNED}:
            values = [means.get(row, 1.0) + 0.001 * seed for seed in range(seeds)]
            std = 0.001 if seeds > 1 else None
            found = {"mean": sum(values) / seeds, "std": std, "per_seed": values}
            for column in (*COLUMNS, "validation_frechet_distance"):
                metrics |= {f"{space}_{row}.{prefix}{column}": found for prefix in prefixes}
    return Metrics(metrics)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize(("at_means", "marks"), [(True, METHOD_TITLES), (False, DRAWN_CODES)])
def test_the_picture_has_a_panel_for_each_column_and_a_mark_for_each_method(at_means, marks):
    figure = draw_study(made_metrics(at_means=at_means))
    assert len(figure.axes) == len(COLUMNS)
    assert len(set(METHOD_MARKERS.values())) == len(DRAWN_CODES)
    for ax in figure.axes:
        assert len(ax.containers) == len(marks)


def test_the_picture_shows_the_means_and_codes_at_means_hollow():
    figure = draw_study(made_metrics(wae=2.0))
    shown = {each.get_label(): each.lines[0] for each in figure.axes[0].containers}
    assert shown[METHOD_TITLES["wae"]].get_ydata() == pytest.approx([2.001] * len(SPACES))
    hollow = {label for label, line in shown.items() if line.get_markerfacecolor() == "white"}
    assert hollow == set(MEAN_CODES.values())


def test_a_single_seed_has_no_error_bar():
    assert len(draw_study(made_metrics(seeds=1)).axes) == len(COLUMNS)


def test_differences_point_upwards_where_ours_is_better():
    metrics = made_metrics(aae_deterministic=2.0)
    figure = draw_differences(metrics, "aae_deterministic", ["wae", TUNED])
    for ax, column in zip(figure.axes, COLUMNS_OF_COMPARISON, strict=True):
        assert len(ax.containers) == 2 * len(SPACES)
        sizes = [each.lines[0].get_ydata()[0] for each in ax.containers]
        assert sizes == pytest.approx([1.0 if column.more_is_better else -1.0] * len(sizes))


@pytest.mark.parametrize(("ours", "face"), [(2.0, "full"), (1.0, "hollow")])
def test_a_full_mark_is_told_from_zero(ours, face):
    figure = draw_differences(made_metrics(aae_deterministic=ours), "aae_deterministic", ["wae"])
    faces = {each.lines[0].get_markerfacecolor() == "white" for each in figure.axes[0].containers}
    assert faces == {face == "hollow"}


def test_every_beta_of_the_record_is_drawn_and_the_best_is_ringed():
    figure = draw_betas(made_metrics(**{"vae_beta_0.3": 0.5}))
    assert len(figure.axes) == len(SPACES)
    for ax in figure.axes:
        *_, line, ring = ax.lines
        assert list(line.get_xdata()) == sorted(BETAS.values(), reverse=True)
        assert list(ring.get_xdata()) == [0.3]


def test_the_curves_that_notebook_12_tells_to_expect_are_those_of_the_record():
    """Exercise 5 is open, and its answer is a table in words: six β in the 8-D Gaussian space."""
    (answer,) = [
        text for text in cells("12_aae_versus_vae.ipynb", "markdown") if "The curve to" in text
    ]
    rows = [line.strip("| ").split(" | ") for line in answer.splitlines() if line.startswith("| ")]
    (_, *betas), *told = rows
    measures = dict(zip(
        ["half_squared_error", "at_means_half_squared_error", "nearest_neighbour_error_percent",
         "at_means_nearest_neighbour_error_percent", "prior_two_sample_accuracy",
         "frechet_distance"],
        [numbers for _, *numbers in told],
        strict=True,
    ))  # fmt: skip
    runs = {f"{beta:g}": run for run, beta in BETAS.items()}
    found = Metrics(record("comparison")["metrics"])
    for measure, numbers in measures.items():
        means = [found.of(f"8d_gaussian_{runs[beta]}", measure).mean for beta in betas]
        places = [len(number.partition(".")[2]) for number in numbers]
        assert numbers == [f"{mean:.{n}f}" for mean, n in zip(means, places, strict=True)], measure
