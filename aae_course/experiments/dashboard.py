"""How every figure and table stands, as pages: written from the records, and from nothing else.

`figures/README.md` shows all numbers. The README beside that folder shows the main ones, and
`docs/speed.md` how long they take, each between two comments that say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from aae_course.data.whole_files import write_text
from aae_course.experiments import recipes
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.headlines import FRONT_PAGE, PANELS_OF_FIGURE_2, Words, everything
from aae_course.experiments.numbers import Metrics, key_of
from aae_course.experiments.reproduce import minutes
from aae_course.experiments.standing import read
from aae_course.experiments.time_to_quality import time_to_quality
from aae_course.pictures.tables import heading_of, table_rows

HEADING = """# Figures and tables, as they stand

Written by `aae-course dashboard` from the JSON records in this folder; a test compares.

"""
MEANING = """
± is the standard deviation over seeds. Reached: an error at or below the paper's, a log-likelihood
at or above it. † marks a number that cannot be compared with the paper's, since it is of other
images, or of fewer.
"""
MORE_IS_BETTER = ("nats", "accuracy", "fraction")  # words in the names of such metrics
# The end of a metric's name -> what its numbers are multiplied by, their form and their unit.
UNITS = {
    "percent": (1, ".2f", " %"),
    "nats": (1, ".0f", " nats"),
    "alive": (1, ".1f", ""),
    "accuracy": (100, ".1f", " %"),
    "fraction": (100, ".1f", " %"),
}
PAPERS_DATA = {"mnist", "svhn", "tfd"}
NOT_HERE = "not run: data not here"
PAGES = ("README.md", "docs/speed.md")  # beside the folder of the records
BLOCK = re.compile(
    r"(<!-- (\w+): written by aae-course dashboard -->\n).*?(<!-- end of \2 -->)", re.DOTALL
)
Records = Mapping[str, dict | None]  # None where there is none


@dataclass(frozen=True)
class Row:
    """A number in words: what it is, ours, the paper's, and whether ours is as good."""

    what: str
    ours: str = ""
    paper: str = ""
    reached: str = ""


def write_dashboard(artefacts: Mapping[str, Artefact], folder: Path) -> list[Path]:
    """Write the page into the folder of the records, and the tables of the pages beside it.

    Only a page that has the comments is written.
    """
    pages = {folder / "README.md": dashboard(artefacts, folder)}
    for path in (folder.parent / name for name in PAGES):
        if path.exists() and BLOCK.search(text := path.read_text(encoding="utf-8")):
            pages[path] = filled(text, artefacts, folder)
    for path, page in pages.items():
        write_text(path, page)
    return list(pages)


def dashboard(artefacts: Mapping[str, Artefact], folder: Path) -> str:
    """The page of all numbers."""
    records = {name: read(folder / f"{name}.json") for name in artefacts}
    notes = "".join(f"\n{note}\n" for note in notes_of(artefacts, records))
    shown = results(artefacts, records, everything())
    return f"{HEADING}{shown}{MEANING}{notes}\n## How they were made\n\n{provenance(records)}"


def filled(text: str, artefacts: Mapping[str, Artefact], folder: Path) -> str:
    """The text with what stands between its comments written anew."""
    records = {name: read(folder / f"{name}.json") for name in artefacts}
    blocks = {
        "results": results(artefacts, records, FRONT_PAGE, f"{folder.name}/"),
        "fig2": panels_of_figure_2(artefacts["fig2"], records["fig2"]),
        "time_to_quality": time_to_quality(records),
    }
    return BLOCK.sub(lambda block: f"{block[1]}\n{blocks[block[2]]}\n{block[3]}", text)


def results(
    artefacts: Mapping[str, Artefact], records: Records, words: Words, beside: str = ""
) -> str:
    """A row for each number, or for what has none; the diagrams share one.

    Args:
        artefacts: by name.
        records: of each.
        words: the numbers that are shown, and what each is.
        beside: the way from the page to the folder of the records.
    """
    rows = []
    diagrams = [name for name in artefacts if not artefacts[name].panels and records[name]]
    if diagrams:
        links = ", ".join(f"[{name.removeprefix('fig')}]({beside}{name}.png)" for name in diagrams)
        command = f"`aae-course reproduce {' '.join(diagrams)}`"
        what = "architectures, drawn from the models"
        rows.append([f"Figures {links}", what, "", "", "", "", command])
    for name in [name for name in artefacts if name not in diagrams]:
        artefact, record = artefacts[name], records[name]
        label, _ = label_and_subject(name, artefact)
        shown = f"{name}.{'md' if artefact.table else 'png'}"  # a table is better read as text
        first = [f"[{label}]({beside}{shown})" if record else label]
        last = [made_with(record), command_of(name, record)]
        for row in rows_of(name, artefact, record, words.get(name, {})):
            rows.append([*first, *astuple(row), *last])
            first, last = [""], ["", ""]
    heading = ["", "what", "ours", "the paper", "reached", "made with", "command"]
    return table(heading, rows, "llrrlll")


def label_and_subject(name: str, artefact: Artefact) -> tuple[str, str]:
    """Figure 9, say, and what it shows; what has no number in the paper is called by its name."""
    label, _, subject = artefact.title.partition(": ")
    if re.fullmatch(r"(Figure|Table) \d+", label):
        return label, subject
    return f"`{name}`", artefact.title


def rows_of(
    name: str, artefact: Artefact, record: dict | None, words: Mapping[str, str]
) -> Iterator[Row]:
    """A row for each number that has words, and for each panel whose data are not here."""
    _, subject = label_and_subject(name, artefact)
    if record is None:
        yield Row(subject, "not made")
        return
    shown = [key for key in words if key in record["metrics"]]
    if not shown:
        yield Row(subject)
    for key in shown:
        yield row_of_number(key, words[key], artefact, record)
    for panel in absent(artefact, record):
        if not any(key_of(*number) in shown for number in artefact.optional[panel]):
            title = recipes.get(artefact.panels[panel], record["scale"]).title
            yield Row(f"({panel}) {title}", NOT_HERE)


