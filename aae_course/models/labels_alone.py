"""The control of notebook 08: the encoder's network, trained only on the labelled images."""

from __future__ import annotations

from torch import Tensor, nn

from aae_course.models.losses import label_cross_entropy
from aae_course.models.model import Model


class LabelsAlone(Model):
    """A classifier of the same size as a semi-supervised AAE's encoder.

    Args:
        encoder: (batch, pixels) -> (batch, classes), logits.
        classes: number of labels.
    """

    wants_labelled_batch = True
    phases = {"classification": ("encoder",)}
    wiring = (("x", "encoder", ""),)

    def __init__(self, encoder: nn.Module, classes: int = 10):
        super().__init__()
        self.encoder, self.classes = encoder, classes

    @classmethod
    def build(cls, architecture, pixels, replicas=None, classes=10):
        """A fresh model of this architecture."""
        return cls(architecture.make_encoder(pixels, classes, replicas), classes)

    def training_step(self, batch):
        labelled = batch.labelled
        yield "classification", label_cross_entropy(self.logits(labelled.x), labelled.y)

    def logits(self, x: Tensor) -> Tensor:
        """Of the labels: (batch, pixels) -> (batch, classes)."""
        return self.encoder(x)
