"""Label and style: what is asked for is decoded."""

import pytest
import torch
from made_explorers import SHAPE

from aae_course.models.priors import Prior
from aae_course.pictures.explorer import explore_style, plot_style_grid
from aae_course.pictures.explorer.browser import front_end
from aae_course.pictures.explorer.style import REACH


def test_the_style_counts_in_standard_deviations(style):
    assert style.shows(0, [0.0, 0.0, 0.0])
    style.widget.code = [0.0, -1.5, 0.0]
    assert style.shows(0, [0.0, -1.5, 0.0])


def test_the_label_is_decoded_with_the_style(style):
    style.widget.code = [1.0, 0.0, 0.0]
    style.widget.label = 7
    assert style.shows(7, [1.0, 0.0, 0.0])
    assert not style.shows(0, [1.0, 0.0, 0.0])


def test_a_style_is_drawn_when_the_browser_asks_for_one(style):
    torch.manual_seed(1)
    drawn = style.prior.sample(1)[0] / 2.0
    torch.manual_seed(1)
    style.widget._handle_custom_msg({}, [])  # what is sent while an image is waited for
    assert style.widget.code == [0.0, 0.0, 0.0]
    style.ask_to_draw()
    assert style.widget.code == pytest.approx(drawn.clamp(-3, 3).tolist())
    assert style.shows(0, style.widget.code)


def test_the_sliders_reach_as_far_as_a_drawn_style():
    assert f"const REACH = {REACH:g};" in front_end("style.js")


def test_names_stand_on_the_buttons(style):
    widget = explore_style(style.decode, 2, style.prior, SHAPE, names=["round", "straight"])
    assert widget.names == ["round", "straight"]
    widget.label = 1
    assert style.asked[1].tolist() == [1]
    with pytest.raises(ValueError, match="2 names for 10 labels"):
        explore_style(style.decode, 10, style.prior, SHAPE, names=["round", "straight"])


def test_a_column_of_the_grid_moves_one_number_alone(style, closed):
    plot_style_grid(style.decode, 4, style.prior, rows=3, shape=SHAPE)
    z, y = style.asked
    assert y.tolist() == [4] * 9
    assert torch.equal(z.view(3, 3, 3)[0], 6.0 * torch.eye(3))
    assert torch.equal(z.view(3, 3, 3)[1], torch.zeros(3, 3))
    assert torch.equal(z.view(3, 3, 3)[2], -6.0 * torch.eye(3))


class OnlyDraws(Prior):
    """Styles of standard deviation 5, of which only draws are known."""

    def draw(self, shape, labels):
        return 5 * torch.randn(*shape, self.dim)


def test_a_prior_of_the_reader_s_own_needs_draws_alone(style, closed):
    prior = OnlyDraws(3)
    plot_style_grid(style.decode, 4, prior, rows=3, shape=SHAPE)
    assert style.asked[0].max().item() == pytest.approx(15, rel=0.02)
    explore_style(style.decode, 10, prior, SHAPE).code = [1.0, 0.0, 0.0]
    assert style.asked[0].max().item() == pytest.approx(5, rel=0.02)
