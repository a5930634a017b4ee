"""What the explorers' tests share: images as tensors, and a style to explore."""

import small
import torch

from aae_course.models.priors import Gaussian
from aae_course.pictures.explorer import explore_style

SHAPE = (1, 3, 4)  # of the images of small.split()


def levels(sent):
    """The numbers of an image that is sent to a browser, in [0, 1]: (1, pixels)."""
    return torch.frombuffer(bytearray(sent), dtype=torch.uint8)[None] / 255


def is_picture_of(sent, image):
    """Whether an image as it is sent has every pixel, in 256 levels."""
    return torch.allclose(levels(sent), image, atol=0.6 / 255)


class Style:
    """A model with a style of three numbers and std 2, and its explorer."""

    def __init__(self):
        torch.manual_seed(0)
        self.model = small.BUILDERS["supervised"]().eval()
        self.prior = Gaussian(3, std=2.0)
        self.widget = explore_style(self.decode, 10, self.prior, SHAPE)

    def decode(self, z, y):
        self.asked = z, y
        return self.model.decode(z, y)

    def shows(self, label, style):
        """Whether the image is that of this label and this style, in units of the prior's std."""
        y, z = torch.tensor([label]), 2.0 * torch.tensor([style])
        with torch.no_grad():
            return is_picture_of(self.widget.image, self.model.decode(z, y))

    def ask_to_draw(self):
        """Send what the front end sends when its button is pressed."""
        self.widget._handle_custom_msg({"draw": True}, [])
