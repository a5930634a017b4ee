"""Figure 9: heads of clusters, and a row of test images for each."""

import pytest
import torch
from made_clusters import as_trained, blobs, built

from aae_course.experiments.clusters import figure_9 as clustering

pytestmark = pytest.mark.usefixtures("closed")


def test_heads_are_decoded_with_style_0():
    model = built()
    code = torch.cat([torch.eye(6), torch.zeros(6, 3)], 1)
    torch.testing.assert_close(clustering.heads_of(model), model.decode(code))


def pixels_of(figure):
    """The dark and light squares that the panels of a figure show."""
    return [ax.images[0].get_array() for ax in figure.axes]


def test_figure_9_has_a_row_for_each_cluster_and_room_for_dead_ones():
    figure = clustering.draw_figure_9({"clusters": as_trained([built(7)])}, "smoke")
    left, right = pixels_of(figure)
    height, width = 3, 4
    assert left.shape[:2] == (4 * (height + 1) - 1, 15 * (width + 1) - 1)
    assert right.shape[0] == 3 * (height + 1) - 1
    words = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert [word.partition(":")[0] for word in words] == list("1234567")
    shares = [float(word.partition(": ")[2].removesuffix(" %")) for word in words]
    assert sum(shares) == pytest.approx(100, abs=0.5)
    dead = shares.index(0.0)
    sheet = (left, right)[dead // 4][dead % 4 * (height + 1) :][:height]
    assert (sheet[:, width + 1 :] == 1).all() and not (sheet[:, :width] == 1).all()


def test_figure_9_is_the_same_each_time():
    model, data = built(), blobs()
    first, again = (pixels_of(clustering.draw_clusters(model, data)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    other = pixels_of(clustering.draw_clusters(model, data, seed=1))
    assert not all((a == b).all() for a, b in zip(first, other, strict=True))
