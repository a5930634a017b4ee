"""What every model with codes can do: encode, decode and reconstruct, with labels if need be."""

from __future__ import annotations

import torch
from torch import Tensor

from aae_course.data.labels import NOT_LABELLED, whole_labels
from aae_course.models.model import Model


class EncoderDecoder(Model):
    """A model whose networks ``encoder`` and ``decoder`` lead from images to codes and back.

    Pictures and metrics ask for no more than these three methods. They hand over the labels y of
    the images wherever they have them; most models make no use of them. A model that cannot do
    without says ``needs_labels = True``, and makes y an argument that must be given.
    """

    def encode(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Codes z ~ q(z|x): (batch, pixels) in [0, 1] -> (batch, dim).

        Args:
            x: images.
            y: (batch,) their labels.
        """
        return self.encoder(x)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Images from codes: (batch, dim) -> (batch, pixels).

        Args:
            z: codes.
            y: (batch,) labels that the images should have.
        """
        return self.decoder(z)

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Images through the bottleneck and back: (batch, pixels) -> (batch, pixels).

        Args:
            x: images.
            y: (batch,) their labels.

        Raises:
            ValueError: the model needs labels, and there are none.
        """
        check_labels(self, y)
        return self.decode(self.encode(x, y), y)


def check_labels(model: EncoderDecoder, y: Tensor | int | None) -> None:
    """Raise ValueError where a model needs labels and ``y`` is None, or holds what is none."""
    if not model.needs_labels:
        return
    name = type(model).__name__
    if y is None:
        raise ValueError(f"{name} needs labels beside images or codes: pass them")
    y = whole_labels(torch.as_tensor(y))
    if (y == NOT_LABELLED).any():
        raise ValueError(
            f"{name} needs a label for every image or code, and some are {NOT_LABELLED}"
        )
    if model.classes is not None and y.numel() and int(y.max()) >= model.classes:
        raise ValueError(f"{name} has the labels 0 to {model.classes - 1}, not {int(y.max())}")
