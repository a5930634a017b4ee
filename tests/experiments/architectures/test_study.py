"""The study of architectures on made numbers: planted effects, the table, the picture."""

import itertools

import pytest
from made_study import PLANTED, synthetic

from aae_course.experiments.architectures import batch_norm, study
from aae_course.experiments.architectures.failures import failed_percent
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES, BATCH_NORM_RECIPES
from aae_course.experiments.architectures.study import (
    COLUMNS_OF_STUDY,
    combination,
    draw_effects,
    effects_on,
    table_architectures,
)
from aae_course.experiments.numbers import Metrics, summarise
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional


def test_all_combinations_of_the_three_changes_are_there_once():
    found = [combination(a) for a in ARCHITECTURES.values() if isinstance(a, Convolutional)]
    assert sorted(found) == sorted(itertools.product((False, True), repeat=3))


def test_every_panel_of_the_study_has_its_measure():
    measures = study.ARTEFACT.measure
    assert list(measures) == list(study.ARTEFACT.panels) == list(ARCHITECTURE_RECIPES)
    assert measures["strided_averaged_normed_semi_supervised"].args == ("strided_averaged_normed",)
    assert list(batch_norm.ARTEFACT.measure) == list(BATCH_NORM_RECIPES)


@pytest.mark.parametrize("column", PLANTED)
def test_planted_effects_are_found(column):
    found = effects_on(Metrics(synthetic()), column)
    for name, effect in found.items():
        planted = PLANTED[column].get(name, 0.0)
        assert effect.size == pytest.approx(planted, abs=3 * effect.half_width + 1e-9)
        if planted:
            assert effect.told_from_zero


def test_without_enough_numbers_it_says_so():
    assert "with one seed" in effects_on(Metrics(synthetic(seeds=1)), "half_squared_error")
    metrics = synthetic()
    metrics["strided_averaged.half_squared_error"] |= {"mean": None, "per_seed": []}
    metrics = Metrics(metrics)
    why = effects_on(metrics, "half_squared_error")
    assert "no number with strides and no dense layer on" in why
    draw_effects(metrics)
    rows = {row[0]: row for row in table_architectures(metrics).rows}
    assert rows["strided, averaged"][3] == "–"


def test_the_table_has_a_row_for_each_architecture_and_marks_the_best():
    metrics = synthetic(noise=1e-6)
    metrics["pooled_dense.clustering_failed_percent"] = summarise([100.0], None)
    metrics = Metrics(metrics)
    table = table_architectures(metrics)
    heading, rows = table.heading, table.rows
    assert len(rows) == len(ARCHITECTURES) and {len(row) for row in rows} == {len(heading)}
    cells = {row[0]: row for row in rows}
    place = heading.index("reconstruction")
    assert cells["pooled, averaged, batch norm"][place].startswith("**")
    assert not cells["strided, dense"][place].startswith("**")
    assert cells["pooled, dense"][-1] == "33" and failed_percent(metrics, "strided_dense") == 0.0


def test_an_architecture_that_failed_is_not_among_the_best():
    metrics = synthetic(noise=1e-6)
    metrics["pooled_averaged_normed.generation_failed_percent"] = summarise([33.3], None)
    rows = {row[0]: row for row in table_architectures(Metrics(metrics)).rows}
    assert not rows["pooled, averaged, batch norm"][3].startswith("**")


def test_the_picture_has_a_panel_for_each_column():
    figure = draw_effects(Metrics(synthetic()))
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == [column.title for column in COLUMNS_OF_STUDY]
