"""Labels as the networks see them: one-hot, with or without a class for "not labelled"."""

from __future__ import annotations

import torch
from torch import Tensor

NOT_LABELLED = -1  # what stands in place of a label that the model may not see
MOST_CLASSES = 1_000_000  # a larger number is a name, such as that of an article, and no label


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """A 1 in the place of the label: (...) -> (..., classes); all 0 for `NOT_LABELLED`.

    Unlike torch's own it looks at no value, so a GPU can replay it in a graph.
    """
    places = torch.arange(classes, device=labels.device)
    return (labels.unsqueeze(-1) == places).float()


def one_hot_or_unlabelled(labels: Tensor, classes: int) -> Tensor:
    """One-hot with a place more, the last, for `NOT_LABELLED`: (...) -> (..., classes + 1)."""
    return one_hot(torch.where(labels == NOT_LABELLED, classes, labels), classes + 1)


def whole_labels(labels: Tensor) -> Tensor:
    """A copy of labels of any integer type as int64, once it is clear that they are labels.

    Raises:
        ValueError: they are not 0, 1, 2, ... or `NOT_LABELLED`.
    """
    if labels.is_floating_point():
        raise ValueError(
            f"labels are integers, not {f'{labels.dtype}'.removeprefix('torch.')}: convert them, "
            f"with {NOT_LABELLED} for an image without a label"
        )
    labels = labels.to(torch.int64, copy=True)
    if labels.is_meta or not labels.numel():
        return labels
    low, high = int(labels.min()), int(labels.max())
    if low < NOT_LABELLED or high >= MOST_CLASSES:
        raise ValueError(
            f"labels are 0, 1, 2, ..., and {NOT_LABELLED} for an image without one, and these "
            f"range over {low} to {high}: numpy.unique(labels, return_inverse=True) numbers them"
        )
    return labels


def with_labels(labels: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """The labels that there are, and the rows beside them: what nobody labelled is left out.

    Args:
        labels: (n,), -1 for "not labelled".
        rows: (n, ...).

    Raises:
        ValueError: not a label for each row, none at all, or what is no label.
    """
    labels, rows = whole_labels(torch.as_tensor(labels)), torch.as_tensor(rows)
    if labels.dim() != 1 or len(labels) != len(rows):
        raise ValueError(
            f"{len(rows)} rows and labels of shape {(*labels.shape,)}: one label for each is needed"
        )
    there = labels != NOT_LABELLED
    if not there.any():
        raise ValueError(f"none of {len(rows)} rows has a label: there is nothing to compare with")
    return labels[there], rows[there]


def labelled_subset(labels: Tensor, count: int, classes: int, seed: int) -> Tensor:
    """Draw which `count` examples keep their label: equally many of each class.

    Examples without a label are passed over, and so is a class that has no example.

    Args:
        labels: integer labels, shape (n,), -1 for "not labelled".
        count: how many to draw, a multiple of the number of classes that have examples.
        classes: the number of classes; labels are 0 to classes - 1.
        seed: the same seed draws the same examples on every device.

    Returns:
        Different indices into `labels` in random order, int64, shape (count,), on its device.

    Raises:
        ValueError: such a subset does not exist.
    """
    labels = torch.as_tensor(labels)
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
    known = labels[labels != NOT_LABELLED]
    if count > len(known):
        raise ValueError(f"{count} labels were asked for, but there are only {len(known)}.")
    if known.min() < 0 or known.max() >= classes:
        raise ValueError(
            f"Labels must lie in 0..{classes - 1} for {classes} classes, "
            f"but they range over {int(known.min())}..{int(known.max())}."
        )
    sizes = known.bincount().tolist()
    present = sum(size > 0 for size in sizes)
    if count % present:
        raise ValueError(f"{count} labels cannot be spread evenly over {present} classes.")
    per_class = count // present
    for label, size in enumerate(sizes):
        if 0 < size < per_class:
            raise ValueError(
                f"{per_class} labels of each class were asked for, "
                f"but class {label} has only {size}."
            )
    return per_class


def proportional_subset(labels: Tensor, count: int, seed: int) -> Tensor:
    """Draw which `count` examples keep their label: of each class in proportion to its size.

    Examples without a label are passed over.

    Args:
        labels: integer labels, shape (n,), -1 for "not labelled".
        count: how many to draw, at least one for each class, and leaving as many.
        seed: the same seed draws the same examples on every device.

    Returns:
        Different indices into `labels` in random order, int64, shape (count,), on its device.

    Raises:
        ValueError: such a subset does not exist.
    """
    from sklearn.model_selection import train_test_split  # slow to import, and needed only here

    labels = torch.as_tensor(labels)
    known = (labels != NOT_LABELLED).nonzero().flatten().cpu()
    classes = labels.cpu()[known]
    chosen, _ = train_test_split(
        known.numpy(), train_size=count, stratify=classes.numpy(), random_state=seed
    )
    return torch.from_numpy(chosen).to(labels.device)
