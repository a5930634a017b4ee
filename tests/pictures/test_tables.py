"""Columns, the numbers in them as words, and tables as Markdown."""

from types import SimpleNamespace

import pytest

from aae_course.pictures.tables import Column, Table, markdown_table, quoted_rows, table_rows


def number(mean, std=None, why=None):
    return SimpleNamespace(mean=mean, std=std, why=why)


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [(245.3, 12.4, "245 ± 12"), (0.5, 0.012, "0.5 ± 0.01"), (33_400.0, None, "3.34e+04")],
)
def test_numbers_are_short_unless_the_column_says_otherwise(mean, std, text):
    assert Column("a", "A").written(number(mean, std)) == text


def test_a_column_says_how_its_numbers_are_written():
    column = Column("error", "error", form=".2f", unit=" %")
    assert column.written(number(7.126, 0.5)) == "7.13 ± 0.50 %"
    assert column.title == "error (less is better)"
    assert Column("recall", "recall", more_is_better=True).title == "recall (more is better)"


def test_rows_have_the_best_in_bold_and_words_where_there_is_no_number():
    numbers = {
        ("ours", "a"): number(1.0),
        ("ours", "b"): number(None, why="no data"),
        ("theirs", "a"): number(2.0),
        ("theirs", "b"): number(None),
    }
    rows = table_rows(
        {"ours": ["Ours", "10"], "theirs": ["Theirs", "16"]},
        [Column("a", "A"), Column("b", "B")],
        lambda row, column: numbers[row, column],
        best={"a": {"ours"}},
    )
    assert rows == [["Ours", "10", "**1**", "not run"], ["Theirs", "16", "2", ""]]


def test_a_table_as_markdown():
    rows = [["what", "ours"], ["error", "**1.2**"]]
    assert markdown_table(rows) == "| what | ours |\n| --- | ---: |\n| error | **1.2** |\n"


def test_blocks_have_their_titles_and_notes_stand_below():
    table = Table(["what", "a"], {"the paper": [["x", "1"]], "ours": [["y", "2"]]}, ["† A note."])
    assert table.rows == [["x", "1"], ["y", "2"]]
    assert table.markdown() == (
        "| what | a |\n| --- | ---: |\n"
        "| **the paper** |  |\n| x | 1 |\n"
        "| **ours** |  |\n| y | 2 |\n"
        "\n† A note.\n"
    )
    assert Table(["what"], {"": [["x"]]}).markdown() == "| what |\n| --- |\n| x |\n"


def test_quoted_cells_are_tied_to_columns_by_name():
    columns = [Column("a", "A"), Column("b", "B")]
    assert quoted_rows({("x", "16"): {"b": "2"}}, columns) == [["x", "16", "", "2"]]
    with pytest.raises(KeyError, match="x: there is no column c"):
        quoted_rows({("x",): {"c": "2"}}, columns)
