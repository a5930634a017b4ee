"""Slides of a notebook: one page for a browser, with all that it shows in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

TEMPLATES = Path(__file__).parent
# Code is left as it is; $$..$$ stands by itself, $..$ in a line.
FORMULA = re.compile(r"```.*?```|`[^`\n]*`|\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
HEADING = re.compile(r"\n(?=#{1,3} |> ### )")
OTHER_NOTEBOOK = re.compile(r"\((\d\d_\w+)\.ipynb\)")


def slides_of(notebook: dict) -> str:
    """The notebook as a page of slides, with reveal.js; it asks for nothing beside it.

    A heading begins a slide, and a text or a picture one below it. The code of a picture is left
    out.

    Raises:
        ImportError: nbconvert or latex2mathml is not installed; aae-course[notebooks] has both.
    """
    import nbformat

    made = nbformat.reads(json.dumps(notebook), as_version=4)
    made.metadata.title = made.cells[0].source.split("\n")[0].lstrip("# ")
    made.cells = [part for cell in made.cells for part in _parts(cell)]
    for cell in made.cells:
        _place(cell)
        _write_formulas(cell)
    return _exporter().from_notebook_node(made)[0]


def _parts(cell) -> list:
    """The cell, cut before each heading that stands within it."""
    if cell.cell_type == "code":
        return [cell]
    texts = enumerate(HEADING.split(cell.source))
    return [type(cell)(cell, source=text, id=f"{cell.id}-{part}") for part, text in texts]


def _exporter():
    from nbconvert import SlidesExporter
    from traitlets.config import Config

    hidden = {"enabled": True, "remove_input_tags": {"picture"}}
    return SlidesExporter(
        config=Config(TagRemovePreprocessor=hidden),
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="reveal_js",
    )


def _place(cell) -> None:
    """Say where a cell stands: on a new slide, on one below, or on that of the cell before."""
    cell.metadata = {"slideshow": {"slide_type": _kind(cell)}}
    if cell.cell_type == "code" and _is_picture(cell):
        cell.metadata["tags"] = ["picture"]


def _kind(cell) -> str:
    if cell.cell_type == "code":
        return "subslide" if _is_picture(cell) else "-"
    if re.match(r"##? ", cell.source):
        return "slide"
    is_caption = re.match(r"\*[^*]", cell.source)
    return "-" if is_caption else "subslide"


def _is_picture(cell) -> bool:
    return any("image/png" in output.get("data", {}) for output in cell.outputs)


def _write_formulas(cell) -> None:
    """Put MathML in the place of formulas, and slides in the place of other notebooks."""
    if cell.cell_type == "markdown":
        cell.source = OTHER_NOTEBOOK.sub(r"(\1.slides.html)", with_mathml(cell.source))
    for output in cell.get("outputs", []):
        if "text/markdown" in output.get("data", {}):
            output.data["text/markdown"] = with_mathml(output.data["text/markdown"])


def with_mathml(text: str) -> str:
    """The text with its formulas in MathML, which browsers draw themselves."""
    from latex2mathml.converter import convert

    def formula(found):
        if not (latex := found[1] or found[2]):
            return found[0]
        latex = latex.replace(r"\big\|", r"\|")  # which latex2mathml does not know
        made = convert(latex, display="block" if found[1] else "inline")
        return made.replace("*", "&#42;").replace("_", "&#95;").replace("|", "&#124;")

    return FORMULA.sub(formula, text)
