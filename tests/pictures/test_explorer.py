"""The explorers: what is moved by hand is decoded, here and in a kernel of its own."""

import io
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import small
import torch
from anywidget import AnyWidget
from ipywidgets import Button, FloatSlider, ToggleButtons
from jupyter_client.manager import start_new_kernel
from matplotlib.image import imread

from aae_course.models.priors import Gaussian
from aae_course.pictures.explorer import explore_plane, explore_style, plot_style_grid

SHAPE = (1, 3, 4)  # of the images of small.split()


@pytest.fixture
def model():
    torch.manual_seed(0)
    return small.BUILDERS["aae"]().eval()


@pytest.fixture
def plane(model):
    data = small.split()
    return explore_plane(model, data.images, data.labels, model.prior, SHAPE)


def pixels(png):
    return torch.from_numpy(imread(io.BytesIO(png))[..., :3])


def is_picture_of(png, image, shape=SHAPE):
    """Whether every square of the picture has the ink of its pixel, in 256 levels."""
    drawn = pixels(png)
    squares = drawn.unflatten(0, (shape[1], -1)).unflatten(2, (shape[2], -1))
    ink = image.reshape(shape).permute(1, 2, 0)[:, None, :, None]
    return torch.allclose(squares, 1 - ink, atol=0.6 / 255)


# The plane


def test_a_model_that_needs_labels_is_not_for_the_plane():
    data = small.split()
    with pytest.raises(ValueError, match="SupervisedAutoencoder needs labels"):
        explore_plane(small.build_supervised(), data.images, data.labels)


def test_moving_the_point_decodes_it(plane, model):
    at_first = plane.image
    for point in ((1.0, -0.5), (0.0, 0.25)):
        plane.point = point
        with torch.no_grad():
            assert is_picture_of(plane.image, model.decode(torch.tensor([point])))
    assert plane.image != at_first


def test_a_point_outside_is_moved_to_the_edge(plane, model):
    plane.point = (100.0, -0.5)
    assert plane.point == (plane.limit, -0.5)
    with torch.no_grad():
        assert is_picture_of(plane.image, model.decode(torch.tensor([[plane.limit, -0.5]])))


def test_the_point_starts_in_the_middle_with_its_image(plane, model):
    with torch.no_grad():
        assert plane.point == (0.0, 0.0)
        assert is_picture_of(plane.image, model.decode(torch.zeros(1, 2)))


def test_the_picture_of_the_codes_says_where_its_edges_lie(plane):
    left, right, bottom, top = plane.extent
    height, width, _ = pixels(plane.codes).shape
    frame = (pixels(plane.codes) < 0.2).all(-1)  # the lines around the axes, without the ticks
    column = frame.sum(0).argmax().item()  # the left one or the right one
    row = frame.sum(1).argmax().item()
    x = left + (column + 0.5) / width * (right - left)
    y = top - (row + 0.5) / height * (top - bottom)
    assert (abs(x), abs(y)) == pytest.approx((plane.limit, plane.limit), rel=0.01)


def test_the_plane_leaves_the_random_generator_and_the_figures_alone():
    model, data = small.BUILDERS["vae"](), small.split()  # its codes are draws
    before = torch.get_rng_state()
    explore_plane(model, data.images, data.labels, model.prior, SHAPE)
    assert torch.equal(torch.get_rng_state(), before)
    assert not plt.get_fignums()


def test_codes_that_are_no_plane_are_refused():
    model, data = small.BUILDERS["four phases"](), small.split()
    with pytest.raises(ValueError, match=r"codes of two numbers each, \(n, 2\), not \(1, 10\)"):
        explore_plane(model, data.images, data.labels, shape=SHAPE)


# Label and style


def parts(box, kind):
    """The widgets of a kind in a box, from top to bottom."""
    if isinstance(box, kind):
        return [box]
    return [part for child in getattr(box, "children", ()) for part in parts(child, kind)]


class Style:
    """A model with a style of three numbers and std 2, and its explorer taken apart."""

    def __init__(self):
        torch.manual_seed(0)
        self.model = small.BUILDERS["supervised"]().eval()
        self.prior = Gaussian(3, std=2.0)
        self.box = explore_style(self.decode, 10, self.prior, SHAPE)
        self.sliders = parts(self.box, FloatSlider)
        (self.image,), (self.label,) = parts(self.box, AnyWidget), parts(self.box, ToggleButtons)
        self.draw, self.zero = parts(self.box, Button)

    def decode(self, z, y):
        self.asked = z, y
        return self.model.decode(z, y)

    def shows(self, label, style):
        """Whether the image is that of this label and this style, in units of the prior's std."""
        y, z = torch.tensor([label]), 2.0 * torch.tensor([style])
        with torch.no_grad():
            return is_picture_of(self.image.image, self.model.decode(z, y))


