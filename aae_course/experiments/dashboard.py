"""A page on how every figure and table stands, written from the records beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from aae_course.data.whole_files import write_text
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.reproduce import minutes
from aae_course.experiments.standing import read

HEADING = """# Figures and tables, as they stand

Written by `aae-course dashboard` from the JSON records in this folder; a test compares. ± is the
standard deviation over seeds. ✓ marks a number as good as the paper's: an error at or below it, a
log-likelihood at or above it. † marks one that cannot be compared with the paper's.

| what | number | ours | paper | | made with |
|---|---|---:|---:|---|---|
"""
MORE_IS_BETTER = ("nats", "accuracy", "fraction")  # words in the names of such metrics


def write_dashboard(artefacts: Mapping[str, Artefact], folder: Path) -> Path:
    """Write ``README.md`` into the folder of the records; return its path."""
    path = folder / "README.md"
    write_text(path, dashboard(artefacts, folder))
    return path


def dashboard(artefacts: Mapping[str, Artefact], folder: Path) -> str:
    """The page."""
    rows = [row for name, artefact in artefacts.items() for row in rows_of(name, artefact, folder)]
    return HEADING + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def rows_of(name: str, artefact: Artefact, folder: Path) -> Iterator[list[str]]:
    """A row for each number that the paper states, or one if it states none."""
    record = read(folder / f"{name}.json")
    title = f"[{artefact.title}]({name}.png)" if record else artefact.title
    if record is None:
        yield [title, "", "not made", "", "", f"`aae-course reproduce {name}`"]
        return
    stated = {key: e for key, e in record["metrics"].items() if e["paper"] is not None}
    for key, entry in (stated or {"": None}).items():
        yield [title, *cells(key, entry, fewer_images(key, record)), made_with(record)]
        title = ""


def fewer_images(key: str, record: dict) -> str:
    """Where a number is of fewer test images than others of its record: of how many."""
    counts = {
        each.rpartition(".")[0]: entry["mean"]
        for each, entry in record["metrics"].items()
        if each.endswith(".test_images") and entry["mean"] is not None
    }
    here, most = counts.get(key.rpartition(".")[0]), max(counts.values(), default=0)
    return f"† of {here:,.0f} test images" if here and here < most else ""


def cells(key: str, entry: dict | None, fewer: str = "") -> list[str]:
    """The name of a number, ours, the paper's, and whether ours is as good.

    Args:
        key: of the number in the record.
        entry: of that key, None for no number.
        fewer: why it cannot be compared with the paper's, if so.
    """
    if entry is None:
        return ["", "", "", ""]
    name, paper = key.replace("_", " "), f"{entry['paper']:g}"
    if entry["mean"] is None:
        return [name, f"not run: {entry.get('why') or 'no data'}", paper, ""]
    spread = "" if entry["std"] is None else f" ± {entry['std']:.2g}"
    mark = fewer or ("✓" if as_good(key, entry) else "")
    return [name, f"{entry['mean']:.4g}{spread}", paper, mark]


def as_good(key: str, entry: dict) -> bool:
    """Whether our mean is at the paper's number or better."""
    if key.endswith(MORE_IS_BETTER):
        return entry["mean"] >= entry["paper"]
    return entry["mean"] <= entry["paper"]


def made_with(record: dict) -> str:
    """Scale, seeds, time and command of a record."""
    seeds = len(record["seeds"])
    with_seeds = f"{seeds} seed{'s' * (seeds != 1)}"
    took = minutes(record["wall_seconds"])
    return f"{record['scale']} scale, {with_seeds}, {took}: `{record['command']}`"
