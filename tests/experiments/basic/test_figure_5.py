"""Figure 5: samples, and the training images nearest to them."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
import torch
from made_faces import write_faces
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.basic import figure_5


@pytest.fixture(scope="module")
def trained():
    return untrained("aae_likelihood", load("digits"), (0, 1))


@pytest.fixture
def faces(tmp_path, monkeypatch):
    write_faces(tmp_path)
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path))
    return replace(untrained("aae_likelihood_tfd", load("tfd"), (5,)), scale="course")


def test_the_last_column_of_figure_5_shows_nearest_images(trained, faces):
    images = torch.rand(50, 784)
    noisy = images[[7, 3]] + 0.01 * torch.randn(2, 784)
    assert torch.equal(figure_5.nearest_images(noisy, images), images[[7, 3]])
    for panels in ({"a": trained}, {"a": trained, "b": faces}):
        figure = figure_5.draw_figure_5(panels, "smoke")
        assert [ax.get_title()[:11] for ax in figure.axes] == [f"({p}) samples" for p in panels]
        plt.close(figure)


def test_the_nearest_image_stands_behind_the_last_sample_of_its_row(trained):
    images = as_pixels(trained.data.train.images)
    copying = replace(trained, models=[Copies(trained.models[0], images[:80])])
    figure = figure_5.draw_figure_5({"a": copying}, "smoke")
    sheet = figure.axes[0].images[0].get_array()
    _, height, width = trained.data.image_shape
    for row in range(8):
        top = row * (height + 1)
        last, nearest = (
            sheet[top : top + height, column * (width + 1) : column * (width + 1) + width]
            for column in (9, 10)
        )
        assert (last == nearest).all()
    plt.close(figure)


def test_the_ink_of_digits_is_dark_and_that_of_photographs_is_not(trained, faces):
    for run, shown in ((trained, 1.0), (faces, 0.0)):
        black = replace(run, models=[Black(run.models[0])])
        figure = figure_5.draw_figure_5({"a": black}, "smoke")
        height, width = run.data.image_shape[1:]
        assert (figure.axes[0].images[0].get_array()[:height, :width] == shown).all()
        plt.close(figure)


class Copies(torch.nn.Module):
    """Decodes codes to given images, one after another."""

    def __init__(self, model, images):
        super().__init__()
        self.prior, self.images = model.prior, images

    def decode(self, z, y=None):
        return self.images[: len(z)]


class Black(torch.nn.Module):
    """Decodes every code to pixels of 0."""

    def __init__(self, model):
        super().__init__()
        self.prior, self.pixels = model.prior, model.decoder.widths[-1]

    def decode(self, z, y=None):
        return torch.zeros(len(z), self.pixels)