@pytest.fixture
def style():
    return Style()


def test_sliders_count_in_standard_deviations(style):
    assert len(style.sliders) == 3
    assert style.shows(0, [0.0, 0.0, 0.0])
    style.sliders[1].value = -1.5
    assert style.shows(0, [0.0, -1.5, 0.0])


def test_the_label_is_decoded_with_the_style(style):
    style.sliders[0].value = 1.0
    style.label.value = 7
    assert style.shows(7, [1.0, 0.0, 0.0])
    assert not style.shows(0, [1.0, 0.0, 0.0])


def test_a_style_is_drawn_and_taken_back(style):
    torch.manual_seed(1)
    drawn = style.prior.sample(1)[0] / 2.0
    torch.manual_seed(1)
    style.draw.click()
    values = [slider.value for slider in style.sliders]
    assert values == pytest.approx(drawn.clamp(-3, 3).tolist())
    assert style.shows(0, values)
    style.zero.click()
    assert style.shows(0, [0.0, 0.0, 0.0])


def test_nothing_learns_from_being_looked_at(style, plane, model):
    plane.point = (0.5, 0.5)
    style.sliders[0].value = 1.0
    for each in (model, style.model):
        assert all(weight.grad is None for weight in each.parameters())


def test_names_stand_on_the_buttons(style):
    box = explore_style(style.decode, 2, style.prior, SHAPE, names=["round", "straight"])
    (label,) = parts(box, ToggleButtons)
    label.label = "straight"
    assert style.asked[1].tolist() == [1]
    with pytest.raises(ValueError, match="2 names for 10 labels"):
        explore_style(style.decode, 10, style.prior, SHAPE, names=["round", "straight"])


def test_colours_stay_as_they_are():
    def decode(z, y):
        return torch.linspace(0, 1, 12)[None]

    box = explore_style(decode, 10, Gaussian(3), shape=(3, 2, 2))
    drawn = pixels(parts(box, AnyWidget)[0].image)
    top_left = torch.linspace(0, 1, 12)[[0, 4, 8]]
    assert torch.allclose(drawn[0, 0], top_left, atol=0.6 / 255)


def test_a_column_of_the_grid_moves_one_number_alone(style, closed):
    plot_style_grid(style.decode, 4, style.prior, rows=3, shape=SHAPE)
    z, y = style.asked
    assert y.tolist() == [4] * 9
    assert torch.equal(z.view(3, 3, 3)[0], 6.0 * torch.eye(3))
    assert torch.equal(z.view(3, 3, 3)[1], torch.zeros(3, 3))
    assert torch.equal(z.view(3, 3, 3)[2], -6.0 * torch.eye(3))


# Readers without a kernel see words, not the insides of a widget


def test_widgets_have_words_in_their_place(style, plane):
    for widget in (style.box, plane):
        assert repr(widget).endswith("run this cell.")


# In a kernel, over the messages that a browser sends

IN_A_KERNEL = f"""
import sys
sys.path.insert(0, {str(Path(small.__file__).parent)!r})
import small
from aae_course.pictures.explorer import explore_plane
model, data = small.BUILDERS["aae"]().eval(), small.split()
plane = explore_plane(model, data.images, data.labels, model.prior, {SHAPE})
plane
"""


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def answers(client, request):
    """What the kernel publishes on a request, until it is idle again."""
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != request:
            continue
        assert message["msg_type"] != "error", message["content"]["traceback"]
        if message["content"].get("execution_state") == "idle":
            return
        yield message


def images_in(messages, comm):
    """The decoded images that these messages bring to the front end of a widget."""
    for message in messages:
        content = message["content"]
        if content.get("comm_id") == comm:
            paths = content["data"]["buffer_paths"]
            buffers = dict(zip(map(tuple, paths), message["buffers"], strict=True))
            yield from (bytes(buffers[path]) for path in buffers if path == ("image",))


def move(client, comm, point):
    """Send what the front end sends when the point is dragged."""
    data = {"method": "update", "state": {"point": point}, "buffer_paths": []}
    message = client.session.msg("comm_msg", {"comm_id": comm, "data": data})
    client.shell_channel.send(message)
    return message["header"]["msg_id"]


def test_a_kernel_answers_a_drag_with_another_image(kernel):
    made = list(answers(kernel, kernel.execute(IN_A_KERNEL)))
    shown = next(m for m in made if m["msg_type"] == "execute_result")["content"]["data"]
    comm = shown["application/vnd.jupyter.widget-view+json"]["model_id"]
    (at_first,) = images_in(made, comm)
    (moved,) = images_in(answers(kernel, move(kernel, comm, [1.0, -0.5])), comm)
    (back,) = images_in(answers(kernel, move(kernel, comm, [0, 0])), comm)
    assert moved != at_first
    assert back == at_first
