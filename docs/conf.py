"""How `make site` builds the site, by Sphinx, from the pages of the repository where they lie."""

import sys
from importlib.util import find_spec
from pathlib import Path

import aae_course

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

project = "aae_course"
author = "The aae_course authors"
copyright = "the aae_course authors. Code: MIT licence. Text and figures: CC BY 4.0"
release = aae_course.__version__
language = "en"

# The source folder is the repository, so its relative links lead on the site too.
root_doc = "docs/index"
include_patterns = ["README.md", "CONTRIBUTING.md", "docs/**", "figures/*.md", "notebooks/*.ipynb"]
exclude_patterns = [".*", "build", "data", "runs", "docs/extensions", "docs/playground"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    "notation",
    "notebooks",
    "published",
    "records",
    "rooms",
]
default_role = "py:obj"  # see extensions/rooms.py
nitpicky = True
nitpick_ignore_regex = [("py:class", r"torch\..*")]  # bases whose pages are torch's

# Notebooks: as they were executed. A widget needs a kernel: see extensions/notebooks.py.
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
nb_ipywidgets_js = {}
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_inherit_docstrings = False
autodoc_default_options = {
    "members": True,
    "show-inheritance": True,
    "exclude-members": "ARTEFACT",
    "no-value": True,
}

# Nothing is loaded from elsewhere: MathJax is a file of a Python package.
MATHJAX = Path(find_spec("sphinx-mathjax-offline").submodule_search_locations[0])
mathjax_path = "tex-svg.js"

html_theme = "sphinx_book_theme"
html_domain_indices = False
html_title = "Adversarial autoencoders"
html_static_path = ["static", str(MATHJAX / "static" / "mathjax" / mathjax_path)]
html_css_files = ["site.css"]
templates_path = ["templates"]
html_additional_pages = {"index": "to_the_start.html"}
html_copy_source = False
toc_object_entries_show_parents = "hide"
html_favicon = "static/favicon.svg"
html_theme_options = {
    "navbar_persistent": [],  # the side bar has a search field
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
}
