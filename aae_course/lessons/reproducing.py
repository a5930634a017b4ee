"""What notebook 14 shows of a record: picture, numbers, and in which settings ours differ."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from io import BytesIO

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from aae_course.experiments import recipes
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.dashboard import (
    NOT_HERE,
    Row,
    command_of,
    label_and_subject,
    made_with,
    row_of_number,
    rows_of,
    table,
)
from aae_course.experiments.headlines import everything
from aae_course.experiments.registry import ARTEFACTS
from aae_course.lessons.setup import FIGURES, record
from aae_course.pictures.style import OURS, PAPERS

WIDTH, COLOURS = 720, 200  # of a picture in the notebook, whose file is to stay small
DIAGRAM = 500  # how wide one is shown
# Recipe -> which of its settings the paper states: in the appendices A.1, A.2.1, A.2.2 and A.3.
STATED = {
    **dict.fromkeys(("aae_likelihood", "aae_likelihood_tfd"), ("hidden units",)),
    **dict.fromkeys(
        (
            "semi_supervised_100", "semi_supervised_1000", "semi_supervised_all",
            "semi_supervised_svhn", "semi_supervised_progress", "clusters_16", "clusters_30",
        ),
        ("epochs", "hidden units", "optimiser"),
    ),
}  # fmt: skip
VERDICTS = {"yes": "**reached**", "no": "not reached", "": ""}


def show(*names: str) -> None:
    """Display the pictures, or tables, and below them the numbers, commands and what is known."""
    from IPython.display import Markdown, display  # absent on many servers

    for name in names:
        display(shown(name))
    made = [f"{command_of(name, record(name))} ({made_with(record(name))})" for name in names]
    known = [f"- {line}" for name in names for line in explained(name)]
    display(Markdown("\n".join([numbers(names), f"Made by {', '.join(made)}.\n", *known])))


def shown(name: str):
    """The committed table, or a small copy of the committed picture."""
    from IPython.display import Image as Shown, Markdown

    artefact, path = ARTEFACTS[name], FIGURES / f"{name}.png"
    if artefact.table:
        return Markdown(path.with_suffix(".md").read_text(encoding="utf-8"))
    image, file = Image.open(path).convert("RGB"), BytesIO()
    image.thumbnail((WIDTH, image.height))
    few = image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return Shown(file.getvalue(), alt=artefact.title, width=None if artefact.panels else DIAGRAM)


def numbers(names: Iterable[str]) -> str:
    """The numbers of these artefacts beside the paper's, as a table in Markdown."""
    lines = []
    for name in names:
        artefact, words = ARTEFACTS[name], everything().get(name, {})
        label, _ = label_and_subject(name, artefact)
        for row in rows_of(name, artefact, record(name), words):
            lines.append([label, row.what, row.ours, row.paper, verdict(row)])
    return table(["", "what", "ours", "the paper", ""], lines, "llrrl")


def verdict(row: Row) -> str:
    """Reached, not reached, not comparable or not run; nothing where the paper has no number."""
    if row.ours.startswith("not run"):
        return "not run"
    return VERDICTS.get(row.reached, f"not comparable {row.reached}")


def stated(name: str) -> dict[str, Row]:
    """The numbers of an artefact that the paper states too, by their keys."""
    artefact, told = ARTEFACTS[name], record(name) or {"metrics": {}}
    words = everything().get(name, {}).items()
    rows = {
        key: row_of_number(key, what, artefact, told)
        for key, what in words
        if key in told["metrics"]
    }
    return {key: row for key, row in rows.items() if row.paper}


def explained(name: str) -> list[str]:
    """What is known of each number that is not reached or not there; equal reasons together."""
    reasons: dict[str, list[str]] = {}
    for key, row in stated(name).items():
        if verdict(row) != VERDICTS["yes"]:
            reasons.setdefault(reason(name, key, row), []).append(row.what)
    return [f"*{'; '.join(whats)}*: {why}." for why, whats in reasons.items()]


def reason(name: str, key: str, row: Row) -> str:
    """Why a number is not the paper's, as far as the record and the recipes tell."""
    if verdict(row) == "not run":
        why = record(name)["metrics"][key]["why"].rstrip(".")
        again = f". Once the data are there, {command_of(name, record(name))} runs it"
        return why + again * (row.ours == NOT_HERE)
    if row.reached != "no":
        return f"ours is {row.reached.removeprefix('† ')}, which the paper's is not"
    recipe = ARTEFACTS[name].panels[panel_of(key, ARTEFACTS[name])]
    if recipe not in STATED:
        return (
            "the paper does not state these settings; why our mean is worse, and whether by more "
            "than chance, is not known"
        )
    found = differences(recipe, record(name)["scale"])
    if not found:
        return "ours has every setting that the paper states, and why it is worse is not known"
    return f"{'; '.join(found)}. How much of the gap this explains is not known"


def panel_of(key: str, artefact: Artefact) -> str:
    """The panel that a number comes from: its row, or else the one that its row begins with."""
    row, panels = key.rpartition(".")[0], list(artefact.panels)
    begins = [panel for panel in panels if row.startswith(panel)]
    return max(begins, key=len) if begins else panels[0]


def differences(recipe: str, scale: str) -> list[str]:
    """In which of the settings that the paper states a recipe differs at this scale."""
    ours, paper = (settings_of(recipe, each) for each in (scale, "paper"))
    return [
        f"{what}: {ours[what]}, the paper's: {paper[what]}"
        for what in STATED[recipe]
        if ours[what] != paper[what]
    ]


def settings_of(recipe: str, scale: str) -> dict[str, str]:
    """Epochs, hidden units and optimiser of a recipe, in words."""
    found = recipes.get(recipe, scale)
    kinds = {type(each).__name__ for each in found.training.optimisers.values()}
    return {
        "epochs": str(found.training.epochs),
        "hidden units": " and ".join(map(str, found.architecture.hidden)),
        "optimiser": " and ".join(sorted(kinds)),
    }


def draw_errors() -> Figure:
    """Every error that the paper states: a dot for each of our seeds, a square for the paper's."""
    found = {
        textwrap.fill(f"{name}: {row.what}", 48): record(name)["metrics"][key]
        for name in ARTEFACTS
        for key, row in stated(name).items()
        if key.endswith("percent") and row.reached in ("yes", "no")
    }
    figure, ax = plt.subplots(figsize=(9, 0.42 * len(found) + 0.9), layout="constrained")
    for place, entry in enumerate(found.values()):
        seeds = entry["per_seed"]
        ax.plot(seeds, [place] * len(seeds), "o", color=OURS, alpha=0.6, label="ours, a dot a seed")
        ax.plot(entry["paper"], place, "s", color=PAPERS, label="the paper")
    ax.set(xscale="log", xlabel="error, % (less is better)")
    ax.set_xticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
    ax.set_yticks(range(len(found)), found)
    ax.invert_yaxis()
    ax.grid(axis="x")
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[:2], labels[:2], loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure
