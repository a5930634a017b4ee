"""A table: its columns, the numbers in them as words, and the whole as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

Row = TypeVar("Row", bound=Hashable)


class Summary(Protocol):
    """A number over several seeds; one that is known to be missing has no mean and says why."""

    mean: float | None
    std: float | None
    why: str | None


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        name: of what stands in it, as a rule a metric.
        heading: what a person calls it.
        more_is_better: whether the best number is the largest.
        form: how a number and its spread are formatted, such as ".2f". With ".3g" a number has
            three significant digits, and its spread one.
        unit: stands behind each number.
    """

    name: str
    heading: str
    more_is_better: bool = False
    form: str = ".3g"
    unit: str = ""

    @property
    def title(self) -> str:
        """The heading, and which way is better."""
        return f"{self.heading} ({'more' if self.more_is_better else 'less'} is better)"

    def written(self, number: Summary) -> str:
        """Mean ± standard deviation over seeds."""
        spread = "" if number.std is None else f" ± {number.std:{self._spread_form(number.std)}}"
        return f"{number.mean:{self.form}}{spread}{self.unit}"

    def _spread_form(self, std: float) -> str:
        if not self.form.endswith("g"):
            return self.form
        return ".0f" if std >= 9.5 else ".1g"


def heading_of(columns: Sequence[Column]) -> list[str]:
    """The headings of all columns."""
    return [column.heading for column in columns]


def table_rows(
    starts: Mapping[Row, Sequence[str]],
    columns: Sequence[Column],
    number_of: Callable[[Row, str], Summary],
    best: Mapping[str, Collection[Row]] | None = None,
    absent: str = "",
    not_run: str = "not run",
) -> list[list[str]]:
    """The rows of a table in words.

    Args:
        starts: each row, and the words that stand in it before the columns.
        columns: what is shown.
        number_of: the number of a row in the column of a name.
        best: name of a column -> the rows whose number is in bold.
        absent: what stands where nothing is known.
        not_run: what stands where a number is known to be missing.
    """

    def cell(row: Row, column: Column) -> str:
        number = number_of(row, column.name)
        if number.mean is None:
            return not_run if number.why else absent
        bold = "**" if row in (best or {}).get(column.name, ()) else ""
        return f"{bold}{column.written(number)}{bold}"

    return [[*words, *(cell(row, column) for column in columns)] for row, words in starts.items()]


def quoted_rows(
    quoted: Mapping[Sequence[str], Mapping[str, str]], columns: Sequence[Column]
) -> list[list[str]]:
    """Rows whose cells are printed elsewhere.

    Args:
        quoted: the words that stand in a row before the columns, and its cells by name of column.
        columns: what is shown.

    Raises:
        KeyError: a cell is of none of the columns.
    """
    names = [column.name for column in columns]
    for words, cells in quoted.items():
        if strange := cells.keys() - names:
            raise KeyError(f"{', '.join(words)}: there is no column {', '.join(strange)}")
    return [[*words, *(cells.get(name, "") for name in names)] for words, cells in quoted.items()]


@dataclass(frozen=True)
class Table:
    """Rows in blocks, as words.

    Args:
        heading: of every column.
        blocks: the rows below each title, such as "the paper" and "ours"; a title may be empty.
        notes: below the table.
    """

    heading: Sequence[str]
    blocks: Mapping[str, Sequence[Sequence[str]]]
    notes: Sequence[str] = ()

    @property
    def rows(self) -> list[Sequence[str]]:
        """Those of all blocks."""
        return [row for rows in self.blocks.values() for row in rows]

    def markdown(self) -> str:
        """The table and its notes; the title of a block stands in a row of its own."""
        rows = [self.heading]
        for title, block in self.blocks.items():
            if title:
                rows.append([f"**{title}**", *[""] * (len(self.heading) - 1)])
            rows += block
        return markdown_table(rows) + "".join(f"\n{note}\n" for note in self.notes)


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of words, the heading first, as a table in Markdown."""
    heading, *others = rows
    lines = [heading, ["---"] + ["---:"] * (len(heading) - 1), *others]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
