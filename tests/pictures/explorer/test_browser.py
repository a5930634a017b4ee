"""Both explorers: what a browser gets, words where there is no kernel, nothing learnt."""

import pytest
import torch
from made_explorers import levels

from aae_course.models.priors import Gaussian
from aae_course.pictures.explorer import explore_style
from aae_course.pictures.explorer.browser import as_bytes, front_end


def test_nothing_learns_from_being_looked_at(style, plane, model):
    plane.point = (0.5, 0.5)
    style.widget.code = [1.0, 0.0, 0.0]
    for each in (model, style.model):
        assert all(weight.grad is None for weight in each.parameters())


def test_colours_stay_as_they_are():
    def decode(z, y):
        return torch.linspace(0, 1, 12)[None]

    widget = explore_style(decode, 10, Gaussian(3), shape=(3, 2, 2))
    assert widget.shape == (3, 2, 2)
    assert torch.allclose(levels(widget.image), torch.linspace(0, 1, 12), atol=0.6 / 255)


def test_an_image_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="say the \\(channels, height, width\\) of one image"):
        as_bytes(torch.zeros(1, 12), (1, 28, 28))


def test_what_lies_outside_of_the_levels_is_moved_to_their_edge():
    assert as_bytes(torch.tensor([[-1.0, 0.0, 1.0, 2.0]]), (1, 2, 2)) == bytes([0, 0, 255, 255])


def test_widgets_have_words_in_their_place(style, plane):
    for widget in (style.widget, plane):
        assert repr(widget).endswith("run this cell.")


def test_files_of_the_playground_stand_before_the_widget_s_own():
    module = front_end("plane.js", widget="plane_widget.js")
    parts = ["function createPlane(", "function waiting(", "createPlane((point)", "export default"]
    places = [module.index(part) for part in parts]
    assert places == sorted(places)
    assert "\nimport " not in module  # a widget is one module
