"""The command, run within this process."""

import sys
from types import SimpleNamespace

import pytest

from aae_course.cli.commands import main


@pytest.fixture
def aae_course(monkeypatch, capsys):
    """Runs the command within this process: starting Python anew takes seconds."""

    def run(*words, **environment):
        for name, value in {"COLUMNS": "200", **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["aae-course", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return SimpleNamespace(returncode=ended.value.code, stdout=shown.out, stderr=shown.err)

    return run
