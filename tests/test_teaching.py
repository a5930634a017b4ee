"""What docs/teaching.md says of the notebooks is what they say of themselves.

``python tests/test_teaching.py`` writes its table of goals and times again.
"""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "teaching.md"
ANSWERS = ROOT / "docs" / "teaching_answers.md"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
BLOCK = re.compile(r"(<!-- goals: .* -->\n)(.*?)(<!-- end of goals -->)", re.DOTALL)
QUESTION = re.compile(r"^(\d+)\. ", re.MULTILINE)


def texts(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def in_head(path, name):
    """What the table at the head of a notebook says in this row."""
    return re.search(rf"^\| \*\*{name}\*\* \| (.*?) \|$", texts(path)[0], re.MULTILINE)[1]


def goals():
    lines = ["", "| notebook | students learn | reading and exercises, minutes |", "|---|---|---:|"]
    for path in NOTEBOOKS:
        learn = re.sub(r"\]\((\d\d_)", r"](../notebooks/\1", in_head(path, "You will learn"))
        minutes = " + ".join(re.findall(r"\d+", in_head(path, "Time").partition(";")[0]))
        lines.append(f"| [{path.name[:2]}](../notebooks/{path.name}) | {learn} | {minutes} |")
    return "\n".join([*lines, "", ""])


def written(page):
    return BLOCK.sub(lambda block: block[1] + goals() + block[3], page)


def test_its_goals_and_times_are_those_of_the_notebooks():
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page, "write them again with python tests/test_teaching.py"


def test_every_section_that_it_names_is_there():
    page = PAGE.read_text(encoding="utf-8")
    named = re.findall(r"\]\(\.\./notebooks/(\w+\.ipynb)\), \*(.+?)\* \|$", page, re.MULTILINE)
    assert {name for name, _ in named} == {path.name for path in NOTEBOOKS}
    for name, heading in named:
        headings = re.findall(r"^#+ (.+)$", "\n".join(texts(ROOT / "notebooks" / name)), re.M)
        assert heading in headings, f"{name} has no section {heading!r}: mend docs/teaching.md"


def test_every_question_has_its_answer():
    page = PAGE.read_text(encoding="utf-8").partition("## Exam questions")[2]
    asked = QUESTION.findall(page)
    assert asked == [str(n) for n in range(1, len(asked) + 1)] and len(asked) >= 15
    assert QUESTION.findall(ANSWERS.read_text(encoding="utf-8")) == asked


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
