"""Every notebook has the same form: exercises of every kind, honest times, a short core."""

import ast
import json
import re
from collections import Counter
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
CORE = 45  # cells at most before what goes beyond
WORDS, LINES = 150, 6  # that one reads in a minute

TITLE = re.compile(r"^> ### Exercise (\d+) · \S.*$", re.MULTILINE)
BOX = re.compile(
    r"^> Difficulty (?:●○○|●●○|●●●) · about (?P<minutes>\d+) minutes(?:, [^·\n]+)?"
    r"(?: · (?P<kind>[^·\n]+))?$",
    re.MULTILINE,
)
KINDS = {
    "a prediction", "a derivation", "you build it, then train with it", "an open experiment",
}  # fmt: skip
CODE = re.compile(r"```.*?```|\$\$.*?\$\$", re.DOTALL)
FURTHER = re.compile(r"^#+ Going further\b", re.MULTILINE)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def cells(request):
    """(kind, text) of every cell."""
    notebook = json.loads(request.param.read_text(encoding="utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]


def texts(cells, kind="markdown"):
    return [text for of_kind, text in cells if of_kind == kind]


def boxes(cells):
    return [box for text in texts(cells) for box in BOX.finditer(text)]


def test_has_five_exercises_numbered_in_order(cells):
    numbers = [int(number) for text in texts(cells) for number in TITLE.findall(text)]
    assert numbers == list(range(1, len(numbers) + 1)), "number the exercises as they stand"
    assert len(numbers) >= 5, f"{len(numbers)} exercises: five were promised"
    assert len(boxes(cells)) == len(numbers), (
        'below each title: "> Difficulty ●●○ · about 10 minutes", and · its kind where it has one'
    )


def test_has_exercises_of_every_kind(cells):
    kinds = Counter(box["kind"] for box in boxes(cells) if box["kind"])
    assert not kinds.keys() - KINDS, f"unknown kinds: {kinds.keys() - KINDS}"
    assert not KINDS - kinds.keys(), f"no exercise is {', '.join(sorted(KINDS - kinds.keys()))}"


def test_every_exercise_has_a_stub_and_then_its_solution(cells):
    for place, (kind, text) in enumerate(cells):
        if kind == "markdown" and (title := TITLE.search(text)):
            stub, after = cells[place + 1], cells[place + 2][1]
            assert stub[0] == "code", f"exercise {title[1]}: its stub is the next cell"
            if " · an open experiment" in text:
                assert "to_try = ()" in stub[1], f"exercise {title[1]}: begins with to_try = ()"
                folded = "<details><summary>The curve to expect</summary>"
            else:
                assert re.search(r"None  # \w+", stub[1]), f"exercise {title[1]}: has no stub"
                assert "= checks." in stub[1], f"exercise {title[1]}: calls no check"
                folded = "<details><summary>Solution</summary>"
            assert after.startswith(folded), f"exercise {title[1]}: {folded} begins the cell after"


def test_the_core_is_short(cells):
    further = [place for place, (_, text) in enumerate(cells) if FURTHER.search(text)]
    core = min(further, default=len(cells))
    assert core <= CORE, f"{core} cells of core: what goes beyond stands last, as Going further"


def test_its_times_are_those_of_its_words_lines_and_exercises(cells):
    head = next(line for line in cells[0][1].splitlines() if line.startswith("| **Time** |"))
    reading, exercises = (int(number) for number in re.findall(r"about (\d+)|and (\d+) for", head)
                          for number in number if number)  # fmt: skip
    words = sum(len(CODE.sub(" ", text).split()) for text in texts(cells))
    lines = sum(bool(line.strip()) for text in texts(cells, "code") for line in text.splitlines())
    computed = words / WORDS + lines / LINES
    assert abs(reading - computed) <= 0.1 * computed, f"say about {computed:.0f} of reading"
    minutes = sum(int(box["minutes"]) for box in boxes(cells))
    assert abs(exercises - minutes) <= 2, f"say {minutes} for the exercises"


def test_no_function_is_defined_twice(cells):
    names = Counter(
        node.name
        for text in texts(cells, "code")
        for node in ast.parse(re.sub(r"^%.*$", "", text, flags=re.MULTILINE)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )
    twice = [name for name, count in names.items() if count > 1]
    assert not twice, f"defined twice, as different things: {twice}"
