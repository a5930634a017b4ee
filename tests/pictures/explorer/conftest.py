"""A plane and a style to explore, with the model that decodes each."""

import pytest
import small
import torch
from made_explorers import SHAPE, Style

from aae_course.pictures.explorer import explore_plane


@pytest.fixture
def model():
    torch.manual_seed(0)
    return small.BUILDERS["aae"]().eval()


@pytest.fixture
def plane(model):
    data = small.split()
    return explore_plane(model, data.images, data.labels, model.prior, SHAPE)


@pytest.fixture
def style():
    return Style()
