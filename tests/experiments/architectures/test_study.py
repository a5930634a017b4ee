"""The study of architectures on made numbers: planted effects, verdicts, the table, the picture."""

import itertools
import math

import pytest
from made_study import PLANTED, synthetic

from aae_course.experiments.architectures import batch_norm, study
from aae_course.experiments.architectures.failures import failed_percent
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES, BATCH_NORM_RECIPES
from aae_course.experiments.architectures.study import (
    AVERAGE,
    COLUMNS_OF_STUDY,
    EIGHT,
    FACTORS,
    SHOWN,
    draw_effects,
    effects_on,
    in_words,
    table_architectures,
    verdict,
)
from aae_course.experiments.numbers import Metrics, summarise
from aae_course.metrics.factorial import Effect
from aae_course.networks.convolutional import ARCHITECTURES, CONVOLUTIONAL

RECONSTRUCTION, PRECISION = COLUMNS_OF_STUDY[0], COLUMNS_OF_STUDY[3]


def test_all_combinations_of_the_three_changes_are_there_once():
    assert sorted(EIGHT.values()) == sorted(itertools.product((False, True), repeat=3))
    assert len(CONVOLUTIONAL) == len(EIGHT) + 4


def test_every_panel_of_the_study_has_its_measure():
    artefacts = study.ARTEFACTS.values()
    measures = {panel: each for artefact in artefacts for panel, each in artefact.measure.items()}
    panels = [panel for artefact in artefacts for panel in artefact.panels]
    assert list(measures) == panels == list(ARCHITECTURE_RECIPES)
    measure = measures["strided_averaged_normed_semi_supervised"]
    assert measure.args == ("strided_averaged_normed",)
    assert measures["strided_whole_invariant"].args == ("strided_whole",)
    assert list(batch_norm.ARTEFACT.measure) == list(BATCH_NORM_RECIPES)


@pytest.mark.parametrize("column", [RECONSTRUCTION, PRECISION])
def test_planted_effects_are_found_whatever_the_level_of_a_seed(column):
    found = effects_on(Metrics(synthetic()), column.name)
    assert list(found) == SHOWN
    for name, effect in found.items():
        planted = PLANTED[column.name].get(name, 0.0)
        assert effect.size == pytest.approx(planted, abs=effect.half_width)
        told = verdict(effect, column) in ("better", "worse")
        assert told == (planted != 0)
    better = {name for name, effect in found.items() if verdict(effect, column) == "better"}
    assert better == {"half_squared_error": {"batch norm"}, "precision": {FACTORS[1]}}[column.name]


def test_all_intervals_count_as_comparisons():
    assert study.COMPARISONS == len(SHOWN) * len(COLUMNS_OF_STUDY) == 63


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (Effect(-2.0, 1.0, steady=True), "better"),
        (Effect(2.0, 1.0, steady=True), "worse"),
        (Effect(2.0, 1.0, steady=False), "needs every seed"),
        (Effect(1.0, 2.0, steady=False), "open"),
    ],
)
def test_a_verdict_holds_without_any_one_seed(effect, said):
    assert verdict(effect, RECONSTRUCTION) == said


def test_an_effect_is_a_factor_or_a_difference():
    assert in_words(Effect(-0.1, 0.05), "half_squared_error") == "× 0.90 (0.86 to 0.95)"
    assert in_words(Effect(-0.1, 0.05), "recall") == "-0.100 (-0.150 to -0.050)"


def test_without_enough_numbers_it_says_so():
    assert "with one seed" in effects_on(Metrics(synthetic(seeds=1)), "half_squared_error")
    metrics = synthetic()
    metrics["strided_dense.half_squared_error"] = summarise([0.0] * 5, None)
    assert "no logarithm" in effects_on(Metrics(metrics), "half_squared_error")
    metrics["strided_dense.half_squared_error"] = summarise([1.0] * 4, None)
    assert "4 numbers and 5 sound runs" in effects_on(Metrics(metrics), "half_squared_error")
    assert effects_on(Metrics({}), "recall") == "no combination has a number"


def fail(metrics, name, seeds=5):
    """The first runs of generation failed."""
    shares = [100.0] * seeds + [0.0] * (5 - seeds)
    metrics[f"{name}.generation_failed_percent"] = summarise(shares, None)
    for column in COLUMNS_OF_STUDY[:6]:
        entry = metrics[f"{name}.{column.name}"]
        kept = entry["per_seed"][seeds:]
        entry |= summarise(kept, None) if kept else {"mean": None, "std": None, "per_seed": []}


