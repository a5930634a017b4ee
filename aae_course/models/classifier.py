"""A small convolutional classifier: an independent judge of images, and a space of features."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from aae_course.models.model import Model


class Classifier(Model):
    """Labels from images, and the 128 numbers before the last layer as features.

    It is trained on the data set that it judges, with no download: its features know what tells
    digits apart, as those of the Inception network know it of photographs.

    Args:
        image_shape: (channels, height, width), at least 8 pixels high and wide.
        classes: number of labels.
    """

    needs_labels = True
    phases = {"classification": ("features", "readout")}

    def __init__(self, image_shape: tuple[int, int, int], classes: int):
        super().__init__()
        channels, height, width = image_shape
        if min(height, width) < 8:
            raise ValueError(f"images of {height} x {width} are too small: 8 x 8 at least")
        self.features = nn.Sequential(
            nn.Unflatten(1, image_shape),
            nn.Conv2d(channels, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * -(-height // 4) * -(-width // 4), 128), nn.ReLU(),
        )  # fmt: skip
        self.readout = nn.Linear(128, classes)
        self.classes = classes

    def training_step(self, batch):
        yield "classification", F.cross_entropy(self(batch.x), batch.y)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the labels: (batch, pixels) in [0, 1] -> (batch, classes)."""
        return self.readout(self.features(x))
