"""The road of notebook 00 and the links at the head of each notebook name what is there."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
ROW = re.compile(r"^\| (\d\d) \| (?:\[([^\]]+)\]\(([^)]+)\)|([^|\[]+)) \|", re.MULTILINE)


def markdown(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def heading(path):
    """The number and the title of a notebook, as "01 · The autoencoder"."""
    return markdown(path)[0].split("\n")[0].removeprefix("# ")


def test_the_road_names_every_notebook_by_its_title():
    rows = ROW.findall(next(text for text in markdown(NOTEBOOKS[0]) if "## The road" in text))
    road = [f"{number} · {title or plain}" for number, title, _, plain in rows]
    assert road == [heading(path) for path in NOTEBOOKS], "mend the table in notebook 00"
    assert [link for _, _, link, _ in rows[1:]] == [path.name for path in NOTEBOOKS[1:]]


@pytest.mark.parametrize("place", range(len(NOTEBOOKS)), ids=[path.stem for path in NOTEBOOKS])
def test_the_head_links_to_the_neighbours(place):
    head = markdown(NOTEBOOKS[place])[0]
    wanted = []
    if place:
        wanted.append(f"[← {heading(NOTEBOOKS[place - 1])}]({NOTEBOOKS[place - 1].name})")
    if place + 1 < len(NOTEBOOKS):
        wanted.append(f"[{heading(NOTEBOOKS[place + 1])} →]({NOTEBOOKS[place + 1].name})")
    missing = [link for link in wanted if link not in head]
    assert not missing, f"{NOTEBOOKS[place].name}: its first cell should have {missing}"


@pytest.mark.parametrize("path", NOTEBOOKS[:-1], ids=[path.stem for path in NOTEBOOKS[:-1]])
def test_the_last_words_lead_to_the_next_notebook(path):
    following = NOTEBOOKS[NOTEBOOKS.index(path) + 1].name
    last = markdown(path)[-1].rsplit("**Next:**", 1)
    assert len(last) == 2, f"{path.name}: its last cell should have a line '**Next:** [..](..)'"
    assert f"]({following})" in last[1], f"{path.name}: the next notebook is {following}"
