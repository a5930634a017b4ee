"""Loss curves that grow in a notebook, and the time that they tell."""

import pytest
import small
from IPython.display import Image

from aae_course.training import live_curves as widgets
from aae_course.training.history import History
from aae_course.training.loop import fit


class Shown:
    """Stands in for IPython's display: keeps what was shown and what replaced it."""

    def __init__(self):
        self.pictures = []

    def __call__(self, picture, display_id):
        assert display_id
        self.update(picture)
        return self

    def update(self, picture):
        assert isinstance(picture, Image)
        self.pictures.append(picture.data)


@pytest.fixture
def shown(monkeypatch):
    shown = Shown()
    monkeypatch.setattr("IPython.display.display", shown)
    return shown


def test_loss_curves_are_drawn_and_the_last_drawing_stays(shown, monkeypatch):
    monkeypatch.setattr(widgets, "REFRESH", 0.0)
    model = small.BUILDERS["aae"]()
    settings = small.training(model, epochs=2)
    history = fit(model, small.split(), settings, progress=widgets.LiveLossCurves())
    assert len(shown.pictures) == history.steps[-1] + 1  # one a step here, and one at the end
    assert all(picture.startswith(b"\x89PNG") for picture in shown.pictures)


def test_loss_curves_tell_the_time_left_and_at_the_end_the_time_taken():
    display = widgets.LiveLossCurves()
    display.begin("a run", total_steps=100, step=10)
    display.started -= 9.0  # as if nine seconds had passed
    display.step = 40
    assert display._status(History()) == "step 40 of 100, 18 s left"
    display.step = 100
    assert display._status(History(seconds=25.2)) == "100 steps in 25 s"


def test_a_run_that_fails_at_once_shows_nothing(shown):
    display = widgets.LiveLossCurves()
    display.begin("a run", total_steps=100, step=0)
    display.end(History())
    assert not shown.pictures