def test_runs_that_failed_are_in_no_effect():
    metrics = synthetic()
    fail(metrics, "strided_whole", 2)
    found = effects_on(Metrics(metrics), "half_squared_error")
    for name, effect in found.items():
        planted = PLANTED["half_squared_error"].get(name, 0.0)
        assert effect.size == pytest.approx(planted, abs=effect.half_width)


def test_effects_of_an_architecture_that_always_failed_are_left_out():
    metrics = synthetic()
    fail(metrics, "strided_averaged")
    assert list(effects_on(Metrics(metrics), "recall")) == [n for n in SHOWN if n != AVERAGE]
    fail(metrics, "strided_dense")
    assert effects_on(Metrics(metrics), "recall") == {}
    figure = draw_effects(Metrics(metrics))
    said = [text.get_text() for text in figure.axes[4].texts]
    assert said == ["one of them has no number"] * len(SHOWN)
    rows = {row[0]: row for row in table_architectures(Metrics(metrics)).rows}
    assert rows["strided, averaged"][3] == "–" and rows["strided, averaged"][-1] == "25"


def test_the_table_has_a_row_for_each_architecture_and_marks_the_best():
    metrics = synthetic(noise=1e-6)
    metrics["pooled_dense.clustering_failed_percent"] = summarise([100.0] * 5, None)
    metrics = Metrics(metrics)
    table = table_architectures(metrics)
    heading, rows = table.heading, table.rows
    assert len(rows) == len(ARCHITECTURES) and {len(row) for row in rows} == {len(heading)}
    cells = {row[0]: row for row in rows}
    assert "pooled, whole map, batch norm" in cells
    assert cells["pooled, dense"][-1] == "25" and failed_percent(metrics, "strided_dense") == 0.0


def test_an_architecture_that_was_not_run_has_dashes():
    rows = table_architectures(Metrics({})).rows
    assert {cell for row in rows for cell in row[1:]} == {"–"}


def test_the_best_is_bold_and_one_that_failed_is_not():
    metrics = synthetic(noise=1e-6)
    for name in ARCHITECTURES:
        metrics[f"{name}.recall"] = summarise([0.5, 0.5, 0.5, 0.5, 0.51], None)
    metrics["pooled_whole.recall"] = summarise([0.9] * 5, None)
    place = table_architectures(Metrics(metrics)).heading.index("recall")

    def cell():
        rows = table_architectures(Metrics(metrics)).rows
        return next(row[place] for row in rows if row[0] == "pooled, whole map")

    assert cell().startswith("**")
    metrics["pooled_whole.generation_failed_percent"] = summarise([100.0] + [0.0] * 4, None)
    assert not cell().startswith("**")


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ((0.83, 1.25), [0.9, 1.0, 1.1, 1.2]),
        ((0.2, 5.0), [0.25, 0.5, 1.0, 2.0, 4.0]),
        ((0.97, 1.035), [0.98, 1.0, 1.02]),
    ],
)
def test_the_axis_of_factors_has_round_ones(ends, shown):
    assert study.round_factors(*(math.log(end) for end in ends)) == shown


def test_the_table_says_over_how_many_seeds_also_where_all_failed():
    metrics = synthetic()
    for name in ARCHITECTURES:
        fail(metrics, name)
    table = table_architectures(Metrics(metrics))
    assert table.notes[-1].endswith("over 5 seeds.")


@pytest.mark.parametrize("task", study.COLUMNS_OF_TASK)
def test_the_record_of_a_task_shows_its_own_columns(task):
    artefact, columns = study.ARTEFACTS[f"architectures_{task}"], study.COLUMNS_OF_TASK[task]
    metrics = synthetic()
    metrics["strided_dense.generation_failed_percent"] = summarise([100.0] * 5, None)
    table = artefact.table(Metrics(metrics))
    assert table.heading[3:-1] == [column.heading for column in columns]
    figure = artefact.draw_numbers(Metrics(metrics))
    assert [ax.get_title() for ax in figure.axes] == [column.title for column in columns]


def test_the_picture_has_a_panel_for_each_column_and_a_mark_for_each_effect():
    figure = draw_effects(Metrics(synthetic()))
    assert [ax.get_title() for ax in figure.axes] == [column.title for column in COLUMNS_OF_STUDY]
    assert [len(ax.containers) for ax in figure.axes] == [len(SHOWN)] * len(COLUMNS_OF_STUDY)
    draw_effects(Metrics(synthetic(seeds=1)))
