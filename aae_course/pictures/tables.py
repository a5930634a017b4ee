"""A table: its columns, the numbers in them as words, and the whole as Markdown or a picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

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


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of words, the heading first, as a table in Markdown."""
    heading, *others = rows
    lines = [heading, ["---"] + ["---:"] * (len(heading) - 1), *others]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def draw_table(rows: Sequence[Sequence[str]], title: str) -> Figure:
    """The same as a picture: a rule under the heading, numbers to the right, **words** in bold."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) + 3 for column in columns]
    figure = plt.figure(figsize=(0.095 * sum(widths) + 0.4, 0.32 * len(rows) + 0.7))
    ax = figure.add_axes((0.02, 0, 0.96, 1))
    ax.set_axis_off()
    ax.set(xlim=(0, sum(widths)), ylim=(len(rows) + 0.4, -1.3))
    ax.text(0, -0.8, title, weight="bold", va="center")
    for i, row in enumerate(rows):
        for j, word in enumerate(row):
            x, side = (sum(widths[:j]), "left") if j == 0 else (sum(widths[: j + 1]) - 1, "right")
            bold = i == 0 or word.startswith("**")
            weight = "bold" if bold else "normal"
            ax.text(x, i + 0.2, word.strip("*"), ha=side, va="center", weight=weight)
    ax.plot([0, sum(widths)], [0.7, 0.7], color="black", linewidth=0.8)
    return figure
