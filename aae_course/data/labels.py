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


def labelled_subset(labels: Tensor, count: int, classes: int, seed: int) -> Tensor:
    """Draw which `count` examples keep their label: equally many of each class.

    Args:
        labels: integer labels, shape (n,).
        count: how many to draw, a multiple of `classes`.
        classes: the number of classes; labels are 0 to classes - 1.
        seed: the same seed draws the same examples on every device.

    Returns:
        Different indices into `labels` in random order, int64, shape (count,), on its device.

    Raises:
        ValueError: such a subset does not exist.
    """
    cpu_labels = labels.cpu()
    per_class = _per_class(cpu_labels, count, classes)
    generator = torch.Generator().manual_seed(seed)
    drawn = []
    for label in range(classes):
        members = (cpu_labels == label).nonzero().flatten()
        drawn.append(members[torch.randperm(len(members), generator=generator)[:per_class]])
    mixed = torch.randperm(count, generator=generator)
    return torch.cat(drawn)[mixed].to(labels.device)


def _per_class(labels: Tensor, count: int, classes: int) -> int:
    """Return how many labels each class gives, once it is clear that it has them."""
    if count < 1 or classes < 1:
        raise ValueError(f"{count} labels of {classes} classes were asked for: both must be >= 1.")
    if count % classes:
        raise ValueError(f"{count} labels cannot be spread evenly over {classes} classes.")
    if count > len(labels):
        raise ValueError(f"{count} labels were asked for, but there are only {len(labels)}.")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"Labels must lie in 0..{classes - 1} for {classes} classes, "
            f"but they range over {int(labels.min())}..{int(labels.max())}."
        )
    per_class = count // classes
    for label, available in enumerate(labels.bincount(minlength=classes).tolist()):
        if available < per_class:
            raise ValueError(
                f"{per_class} labels of each class were asked for, "
                f"but class {label} has only {available}."
            )
    return per_class
