"""Slides are one page that asks for nothing, with formulas that a browser draws by itself."""

import re

import pytest

from aae_course.cli.teaching.editions import student
from aae_course.cli.teaching.exercises import course_notebooks, read, sources
from aae_course.cli.teaching.slides import slides_of, with_mathml

NOTEBOOK = course_notebooks()[4]


@pytest.fixture(scope="module")
def page():
    return slides_of(student(read(NOTEBOOK)))


def test_a_browser_fetches_nothing(page):
    assert not re.search(r"<script[^>]*\bsrc=", page)
    without_scripts = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(link|iframe)\b|@import|\burl\((?!data:)", without_scripts)
    pictures = re.findall(r"<img alt=\"A picture, [^\"]*\" src=\"([^\"]{,30})", page)
    assert page.count("<img ") == len(pictures)
    assert len(pictures) >= 3 and all(each.startswith("data:image/png") for each in pictures)


def test_every_heading_begins_a_slide_and_other_notebooks_are_slides_too(page):
    text = "\n".join(sources(read(NOTEBOOK), "markdown"))
    headings = len(re.findall(r"^##? ", text, re.MULTILINE))
    stacks = re.findall(r"<section[^>]*>\s*<section[^>]*>", page)
    assert len(stacks) == headings > 5
    assert 'href="05_adversarial_autoencoder.slides.html"' in page and ".ipynb" not in page


def test_the_code_of_a_picture_is_left_out_and_other_code_is_there(page):
    body = page[page.index("<body") :]
    assert "plt.show" not in re.sub(r"<script.*?</script>", "", body, flags=re.DOTALL)
    assert re.search(r">return</span>.*your code", body)


def test_a_formula_becomes_mathml_and_code_stays():
    made = with_mathml("Let $x_1 * y$ be, `$HOME` not.\n\n$$a | b$$\n\n```\n$z$\n```")
    assert made.count("<math ") == 2 and made.count('display="block"') == 1
    assert "`$HOME`" in made and "```\n$z$\n```" in made
    assert not re.search(r"[*_|]", made.partition("```")[0])


@pytest.mark.parametrize("path", course_notebooks(), ids=lambda path: path.name)
def test_every_formula_of_the_course_can_be_written_in_mathml(path):
    text = with_mathml("\n\n".join(sources(student(read(path)), "markdown")))
    formulas = re.findall(r"<math .*?</math>", text, re.DOTALL)
    assert formulas and not [each for each in formulas if "\\" in each]
