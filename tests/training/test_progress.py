"""Which display a run gets: a bar, or in a notebook a picture."""

from aae_course.training import live_curves as widgets, progress


def test_outside_a_notebook_progress_is_a_bar():
    assert isinstance(progress.default_progress(), progress.TerminalProgress)


def test_in_a_notebook_progress_is_a_picture(monkeypatch):
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    assert isinstance(progress.default_progress(), widgets.LiveLossCurves)
