"""Labels as the networks see them: one-hot, with or without a class for "not labelled"."""

from __future__ import annotations

import torch
from torch import Tensor

NOT_LABELLED = -1  # what stands in place of a label that the model may not see


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """A 1 in the place of the label: (...) -> (..., classes); all 0 for `NOT_LABELLED`.

    Unlike torch's own it looks at no value, so a GPU can replay it in a graph.
    """
    places = torch.arange(classes, device=labels.device)
    return (labels.unsqueeze(-1) == places).float()


def one_hot_or_unlabelled(labels: Tensor, classes: int) -> Tensor:
    """One-hot with a place more, the last, for `NOT_LABELLED`: (...) -> (..., classes + 1)."""
    return one_hot(torch.where(labels == NOT_LABELLED, classes, labels), classes + 1)
