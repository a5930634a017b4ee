"""Pictures and tables again from their records: which can be, and that nothing is trained."""

import json
import shutil

import pytest

from aae_course import settings
from aae_course.experiments import redraw as redrawing
from aae_course.experiments.redraw import redraw
from aae_course.experiments.registry import ARTEFACTS

FIGURES = settings.course_folder("figures")
OF_TRAINED = ["fig2", "fig4", "fig5", "fig7", "fig9", "fig11", "hundred_labels", "comparison"]


def test_pictures_of_codes_and_images_need_what_was_trained():
    assert [name for name, artefact in ARTEFACTS.items() if artefact.draws_trained] == OF_TRAINED


@pytest.mark.parametrize("name", ["fig1", "table1", "progress", "batch_norm", "comparison"])
def test_all_that_a_record_holds_is_written_again(tmp_path, name):
    shutil.copy(FIGURES / f"{name}.json", tmp_path)
    record = (tmp_path / f"{name}.json").read_bytes()
    written = redraw(name, tmp_path)
    expected = [f"{name}.md"] * bool(ARTEFACTS[name].table)
    expected += [f"{name}.png"] * (name not in OF_TRAINED)
    assert [path.name for path in written] == expected
    assert all(path.stat().st_size for path in written)
    assert (tmp_path / f"{name}.json").read_bytes() == record
    assert len(list(tmp_path.iterdir())) == 1 + len(expected)


def test_what_is_redrawn_shows_the_numbers_of_the_record(tmp_path):
    record = json.loads((FIGURES / "table2.json").read_text(encoding="utf-8"))
    record["metrics"]["mnist_100.test_error_percent"]["mean"] = 1.234
    (tmp_path / "table2.json").write_text(json.dumps(record))
    table, picture = redraw("table2", tmp_path, ".pdf")
    assert "| AAE | 1.23 ± " in table.read_text(encoding="utf-8")
    assert picture.read_bytes().startswith(b"%PDF")


def test_without_a_record_the_command_that_makes_it_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="make it with aae-course reproduce fig1"):
        redraw("fig1", tmp_path)


def test_the_style_ends_with_the_picture(tmp_path):
    before, figures = dict(redrawing.matplotlib.rcParams), redrawing.plt.get_fignums()
    shutil.copy(FIGURES / "fig1.json", tmp_path)
    redraw("fig1", tmp_path)
    assert dict(redrawing.matplotlib.rcParams) == before
    assert redrawing.plt.get_fignums() == figures
