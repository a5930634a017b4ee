"""The studies of notebook 11 in pictures and in words, on made numbers."""

from statistics import geometric_mean

import matplotlib.pyplot as plt
import numpy as np
import pytest
from made_study import synthetic

from aae_course.experiments.architectures.batch_norm import COLUMNS_OF_PLACES
from aae_course.experiments.architectures.recipes import PLACES
from aae_course.experiments.architectures.study import AVERAGE, COLUMNS_OF_STUDY, EIGHT, title_of
from aae_course.experiments.numbers import Metrics, not_measured, summarise
from aae_course.lessons import architecture_study as study
from aae_course.networks.convolutional import ARCHITECTURES

pytestmark = pytest.mark.usefixtures("closed")


def words_of(metrics):
    """Name of a column -> what the study says of it."""
    names = [column.name for column in COLUMNS_OF_STUDY]
    return dict(zip(names, study.effects_in_words(Metrics(metrics)), strict=True))


def test_the_words_say_what_helps_and_what_hurts():
    said = words_of(synthetic(noise=1e-6))
    assert "worse with strides, × 1.22 (1.22 to 1.22)" in said["half_squared_error"]
    assert "better with batch norm, × 0.67 (0.67 to 0.67)" in said["half_squared_error"]
    assert "better with no dense layer, +0.200 (" in said["precision"]
    assert f"worse with {AVERAGE}, -0.100 (" in said["precision"]
    assert "every change and pair of changes is open" in words_of(synthetic())["recall"]


def test_the_words_say_what_needs_every_seed():
    metrics = synthetic()
    for name in EIGHT:  # by little more than the noise
        seeds = metrics[f"{name}.recall"]["per_seed"]
        lift = 0.007 if name.startswith("strided") else 0.0
        metrics[f"{name}.recall"] = summarise([value + lift for value in seeds], None)
    said = words_of(metrics)["recall"]
    assert "told from zero only with every seed: strides" in said and "better" not in said


def test_the_words_say_why_there_is_no_analysis():
    assert "no analysis (with one seed" in words_of(synthetic(seeds=1))["half_squared_error"]
    metrics = synthetic()
    metrics["strided_averaged.recall"] |= {"mean": None, "std": None, "per_seed": []}
    metrics["strided_averaged.generation_failed_percent"] = summarise([100.0] * 5, None)
    del metrics["strided_averaged.half_squared_error"]
    assert f"an architecture has no number: {AVERAGE}." in words_of(metrics)["recall"]


def test_no_architecture_is_best_where_all_had_runs_that_failed():
    metrics = synthetic(noise=1e-6)
    for name in ARCHITECTURES:
        metrics[f"{name}.clustering_failed_percent"] = summarise([100.0] + [0.0] * 4, None)
        metrics[f"{name}.clustering_error_percent"] = summarise([20.0] * 4, None)
    said = words_of(metrics)["clustering_error_percent"]
    assert said.endswith("Every architecture had runs that failed.")


def test_an_interaction_joins_the_means_of_two_architectures():
    metrics, ax = Metrics(synthetic(noise=1e-6)), plt.subplots()[1]
    study.draw_interaction(ax, metrics, "half_squared_error", ("strides", "batch norm"))
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    expected = {False: [], True: []}
    for name, (strided, _, normed) in EIGHT.items():
        if not normed:
            expected[strided].append(metrics.of(name, "half_squared_error").mean)
    assert lines["batch norm off"] == pytest.approx([geometric_mean(expected[on]) for on in (0, 1)])
    study.draw_interaction(ax := plt.subplots()[1], metrics, "recall", ("strides", "batch norm"))
    assert ax.get_yscale() == "linear"


def test_costs_have_a_mark_for_each_architecture():
    figure = study.draw_costs(Metrics(synthetic()), ("half_squared_error", "precision"))
    assert [len(ax.containers) for ax in figure.axes] == [len(ARCHITECTURES)] * 2


def test_failures_are_shares_of_all_tasks():
    metrics = synthetic()
    metrics["pooled_dense.clustering_failed_percent"] = summarise([100.0], None)
    ax = study.draw_failures(Metrics(metrics)).axes[0]
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]
    totals = dict(zip(ARCHITECTURES, np.sum(widths, 0), strict=True))
    assert totals.pop("pooled_dense") == pytest.approx(100 / 4)
    assert set(totals.values()) == {0.0}


