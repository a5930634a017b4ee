"""The picture of a table: point below point, blocks told apart, nothing over anything else."""

import itertools

import matplotlib
import matplotlib.pyplot as plt
import pytest

from aae_course.pictures.style import STYLE
from aae_course.pictures.table_picture import draw_table
from aae_course.pictures.tables import Table

pytestmark = pytest.mark.usefixtures("closed")
TABLE = Table(
    ["what is measured", "error of a long name, %", "n"],
    {
        "the paper": [["a method of a long title", "11.82 ± 0.25", "1,000"], ["another", "", "5"]],
        "ours": [["ours", "**7.5 ± 2.98** †", "16"], ["absent", "not run", "–"]],
    },
    ["† A note that is longer than the table is wide, so that it has to go on in a second line."],
)  # fmt: skip


@pytest.fixture
def drawn():
    with matplotlib.rc_context(STYLE):
        figure = draw_table(TABLE, "Table 7: a title that is longer than all the columns together")
        figure.canvas.draw()
    return figure


def words(figure):
    return {text.get_text(): text for text in figure.axes[0].texts if text.get_text()}


def test_every_word_is_there_once_and_none_is_over_another_or_off_the_paper(drawn):
    boxes = {word: text.get_window_extent().padded(-0.5) for word, text in words(drawn).items()}
    assert {" the paper", " ours", "not run", "–", "absent", "another"} <= boxes.keys()
    for (first, one), (second, other) in itertools.combinations(boxes.items(), 2):
        assert not one.overlaps(other), (first, second)
    for word, box in boxes.items():
        assert box.x0 >= 0 and box.x1 <= drawn.bbox.x1, word
        assert box.y0 >= 0 and box.y1 <= drawn.bbox.y1, word


def test_numbers_share_their_point(drawn):
    found = words(drawn)
    before, after = (found[part] for part in ("11", ".82 ± 0.25"))
    short = found["7"]
    assert before.get_window_extent().x1 == pytest.approx(short.get_window_extent().x1, abs=1)
    assert after.get_position()[0] == before.get_position()[0] == short.get_position()[0]
    assert found["1,000"].get_position()[0] == found["16"].get_position()[0]


def test_bold_cells_are_bold_and_marks_stay(drawn):
    assert words(drawn)["7"].get_weight() == "bold" and words(drawn)["11"].get_weight() == "normal"
    assert ".5 ± 2.98 †" in words(drawn)


def test_each_block_has_its_ground_over_the_whole_width(drawn):
    ax = drawn.axes[0]
    grounds = ax.patches
    rules = [line.get_xdata()[1] for line in ax.lines]
    assert len(grounds) == 2 and len(rules) == 2
    assert {patch.get_width() for patch in grounds} == set(rules)


def test_a_table_without_blocks_has_no_ground():
    figure = draw_table(Table(["what", "a"], {"": [["x", "1"]]}), "A table")
    assert not figure.axes[0].patches
    plt.close(figure)
