"""What a notebook lacks as a page: links to the glossary, texts for its pictures and widgets."""

import json
import re
from pathlib import Path

from docutils import nodes

GLOSSARY = Path(__file__).parents[1] / "glossary.md"
WIDGET = "application/vnd.jupyter.widget-view+json"
CAPTION = re.compile(r"\*(?!\*)(.+?)(?<!\*)\*(?=\s*(?:\n|$))", re.DOTALL)
NO_KERNEL = "*Here is a picture to drag a point in, when the notebook runs.*"
PLAYGROUND = " [The playground](../playground/index.html) has such pictures."


def prepare(app, docname, source):
    """Before a notebook is read: add its terms, and say what stands where a widget would."""
    if not docname.startswith("notebooks/"):
        return
    notebook = json.loads(source[0])
    for output in outputs_of(notebook):
        if WIDGET in output.get("data", {}):
            link = PLAYGROUND if app.tags.has("playground") else ""
            output["data"] = {"text/markdown": NO_KERNEL + link}
    notebook["cells"].insert(1, links_to_terms(terms_of(docname)))
    app.env.note_dependency(str(GLOSSARY))
    source[0] = json.dumps(notebook)


def outputs_of(notebook):
    """All outputs of a notebook, in order."""
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def terms_of(docname):
    """The terms whose entry in the glossary names this notebook."""
    number = docname.removeprefix("notebooks/")[:2]
    entries = re.findall(r"^(\w.*)\n((?:  .*\n?)+)", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    return [term for term, body in entries if f"{{notebook}}`{number}`" in body]


def links_to_terms(terms):
    """A cell with these terms, folded up."""
    links = " · ".join(f"{{term}}`{term}`" for term in terms)
    text = f":::{{dropdown}} Terms in the glossary\n{links}\n:::"
    return {"cell_type": "markdown", "id": "terms", "metadata": {}, "source": text}


def describe_pictures(app, doctree):
    """Give each picture of a notebook its alternative text."""
    if app.env.current_document.docname.startswith("notebooks/"):
        notebook = json.loads(Path(doctree["source"]).read_text("utf-8"))
        texts = alternative_texts(notebook["cells"])
        for image, text in zip(doctree.findall(nodes.image), texts, strict=True):
            image["alt"] = text


def alternative_texts(cells):
    """For each picture, in order: the text that it brings with it, or the caption below it."""
    return [
        picture.get("metadata", {}).get("image/png", {}).get("alt") or caption_below(cells[place:])
        for place, cell in enumerate(cells)
        for picture in cell.get("outputs", [])
        if "image/png" in picture.get("data", {})
    ]


def caption_below(cells):
    """The first text in italics that opens a cell, without its markup."""
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    caption = next(match[1] for text in texts if (match := CAPTION.match(text)))
    return " ".join(re.sub(r"[*`$]|\\[,;!]", "", caption).split())


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", prepare)
    app.connect("doctree-read", describe_pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
