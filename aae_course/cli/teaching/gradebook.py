"""The table of grades: a row for each exercise of each notebook, read again by a later call."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

from aae_course.cli.teaching.examination import Limits, Report

COLUMNS = ("student", "file", "exercise", "passed", "reason", "seconds", "peak_mb", "graded")


class Gradebook:
    """Rows of grades in a file that is written anew, whole, after each notebook.

    Args:
        path: of the CSV; one of an earlier call is taken up.
        folder: of the notebooks.
        limits: of the examination; rows of another scale do not count.

    Raises:
        ValueError: the file is there and is no table of grades.
    """

    def __init__(self, path: Path, folder: Path, limits: Limits):
        self.path, self.folder, self.scale = path, folder, limits.scale
        self.rows: dict[str, list[dict]] = {}
        for row in _read(path):
            self.rows.setdefault(row["file"], []).append(row)

    def name(self, notebook: Path) -> str:
        """Of a notebook, as in the column "file"."""
        return notebook.relative_to(self.folder).as_posix()

    def has(self, notebook: Path) -> bool:
        """Whether a notebook was graded as it is now."""
        rows = self.rows.get(self.name(notebook), [])
        return bool(rows) and rows[0]["graded"] == self.mark(notebook)

    def mark(self, notebook: Path) -> str:
        """What tells this notebook at this scale from any other."""
        try:
            return f"{self.scale} {hashlib.sha256(notebook.read_bytes()).hexdigest()[:12]}"
        except OSError:
            return f"{self.scale} unreadable"

    def keep_only(self, notebooks: list[Path]) -> None:
        """Forget the rows of notebooks that are gone."""
        names = {self.name(notebook) for notebook in notebooks}
        self.rows = {name: rows for name, rows in self.rows.items() if name in names}

    def enter(self, notebook: Path, mark: str, report: Report) -> None:
        """Take up what came of a notebook, and write the file.

        Args:
            notebook: its path.
            mark: of it as it was when it was read.
            report: of its examination.
        """
        name = self.name(notebook)
        student, _, file = name.rpartition("/")
        same = {
            "student": student or file.removesuffix(".ipynb"),
            "file": name,
            "seconds": f"{report.seconds:.0f}",
            "peak_mb": f"{report.megabytes:.0f}",
            "graded": mark,
        }
        self.rows[name] = [
            {
                **same,
                "exercise": grade.exercise,
                "passed": "yes" if grade.passed else "no",
                "reason": " ".join(grade.reason.split()),
            }
            for grade in report.grades
        ]
        self.write()

    def write(self) -> None:
        """Write the table, in the order of the files."""
        from aae_course.data.whole_files import write_text

        text = io.StringIO()
        table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(row for _, rows in sorted(self.rows.items()) for row in rows)
        write_text(self.path, text.getvalue())


def _read(path: Path) -> list[dict]:
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        rows = list(table)
    if tuple(table.fieldnames or ()) != COLUMNS:
        raise ValueError(f"{path} is no table of grades: name another file with --out")
    return rows
