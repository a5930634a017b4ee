"""A heading for the tables in figures/, which are written without one."""

from pathlib import PurePosixPath

from aae_course.experiments.registry import ARTEFACTS


def add_heading(app, docname, source):
    """Before a table is read: above it its title, below it a link to its record."""
    path = PurePosixPath(docname)
    if path.parent.name == "figures" and path.name in ARTEFACTS:
        title = ARTEFACTS[path.name].title
        source[0] = (
            f"# {title}\n\n{source[0]}\n\nFrom the record [{path.name}]({path.name}.json).\n"
        )


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", add_heading)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
