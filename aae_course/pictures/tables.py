"""A table of words, as Markdown and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.figure import Figure


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
