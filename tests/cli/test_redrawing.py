"""The commands that write pages and pictures from records."""

import shutil
from pathlib import Path

from aae_course.experiments.registry import ARTEFACTS

FIGURES = Path(__file__).parents[2] / "figures"


def test_a_table_is_drawn_again_from_its_record(aae_course, tmp_path):
    shutil.copy(FIGURES / "table3.json", tmp_path)
    shown = aae_course("redraw", "table3", "--out", str(tmp_path), "--format", "pdf")
    assert shown.returncode == 0
    assert (tmp_path / "table3.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "table3.md").read_text() == (FIGURES / "table3.md").read_text()


def test_the_page_is_written_beside_the_records(aae_course, tmp_path):
    shutil.copy(FIGURES / "table3.json", tmp_path)
    shown = aae_course("dashboard", "--out", str(tmp_path))
    assert shown.returncode == 0
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "test error of 16 clusters" in page and page.count("not made") == len(ARTEFACTS) - 1


def test_what_cannot_be_drawn_is_told(aae_course, tmp_path):
    shown = aae_course("redraw", "table3", "--out", str(tmp_path))
    assert shown.returncode == 2 and "make it with aae-course reproduce table3" in shown.stderr
    shown = aae_course("redraw", "table3", "--format", "gif", "--out", str(tmp_path))
    assert shown.returncode == 2 and "unknown format 'gif'" in shown.stderr
