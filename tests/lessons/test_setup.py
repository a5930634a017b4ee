"""What a notebook begins with: the recipe at the session's scale, its data, the records."""

import json

import matplotlib.pyplot as plt
import pytest
import small
import torch

from aae_course.data.dataset import Dataset
from aae_course.experiments import recipes
from aae_course.lessons.setup import FIGURES, prepare, record

NAME = "linear_autoencoder"


@pytest.fixture(autouse=True)
def on_a_processor(monkeypatch):
    """No GPU, no scale of the reader's own, and pyplot's settings put back."""
    monkeypatch.setattr("aae_course.settings.device", lambda: torch.device("cpu"))
    monkeypatch.delenv("AAE_SCALE", raising=False)
    with plt.rc_context():
        yield


@pytest.mark.parametrize("scale", ["smoke", "course", "paper"])
def test_the_recipe_is_that_of_the_session_s_scale_with_its_data(scale, monkeypatch, capsys):
    monkeypatch.setenv("AAE_SCALE", scale)
    monkeypatch.setattr("aae_course.lessons.setup.load", lambda name, device: made_data(name))
    recipe, data, device = prepare(NAME)
    assert recipe == recipes.get(NAME, scale)
    assert data.name == recipe.data
    assert device == torch.device("cpu")
    assert capsys.readouterr().out == f"{scale} scale: {recipe.data}, 60 images, cpu\n"


def made_data(name):
    """Sixty small images in the place of any data set."""
    split = small.split()
    return Dataset(name, split, split, split, (1, 3, 4), 10, "a hash")


def test_the_data_are_the_real_ones(monkeypatch):
    monkeypatch.setenv("AAE_SCALE", "smoke")
    _, data, _ = prepare(NAME)
    assert data.name == "digits"
    assert len(data.train) == 1297
    assert data.train.images.device.type == "cpu"


def test_pictures_are_drawn_with_the_dots_that_were_asked_for(monkeypatch):
    monkeypatch.setenv("AAE_SCALE", "smoke")
    for dpi in (72, 110):
        prepare(NAME, dpi)
        assert plt.rcParams["figure.dpi"] == dpi
        assert plt.rcParams["figure.constrained_layout.use"]


def test_an_unknown_recipe_or_scale_is_named(monkeypatch):
    with pytest.raises(ValueError, match="did you mean 'linear_autoencoder'"):
        prepare("linear_autoencodr")
    monkeypatch.setenv("AAE_SCALE", "tiny")
    with pytest.raises(ValueError, match="unknown scale 'tiny'"):
        prepare(NAME)


def test_a_record_is_the_committed_one():
    assert record("fig2") == json.loads((FIGURES / "fig2.json").read_text(encoding="utf-8"))
    assert record("fig2")["metrics"]


def test_where_nothing_is_committed_there_is_no_record(tmp_path, monkeypatch):
    assert record("fig22") is None
    monkeypatch.setattr("aae_course.lessons.setup.FIGURES", tmp_path)
    assert record("fig2") is None
