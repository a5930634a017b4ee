"""Images of three labels that stand apart, and an untrained AAE to place them in the plane."""

import small
import torch
from sklearn.datasets import make_blobs

from aae_course.lessons.embeddings import AAE
from aae_course.metrics import Labelled

PIXELS = small.PIXELS


def blobs(n, start=0):
    """Images of three labels, each a cloud of its own."""
    x, y = make_blobs(400, PIXELS, centers=3, cluster_std=0.05, center_box=(0.2, 0.8),
                      random_state=0)  # fmt: skip
    part = slice(start, start + n)
    return Labelled(torch.from_numpy(x[part]).float(), torch.from_numpy(y[part]).long())


FITTED, NEW = blobs(150), blobs(40, start=150)


def made_aae():
    torch.manual_seed(0)
    return AAE(small.BUILDERS["aae"]().eval(), seconds=12.5, images=5000)
