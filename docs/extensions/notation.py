"""The directive `notation`, all tables of symbols in one, and the role `notebook`, a link to it."""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective, SphinxRole

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
TABLE = re.compile(r"^## Notation$.*?^\|-+\|-+\|-+\|\n((?:\|[^\n]*\n?)+)", re.MULTILINE | re.DOTALL)


class Notation(SphinxDirective):
    """One table of the symbols of all notebooks, in their order."""

    def run(self):
        lines = ["| symbol | meaning | in the code | notebook |", "|---|---|---|---|"]
        for path in NOTEBOOKS:
            self.env.note_dependency(str(path))
            lines += [f"{row} {{notebook}}`{path.name[:2]}` |" for row in symbols_of(path)]
        return self.parse_text_to_nodes("\n".join(lines))


def symbols_of(path):
    """The rows of a notebook's table of symbols; none where it has no such table."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    table = TABLE.search(text)
    return table[1].splitlines() if table else []


class NotebookLink(SphinxRole):
    """A link to the notebook of this number, with the number as its text."""

    def run(self):
        name = next(path.stem for path in NOTEBOOKS if path.stem.startswith(f"{self.text}_"))
        link = pending_xref(
            "", nodes.inline("", self.text), refdomain="std", reftype="doc",
            reftarget=f"/notebooks/{name}", refdoc=self.env.docname, refexplicit=True,
        )  # fmt: skip
        return [link], []


def setup(app):
    """Called by Sphinx."""
    app.add_directive("notation", Notation)
    app.add_role("notebook", NotebookLink())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
