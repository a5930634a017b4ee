"""What a figure or table is: its recipes, what is measured on them, how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from matplotlib.figure import Figure

from aae_course.experiments.numbers import Metrics, RowMetric, key_of, not_measured, summarise
from aae_course.experiments.trained import Trained
from aae_course.pictures.tables import Table

Measured = Mapping[str | RowMetric, list[float] | str]
Measure = Callable[[Trained], Measured]


@dataclass(frozen=True)
class Artefact:
    """A figure or table of the paper.

    Args:
        title: one line for a list.
        panels: the recipe behind each panel or row.
        draw: makes the picture from what was trained and the scale.
        draw_numbers: makes it from the numbers; without either it is that of the table.
        measure: numbers of one panel, each with a value for every seed, or a word on why there is
            none; one function for all panels, or one for each. A number is called by its row and
            metric, or by the metric only, and then its row is the panel.
        paper: the paper's numbers, where it states them.
        table: makes a table from the numbers; it is written in Markdown beside the picture.
        optional: panels that run only where their data are in the data folder, with the numbers
            that are null otherwise; ``draw`` does without such a panel.
    """

    title: str
    panels: Mapping[str, str]
    draw: Callable[[Mapping[str, Trained], str], Figure] | None = None
    measure: Measure | Mapping[str, Measure] | None = None
    paper: Mapping[RowMetric, float] = field(default_factory=dict)
    table: Callable[[Metrics], Table] | None = None
    draw_numbers: Callable[[Metrics], Figure] | None = None
    optional: Mapping[str, Sequence[RowMetric]] = field(default_factory=dict)

    @property
    def draws_trained(self) -> bool:
        """Whether its picture shows what was trained, and so cannot come from a record."""
        return self.draw is not None and bool(self.panels)

    def metrics(self, panel: str, trained: Trained) -> dict[str, dict]:
        """The numbers of a panel, summarised over the seeds, with the paper's beside them."""
        measure = self.measure[panel] if isinstance(self.measure, Mapping) else self.measure
        measured = measure(trained) if measure else {}
        return dict(
            self.entry((panel, name) if isinstance(name, str) else name, values)
            for name, values in measured.items()
        )

    def entry(self, name: RowMetric, values: list[float] | str) -> tuple[str, dict]:
        """The key and entry of a number in the JSON, from its values or why there are none."""
        summary = not_measured if isinstance(values, str) else summarise
        return key_of(*name), summary(values, self.paper.get(name))

    def not_run(self, absent: Mapping[str, str]) -> dict[str, dict]:
        """The numbers of optional panels that are absent, from why they are."""
        return dict(
            self.entry(name, why) for panel, why in absent.items() for name in self.optional[panel]
        )
