"""Both explorers: words where there is no kernel, colours as they are, nothing learnt."""

import torch
from anywidget import AnyWidget
from made_explorers import parts, pixels

from aae_course.models.priors import Gaussian
from aae_course.pictures.explorer import explore_style


def test_nothing_learns_from_being_looked_at(style, plane, model):
    plane.point = (0.5, 0.5)
    style.sliders[0].value = 1.0
    for each in (model, style.model):
        assert all(weight.grad is None for weight in each.parameters())


def test_colours_stay_as_they_are():
    def decode(z, y):
        return torch.linspace(0, 1, 12)[None]

    box = explore_style(decode, 10, Gaussian(3), shape=(3, 2, 2))
    drawn = pixels(parts(box, AnyWidget)[0].image)
    top_left = torch.linspace(0, 1, 12)[[0, 4, 8]]
    assert torch.allclose(drawn[0, 0], top_left, atol=0.6 / 255)


def test_widgets_have_words_in_their_place(style, plane):
    for widget in (style.box, plane):
        assert repr(widget).endswith("run this cell.")
