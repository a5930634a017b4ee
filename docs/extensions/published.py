"""What goes to the site besides the pages: the playground, a folder of static files, as it is."""

import shutil
from pathlib import Path

PLAYGROUND = Path(__file__).parents[1] / "playground"


def tidy(app, error):
    """After the pages are written."""
    if error is None:
        if app.tags.has("playground"):
            shutil.copytree(PLAYGROUND, app.outdir / "playground", dirs_exist_ok=True)
        shutil.rmtree(app.outdir / "_sources", ignore_errors=True)  # Sphinx leaves it empty


def setup(app):
    """Called by Sphinx."""
    if (PLAYGROUND / "index.html").exists():
        app.tags.add("playground")
    app.connect("build-finished", tidy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