def absent(artefact: Artefact, record: dict) -> list[str]:
    """The optional panels that were not run, since their data are not here."""
    return [panel for panel in artefact.optional if panel not in record.get("panels", {})]


def row_of_number(key: str, what: str, artefact: Artefact, record: dict) -> Row:
    """A number beside the paper's."""
    entry = record["metrics"][key]
    paper = "" if entry["paper"] is None else written(key, entry["paper"])
    if entry["mean"] is None:
        return Row(what, NOT_HERE if key in optional_keys(artefact) else "not run", paper)
    reached = ""
    if entry["paper"] is not None:
        reached = incomparable(key, record) or ("yes" if as_good(key, entry) else "no")
    return Row(what, written(key, entry["mean"], entry["std"]), paper, reached)


def optional_keys(artefact: Artefact) -> set[str]:
    """The numbers that are there only where their data are."""
    return {key_of(*number) for numbers in artefact.optional.values() for number in numbers}


def written(key: str, mean: float, std: float | None = None) -> str:
    """A number and its spread with their unit, which the name of the metric tells."""
    factor, form, unit = next((u for end, u in UNITS.items() if key.endswith(end)), (1, ".4g", ""))
    spread = "" if std is None else f" ± {factor * std:{form}}"
    return f"{factor * mean:{form}}{spread}{unit}"


def incomparable(key: str, record: dict) -> str:
    """Why a number cannot be compared with the paper's, if so: other images, or fewer of them.

    The paper's numbers are of test images.
    """
    if others := set(record.get("data", {})) - PAPERS_DATA:
        return f"† of {', '.join(sorted(others))}"
    if ".validation_" in key:
        return "† of validation images"
    counts = {
        each.rpartition(".")[0]: entry["mean"]
        for each, entry in record["metrics"].items()
        if each.endswith(".test_images") and entry["mean"] is not None
    }
    here, most = counts.get(key.rpartition(".")[0]), max(counts.values(), default=0)
    return f"† of {here:,.0f} test images" if here and here < most else ""


def as_good(key: str, entry: dict) -> bool:
    """Whether our mean is at the paper's number or better."""
    if key.endswith(MORE_IS_BETTER):
        return entry["mean"] >= entry["paper"]
    return entry["mean"] <= entry["paper"]


def made_with(record: dict | None) -> str:
    """Scale, seeds and time, and on what if that is no CPU: "course, 3 seeds, 33 min"."""
    if record is None:
        return ""
    seeds, device = len(record["seeds"]), record.get("device", "cpu")
    took = minutes(record["wall_seconds"]) + f" on {device}" * (device != "cpu")
    return f"{record['scale']}, {seeds} seed{'s' * (seeds != 1)}, {took}"


def command_of(name: str, record: dict | None) -> str:
    """What makes this one artefact as it is, whatever was made together with it."""
    words = ["aae-course reproduce", name]
    if record is not None:
        first, count = record["seeds"][0], len(record["seeds"])
        words += [f"--scale {record['scale']}"] * (record["scale"] != "course")
        words += [f"--seed {first}"] * (first != 0) + [f"--seeds {count}"] * (count != 1)
    return f"`{' '.join(words)}`"


def notes_of(artefacts: Mapping[str, Artefact], records: Records) -> Iterator[str]:
    """Why numbers are missing, each reason once; and the command where only the data are."""
    for name, record in records.items():
        optional, reasons = optional_keys(artefacts[name]), {}
        for key, entry in (record or {"metrics": {}})["metrics"].items():
            if entry["mean"] is None and entry["paper"] is not None:
                then = f" Once the data are there, {command_of(name, record)} runs it." * (
                    key in optional
                )
                reasons[f"{entry['why'].rstrip('.')}.{then}"] = None
        label, _ = label_and_subject(name, artefacts[name])
        yield from (f"{label}, not run: {why}" for why in reasons)


def provenance(records: Records) -> str:
    """Where and when each record was made, and from which commit; a dash where it does not say."""
    heading = ["record", "scale", "seeds", "time", "device", "processor", "made on", "commit"]
    rows = []
    for name, record in records.items():
        if record is None:
            continue
        commit = record.get("drawn_at", record).get("commit") or "–"
        rows.append([
            f"[{name}]({name}.json)", record["scale"], ", ".join(map(str, record["seeds"])),
            minutes(record["wall_seconds"]), record.get("device", "–"),
            record.get("processor", "–"), record.get("made_at", "–")[:10], commit[:10],
        ])  # fmt: skip
    return table(heading, rows, "lllrllll")


def panels_of_figure_2(artefact: Artefact, record: dict | None) -> str:
    """A row for each panel of codes, and below the table what made it."""
    if record is None:
        return "not made\n"
    starts = {
        panel: [f"({panel}) {recipes.get(recipe, record['scale']).title}"]
        for panel, recipe in artefact.panels.items()
    }
    columns, numbers = PANELS_OF_FIGURE_2, Metrics(record["metrics"])
    rows = table_rows(starts, columns, numbers.of, absent="–")
    made = f"Made by {command_of('fig2', record)} ({made_with(record)})"
    return f"{table(['panel', *heading_of(columns)], rows, 'lrrrr')}\n*{made}.*\n"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> str:
    """A table in Markdown, with an l or r for each column: words left, numbers right."""
    marks = [{"l": "---", "r": "---:"}[each] for each in align]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [heading, marks, *rows])
