"""What notebook 14 shows of a record is the record's, and its reasons are those of the recipes."""

import io
import json
import shutil

import matplotlib.pyplot as plt
import pytest
from PIL import Image

from aae_course.experiments.dashboard import Row
from aae_course.experiments.registry import ARTEFACTS
from aae_course.lessons import reproducing
from aae_course.lessons.setup import FIGURES


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """The committed records, to be changed."""
    for path in FIGURES.glob("*.json"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr("aae_course.lessons.setup.FIGURES", tmp_path)
    return tmp_path


def change(path, key, **entry):
    told = json.loads(path.read_text(encoding="utf-8"))
    told["metrics"][key] |= entry
    path.write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row("", "1 %", "2 %", "yes"), "**reached**"),
        (Row("", "3 %", "2 %", "no"), "not reached"),
        (Row("", "3 %", "2 %", "† of digits"), "not comparable † of digits"),
        (Row("", "not run: data not here", "2 %"), "not run"),
        (Row("", "not run", "2 %"), "not run"),
        (Row("", "3 %"), ""),
    ],
)
def test_there_are_four_verdicts(row, said):
    assert reproducing.verdict(row) == said


def test_the_numbers_are_the_record_s(copy):
    change(copy / "table2.json", "mnist_100.test_error_percent", mean=1.5, std=0.25)
    shown = reproducing.numbers(["table2"])
    assert "on MNIST, 100 labels | 1.50 ± 0.25 % | 1.90 % | **reached** |" in shown
    assert "100 labels" not in " ".join(reproducing.explained("table2")).replace("1000", "")


def test_a_number_that_is_worse_is_explained_by_the_settings_of_its_own_recipe(copy):
    for labels in (100, 1000):
        change(copy / "table2.json", f"mnist_{labels}.test_error_percent", mean=50.0)
    hundred, thousand = (
        next(line for line in reproducing.explained("table2") if f"MNIST, {labels} labels" in line)
        for labels in (100, 1000)
    )
    assert "epochs: 12, the paper's: 5000" in hundred and "Adam" not in hundred
    assert "epochs: 8, the paper's: 5000" in thousand and "Adam, the paper's: SGD" in thousand
    assert hundred.endswith("How much of the gap this explains is not known.")


def test_no_cause_is_made_up_where_the_paper_states_no_settings(copy):
    change(copy / "fig11.json", "b.test_error_percent", mean=50.0)
    (line,) = [line for line in reproducing.explained("fig11") if "(b)" in line]
    assert "the paper does not state these settings" in line and "not known" in line


def test_fewer_images_and_absent_data_are_no_failure(copy):
    change(copy / "table1.json", "mnist_10m.test_images", mean=500)
    change(copy / "table1.json", "mnist_10m.parzen_nats", mean=1.0)
    for key in ("tfd_10k.parzen_nats", "tfd_10m.parzen_nats"):
        change(copy / "table1.json", key, mean=None, why="no faces.")
    lines = reproducing.explained("table1")
    assert any("10M samples*: ours is of 500 test images, which the paper's is" in x for x in lines)
    (line,) = [line for line in lines if "Toronto Faces" in line]
    assert "*: no faces. Once the data are there, `aae-course reproduce table1" in line


def test_at_paper_scale_no_setting_that_the_paper_states_differs():
    for recipe in reproducing.STATED:
        assert reproducing.differences(recipe, "paper") == []
        assert reproducing.differences(recipe, "course")


def test_a_picture_is_a_small_copy_of_the_committed_one_with_its_title_in_words():
    shown = reproducing.shown("fig2")
    with Image.open(io.BytesIO(shown.data)) as copy, Image.open(FIGURES / "fig2.png") as committed:
        assert copy.width == reproducing.WIDTH < committed.width
        assert copy.width / copy.height == pytest.approx(committed.width / committed.height, 0.01)
    assert shown.alt == ARTEFACTS["fig2"].title
    assert len(shown.data) < 120_000
    assert reproducing.shown("table2").data == (FIGURES / "table2.md").read_text(encoding="utf-8")


def test_everything_is_shown_with_its_command(monkeypatch):
    seen = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    reproducing.show("fig1", "table3")
    assert len(seen) == 3
    assert "`aae-course reproduce fig1`" in seen[-1].data
    assert "reproduce table3" in seen[-1].data and "| Table 3 |" in seen[-1].data


def test_every_seed_has_a_dot_beside_the_paper_s_square(closed):
    figure = reproducing.draw_errors()
    (ax,) = figure.axes
    names = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    place = names.index("table2: test error on MNIST, 100 labels")
    dots, square = ax.lines[2 * place : 2 * place + 2]
    entry = reproducing.record("table2")["metrics"]["mnist_100.test_error_percent"]
    assert list(dots.get_xdata()) == entry["per_seed"] and list(square.get_xdata()) == [1.9]
    plt.close(figure)
