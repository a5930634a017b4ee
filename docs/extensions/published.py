"""What goes to the site besides the pages, as it is: the pictures, the records, the playground."""

import os
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference

ROOT = Path(__file__).parents[2]
PLAYGROUND = ROOT / "docs" / "playground"


def link_to_it(app, doctree):
    """A link to such a file opens it, where Sphinx would offer a copy to download."""
    here = Path(app.env.current_document.docname).parent
    for link in list(doctree.findall(download_reference)):
        file = Path(os.path.normpath(here / link["reftarget"]))
        if place := place_of(file):
            address = Path(os.path.relpath(place, here)).as_posix()
            link.replace_self(nodes.reference("", "", *link.children, refuri=address))


def place_of(file):
    """Where a file of the repository stands on the site; None where it does not, as it is."""
    if file.is_relative_to("docs/playground"):
        return file.relative_to("docs")
    return file if file.parent == Path("figures") else None


def copy(app, error):
    """After the pages are written."""
    if error is None:
        if app.tags.has("playground"):
            shutil.copytree(PLAYGROUND, app.outdir / "playground", dirs_exist_ok=True)
        for file in (ROOT / "figures").iterdir():
            if file.suffix in {".png", ".json"}:
                shutil.copy(file, app.outdir / "figures")
        shutil.rmtree(app.outdir / "_sources", ignore_errors=True)  # Sphinx leaves it empty


def setup(app):
    """Called by Sphinx."""
    if (PLAYGROUND / "index.html").exists():
        app.tags.add("playground")
    app.connect("doctree-read", link_to_it, priority=100)  # before downloads are collected
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
