"""What ``reproduce --all`` is going to do, in words and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from aae_course.experiments.everything import Waiting


def in_words(waiting: list[Waiting], everything: int, only: str | None = None) -> str:
    """How many of all are to be made, or of those that stand in one way; and about how long."""
    from aae_course.experiments.everything import seconds_left
    from aae_course.experiments.reproduce import minutes

    if not waiting and only:
        return f"none of {everything} figures and tables is {only}"
    if not waiting:
        return f"all {everything} figures and tables are current"
    total = minutes(seconds_left(waiting))
    recorded = sum(each.estimate.recorded for each in waiting)
    return (
        f"{len(waiting)} of {everything} figures and tables to make, about {total} in all "
        f"(by records: {recorded}, by the number of weights: {len(waiting) - recorded})"
    )


def as_table(waiting: list[Waiting]) -> Table:
    """A row for each, in the order in which they are made."""
    from rich.table import Table

    from aae_course.experiments.reproduce import minutes

    shown = Table("name", "state", "about", "memory", "disk", title="To make", title_justify="left")
    for each in waiting:
        needs, stands = each.estimate, each.standing
        shown.add_row(
            each.name,
            f"{stands.state}: {stands.why}",
            minutes(needs.seconds),
            f"{needs.memory / 1e9:.2f} GB",
            f"{needs.disk / 1e9:.2f} GB",
        )
    return shown
