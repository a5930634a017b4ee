"""The site is built without a warning, its links lead somewhere, and it loads nothing from afar."""

import filecmp
import json
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ROOMS = ["data", "networks", "models", "training", "metrics", "pictures", "experiments"]
# What makes a browser load something: the attributes of these elements, url() and @import in CSS,
# and calls in JavaScript. A link that a reader may follow is none.
LOADED = {("a", "href"), ("area", "href"), ("form", "action"), ("input", "value")}
FAR = r"(?:https?:)?//[\w.-]+\.\w"
IN_CSS = re.compile(rf"(?:url\(|@import)\s*[\"']?{FAR}")
IN_JS = re.compile(
    rf"(?:\b(?:fetch|import|importScripts|Worker|EventSource|require)\s*\(|\.open\([^)]*|"
    rf"\bfrom|\.src\s*=|\.href\s*=)\s*[\"'`]{FAR}"
)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site, built once, whichever of pytest's workers comes first."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if shared.name.startswith("popen-") else shared
    folder, said = shared / "site", shared / "site.txt"
    with FileLock(shared / "site.lock"):
        if not said.exists():
            said.write_text(build(folder), encoding="utf-8")
    assert said.read_text(encoding="utf-8") == ""
    return folder


def build(folder):
    """What Sphinx has to say, with the options of `make site`: nothing, if all is well."""
    options = re.search(r"sphinx-build (.*) -d ", (ROOT / "Makefile").read_text("utf-8"))[1]
    call = [sys.executable, "-m", "sphinx", *options.split(), "-d", f"{folder}_trees", ".", folder]
    run = subprocess.run(call, cwd=ROOT, capture_output=True, text=True)
    return run.stderr or f"{run.returncode}" * (run.returncode != 0)


