"""How the pages of figures/ look: their tables are wide, and some are written without a heading."""

from pathlib import PurePosixPath

from aae_course.experiments.registry import ARTEFACTS

WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n\n"


def frame(app, docname, source):
    """Before such a page is read: no list of its sections beside it, and a title above a table."""
    path = PurePosixPath(docname)
    if path.parent.name == "figures":
        if path.name in ARTEFACTS:
            title, record = ARTEFACTS[path.name].title, f"[record]({path.name}.json)"
            source[0] = f"# {title}\n\n{source[0]}\n\nThe numbers are those of its {record}.\n"
        source[0] = WIDE + source[0]


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", frame)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
