"""The plane: where the point is moved by hand is decoded, here and in a kernel of its own."""

import io
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import small
import torch
from jupyter_client.manager import start_new_kernel
from made_explorers import SHAPE, is_picture_of
from matplotlib.image import imread

from aae_course.pictures.explorer import explore_plane


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
    picture = torch.from_numpy(imread(io.BytesIO(plane.codes))[..., :3])
    height, width, _ = picture.shape
    frame = (picture < 0.2).all(-1)  # the lines around the axes, without the ticks
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