class Page(HTMLParser):
    """The elements of a page with their attributes, and all its text."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.scripts, self.styles, self.text = [], [], [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.ids = {a[key] for _, a in self.elements for key in ("id", "name") if a.get(key)}

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        kind = {"script": self.scripts, "style": self.styles}.get(self.lasttag, self.text)
        kind.append(data)

    def addresses(self):
        """(element, attribute, address) of all that points somewhere."""
        for tag, attributes in self.elements:
            for name in ("href", "src", "action", "data", "poster", "srcset"):
                if attributes.get(name):
                    yield tag, name, attributes[name]


page = cache(Page)


def pages(site):
    found = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    assert len(found) > len(NOTEBOOKS) + len(ROOMS)
    return found


def test_it_has_every_notebook_and_every_page(site):
    for path in NOTEBOOKS:
        first = json.loads(path.read_text("utf-8"))["cells"][0]["source"]
        title = "".join(first).split("\n")[0].removeprefix("# ")
        assert title in "".join(page(site / "notebooks" / f"{path.stem}.html").text)
    others = ["docs/index", "README", "CONTRIBUTING", "figures/README", "search", "genindex"]
    documents = [f"docs/{path.stem}" for path in DOCS.glob("*.md")]
    rooms = [f"docs/api/{room}" for room in [*ROOMS, "settings"]]
    missing = [n for n in others + documents + rooms if not (site / f"{n}.html").exists()]
    assert not missing


def test_the_side_bar_of_every_page_leads_to_every_notebook(site):
    for path in [site / "docs" / "glossary.html", site / "notebooks" / f"{NOTEBOOKS[3].stem}.html"]:
        links = {Path(address).name for tag, _, address in page(path).addresses() if tag == "a"}
        assert {f"{notebook.stem}.html" for notebook in NOTEBOOKS} - links <= {f"{path.name}"}


def test_the_reference_has_every_module_of_its_rooms(site):
    for room in ROOMS:
        ids = page(site / "docs" / "api" / f"{room}.html").ids
        files = [f for f in (ROOT / "aae_course" / room).rglob("*.py") if f.name != "__init__.py"]
        modules = {".".join(f.relative_to(ROOT).with_suffix("").parts) for f in files}
        assert {f"module-{module}" for module in modules} <= ids
    assert (
        "aae_course.models.aae.AdversarialAutoencoder.build"
        in page(site / "docs" / "api" / "models.html").ids
    )


def test_no_link_within_it_is_dead(site):
    dead = []
    for path in pages(site):
        for _, _, address in page(path).addresses():
            parts = urlsplit(address)
            if not parts.scheme and not parts.netloc and not leads(path, address):
                dead.append(f"{path.relative_to(site)}: {address}")
    assert not dead


def leads(path, address):
    """Whether the file that an address names is there, and the place in it."""
    name, place = urldefrag(address)
    target = (path.parent / unquote(urlsplit(name).path)).resolve() if name else path
    if not target.is_file():
        return False
    is_place_of_page = place and target.suffix == ".html" and "highlight=" not in place
    return not is_place_of_page or unquote(place) in page(target).ids


def test_no_page_loads_anything_from_outside(site):
    loaded = []
    for path in pages(site):
        for tag, name, address in page(path).addresses():
            if (tag, name) not in LOADED and re.match(FAR, address):
                loaded.append(f"{path.relative_to(site)}: <{tag} {name}={address}>")
        loaded += calls_outside(path, IN_JS, page(path).scripts)
        loaded += calls_outside(path, IN_CSS, page(path).styles)
    for kind, pattern in {"css": IN_CSS, "js": IN_JS}.items():
        for path in site.rglob(f"*.{kind}"):
            loaded += calls_outside(path, pattern, [path.read_text(encoding="utf-8")])
    assert not loaded


def calls_outside(path, pattern, texts):
    return [f"{path.name}: {match[0]}" for text in texts for match in pattern.finditer(text)]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (IN_JS, 'import("https://cdn.example.org/a.js")'),
        (IN_JS, "import x from 'https://cdn.example.org/a.js'"),
        (IN_JS, "script.src = '//cdn.example.org/a.js'"),
        (IN_CSS, "@import 'https://fonts.example.org/css'"),
        (IN_CSS, "src: url(https://fonts.example.org/a.woff2)"),
    ],
)
def test_what_would_load_something_is_noticed(pattern, text):
    assert pattern.search(text)


def test_mathematics_is_typeset_by_a_file_of_the_site(site):
    path = site / "notebooks" / f"{NOTEBOOKS[3].stem}.html"
    (script,) = [a for tag, _, a in page(path).addresses() if tag == "script" and "tex-svg" in a]
    assert leads(path, script)


def test_every_picture_is_described(site):
    for path in pages(site):
        images = [attributes for tag, attributes in page(path).elements if tag == "img"]
        bare = [a for a in images if not re.search(r"\w+ \w+", a.get("alt", "")) or "$" in a["alt"]]
        assert not bare, path


def test_a_picture_of_a_notebook_is_described_by_its_own_caption(site):
    path = site / "notebooks" / f"{NOTEBOOKS[0].stem}.html"
    texts = [attributes["alt"] for tag, attributes in page(path).elements if tag == "img"]
    assert texts[0].startswith("Left: ten training images of each digit, one row for each digit")
    assert "a first autoencoder: loss of each phase over the steps" in texts


def test_what_is_not_for_readers_is_left_out(site):
    assert not (site / "_sources").exists()
    for path in NOTEBOOKS:
        text = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert "vnd.jupyter.widget" not in text and "require.min.js" not in text


def test_its_first_page_leads_to_the_course(site):
    (meta,) = [a for tag, a in page(site / "index.html").elements if a.get("http-equiv")]
    assert (site / meta["content"].partition("url=")[2]).is_file()


def test_the_playground_is_there_as_it_is(site):
    linked = "playground/index.html" in (site / "docs" / "index.html").read_text("utf-8")
    assert linked == (DOCS / "playground" / "index.html").exists()
    for path in (DOCS / "playground").rglob("*"):
        copy = site / "playground" / path.relative_to(DOCS / "playground")
        assert not linked or path.is_dir() or filecmp.cmp(path, copy, shallow=False)


# The glossary, the notation and the literature


def words(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def test_every_notebook_leads_to_its_terms_and_has_them(site):
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^(\w.*)\n((?:  .*\n)+)", glossary, re.MULTILINE)
    for path in NOTEBOOKS:
        terms = [term for term, body in entries if f"{{notebook}}`{path.name[:2]}`" in body]
        links = [a for _, _, a in page(site / "notebooks" / f"{path.stem}.html").addresses()]
        assert terms and sum("glossary.html#term-" in link for link in links) == len(terms)
        assert not [term for term in terms if term.lower() not in words(path).lower()], path.name


def test_the_notation_has_the_symbols_of_every_notebook(site):
    text = "".join(page(site / "docs" / "glossary.html").text)
    assert "an image, its pixels in" in text  # notebook 00
    assert "disagreement(y, other)" in text  # notebook 13
    assert "Exercise" not in text  # of a notebook only its table


def test_the_literature_is_that_of_the_notebooks(site):
    entries = (DOCS / "references.bib").read_text(encoding="utf-8").split("\n@")[1:]
    titles = {re.search(r"^  title = \{\{(.*)\}\},$", entry, re.M)[1] for entry in entries}
    readings = [words(path).partition("## Further reading")[2] for path in NOTEBOOKS]
    named = {t for r in readings for t in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", r)}
    assert named == titles, "docs/references.bib and what the notebooks name differ"
    assert not [e for e in entries if not re.search(r"^  (doi|url|eprint|isbn) = ", e, re.M)]
    text = plain("".join(page(site / "docs" / "bibliography.html").text))
    assert not [title for title in titles if plain(title) not in text]


def plain(text):
    """Without quotation marks, capitals and line breaks."""
    return " ".join(re.sub("[\"'‘’“”]", "", text).lower().split())
