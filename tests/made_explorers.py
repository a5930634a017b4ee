"""What the explorers' tests share: pictures as tensors, and a style explorer taken apart."""

import io

import small
import torch
from anywidget import AnyWidget
from ipywidgets import Button, FloatSlider, ToggleButtons
from matplotlib.image import imread

from aae_course.models.priors import Gaussian
from aae_course.pictures.explorer import explore_style

SHAPE = (1, 3, 4)  # of the images of small.split()


def pixels(png):
    return torch.from_numpy(imread(io.BytesIO(png))[..., :3])


def is_picture_of(png, image, shape=SHAPE):
    """Whether every square of the picture has the ink of its pixel, in 256 levels."""
    drawn = pixels(png)
    squares = drawn.unflatten(0, (shape[1], -1)).unflatten(2, (shape[2], -1))
    ink = image.reshape(shape).permute(1, 2, 0)[:, None, :, None]
    return torch.allclose(squares, 1 - ink, atol=0.6 / 255)


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