def test_the_words_say_which_runs_failed():
    metrics = synthetic()
    metrics["pooled_dense.clustering_failed_percent"] = summarise([100.0, 0.0], None)
    said = study.failures_in_words(Metrics(metrics))
    assert said[2] == "- **16 clusters**: pooled, dense (50 %)."
    assert said[0] == "- **AAE**: no run failed."
    assert study.failures_in_words(Metrics({}))[0] == "- **AAE**: nothing was run."


def places(failed=(), **lower):
    """Metrics in which every place has 20, but for those named, and for columns that failed."""
    metrics = {
        f"norm_{place}.{column.name}": summarise(
            [lower.get(place, 20.0) + 0.01 * seed for seed in range(3)], None
        )
        for place in PLACES
        for column in COLUMNS_OF_PLACES
    } | {f"norm_none.{column}": not_measured("every run failed", None) for column in failed}
    return Metrics(metrics)


def test_places_have_a_mark_for_each_seed():
    figure = study.draw_places(places(encoder=5.0))
    assert [len(ax.lines) for ax in figure.axes] == [len(PLACES)] * len(COLUMNS_OF_PLACES)
    errors = next(ax for ax in figure.axes if "error" in ax.get_title())
    faces = [line.get_markerfacecolor() for line in errors.lines]
    assert [face != "white" for face in faces] == [place == "encoder" for place in PLACES]


def test_the_words_say_which_place_is_best_and_whether_one_is_needed():
    said = study.places_in_words(places(encoder=5.0))
    assert "all layers of the encoder. Batch norm nowhere (20) is told from the best" in said[0]
    assert "not told from the best" in study.places_in_words(places())[0]


def test_where_no_run_without_batch_norm_worked_the_words_say_so():
    said = study.places_in_words(places(failed=["clustering_error_percent"]))[1]
    assert said.endswith("With batch norm nowhere every run failed.")


def test_the_verdict_names_the_best_mean_and_the_cheapest_beside_it():
    metrics = synthetic(noise=1e-6)
    best, cheap = "pooled_whole_normed", "strided_dense_normed"
    for name in ARCHITECTURES:
        metrics[f"{name}.frechet_distance"] = summarise([90.0, 91.0, 92.0], None)
    metrics[f"{best}.frechet_distance"] = summarise([10.0, 30.0, 50.0], None)
    metrics[f"{cheap}.frechet_distance"] = summarise([29.0, 31.0, 33.0], None)
    metrics[f"{cheap}.flops_per_image"] = summarise([1e6], None)
    (said,) = [each for each in study.what_to_use(Metrics(metrics)) if "Fréchet" in each]
    assert f"{title_of(best)} (30, 2 MFLOP" in said and "has the best mean" in said
    assert f"is {title_of(cheap)} (31, 1 MFLOP" in said


def test_the_verdict_is_short_where_the_best_is_the_cheapest():
    metrics = synthetic(noise=1e-6)
    metrics["strided_dense.precision"] = summarise([0.9, 0.9, 0.9], None)
    for name in ARCHITECTURES:
        value = 1.0 if name == "strided_dense" else 9.0
        metrics[f"{name}.frechet_distance"] = summarise([value, value, value], None)
    (said,) = [each for each in study.what_to_use(Metrics(metrics)) if "Fréchet" in each]
    assert "strided, dense (1, 2 MFLOP" in said and "nothing cheaper" in said


def test_without_a_file_there_is_nothing_to_say_and_nothing_breaks():
    nothing = Metrics({})
    assert all("nothing was measured" in each for each in study.what_to_use(nothing))
    assert all("nothing was measured" in each for each in study.places_in_words(nothing))
    for figure in (study.draw_places(nothing), study.draw_failures(nothing)):
        figure.canvas.draw()
    study.draw_costs(nothing, ("precision",)).canvas.draw()
    study.draw_interaction(plt.subplots()[1], nothing, "recall", ("strides", "batch norm"))
