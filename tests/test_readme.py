"""The README's tables are those that the dashboard writes, and its code is the package's."""

import inspect
import re
from pathlib import Path

from aae_course.experiments.dashboard import BLOCK, filled
from aae_course.experiments.registry import ARTEFACTS
from aae_course.models import AdversarialAutoencoder

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_tables_are_what_the_records_say():
    assert [block[2] for block in BLOCK.finditer(README)] == ["fig2", "results"]
    now = filled(README, ARTEFACTS, ROOT / "figures")
    assert now == README, "write it again with aae-course dashboard --out figures"


def test_no_result_stands_outside_of_these_tables():
    """What is typed goes stale: a number with a unit of results has to come from a record."""
    assert not re.findall(r"\d (?:%|nats)", BLOCK.sub("", README).replace("90 and 99 %", ""))


def test_the_training_step_shown_is_the_one_that_runs():
    assert inspect.getsource(AdversarialAutoencoder.training_step).rstrip() in README


def test_every_file_that_it_links_to_exists():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
