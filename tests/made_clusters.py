"""Images in clear clusters, and a clustering AAE that nobody has trained."""

import small
import torch
from sklearn.datasets import make_blobs

from aae_course.data.dataset import Dataset, Split
from aae_course.experiments.trained import Trained
from aae_course.training.history import History


def blobs(n=60, clusters=3):
    """Clear clusters as images of 12 pixels, in splits of n images."""
    x, y = make_blobs(3 * n, small.PIXELS, centers=clusters, cluster_std=0.3, random_state=0)
    x = torch.from_numpy(x).float()
    x = (255 * (x - x.min()) / (x.max() - x.min())).to(torch.uint8)
    train, validation, test = (
        Split(x[i::3], torch.from_numpy(y[i::3]).long() + 2) for i in range(3)
    )
    return Dataset("blobs", train, validation, test, (1, 3, 4), 10, "")


def built(categories=6):
    torch.manual_seed(1)
    return small.build_clustering(categories)().eval()


def as_trained(models, **changes):
    """Models of the blobs as a run, a seed for each."""
    return Trained(None, blobs(), tuple(range(len(models))), models, History(), **changes)
