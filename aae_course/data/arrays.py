"""One look at the images and labels that a person brings: NumPy arrays, tensors, lists.

What can be read in one way only is taken, and what could be read in two ways is refused with a
word on how to say which is meant.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from aae_course.data.labels import NOT_LABELLED, whole_labels

ROUNDING = 1e-6  # how far a pixel of float32 may lie outside [0, 1]


def as_images(images, measurements: bool = False) -> Tensor:
    """Images as (n, pixels): bytes 0 to 255 (uint8), or pixels in [0, 1] (float32).

    Args:
        images: (n, pixels), (n, height, width) or (n, channels, height, width); bytes as integers
            of any type, or pixels in [0, 1] as floats or booleans.
        measurements: the rows are no images; they are taken as they are, as float32.

    Raises:
        ValueError: another rank, no images, another range, values that are not finite, or integers
            that are all 0 and 1, which could be bytes or pixels.
    """
    rows = _as_tensor(images, "images")
    _check_shape(rows, "rows of measurements" if measurements else "images")
    rows = rows.flatten(1)
    if measurements or rows.is_floating_point() or rows.dtype == torch.bool:
        rows = rows.float()
        return rows if rows.is_meta or (measurements and _is_finite(rows)) else _in_unit_range(rows)
    return rows if rows.is_meta else _as_bytes(rows)


def as_labels(labels, count: int, device: torch.device) -> Tensor:
    """Labels as int64 (count,) on ``device``, `NOT_LABELLED` everywhere where there are none.

    Args:
        labels: (count,) integers of any type from 0 on, -1 for "not labelled"; or None.
        count: how many images there are.
        device: where the images are.

    Raises:
        ValueError: not a label for each image, or labels that are no such integers.
    """
    if labels is None:
        return torch.full((count,), NOT_LABELLED, device=device)
    labels = _as_tensor(labels, "labels")
    if labels.shape == (count, 1):
        labels = labels.flatten()
    if labels.dim() != 1:
        hint = ": of one-hot rows take argmax(1)" if labels.dim() == 2 else ""
        raise ValueError(f"labels have the shape {(*labels.shape,)}, not (n,){hint}")
    if len(labels) != count:
        raise ValueError(f"{count} images and {len(labels)} labels: as many of both are needed")
    return whole_labels(labels).to(device)


def as_index(rows, count: int, device: torch.device) -> slice | Tensor:
    """Which of ``count`` images are meant: a slice as it is, or their numbers, int64 (k,).

    Args:
        rows: a slice, numbers (k,) of any integer type, or a mask of booleans (count,).
        count: how many images there are.
        device: where the images are.

    Raises:
        ValueError: a number that no image has, or a mask of another length.
    """
    if isinstance(rows, slice):
        return rows
    index = _as_tensor(rows, "indices").to(device)
    if index.dtype == torch.bool and index.shape == (count,):
        return index.nonzero().flatten()
    if index.dim() != 1 or index.dtype == torch.bool or (len(index) and index.is_floating_point()):
        raise ValueError(
            f"images are named by numbers (k,) or a mask of booleans ({count},), not by "
            f"{_kind(index)} of shape {(*index.shape,)}"
        )
    if len(index) and not -count <= int(index.min()) <= int(index.max()) < count:
        raise ValueError(
            f"{count} images have the numbers 0 to {count - 1}, and these range over "
            f"{int(index.min())} to {int(index.max())}"
        )
    return index.long()


def _as_tensor(values, what: str) -> Tensor:
    """A tensor of real numbers, as it is or from whatever NumPy can read."""
    if isinstance(values, Tensor):
        unusual = values.is_complex() or values.is_quantized or values.is_nested
        if unusual or values.layout != torch.strided:
            raise ValueError(f"{what} are a dense tensor of real numbers, not {_kind(values)}")
        small = values.dtype in (torch.bool, torch.uint8) or values.is_floating_point()
        return values.detach() if small else values.long()
    if np.ma.is_masked(values):
        raise ValueError(f"{what} are masked in places: fill these, or leave their rows out")
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{what} are not one array ({error}): give all the same shape") from error
    if array.dtype.kind not in "biuf":
        hint = "; numpy.unique(labels, return_inverse=True) numbers names" * (what == "labels")
        raise ValueError(f"{what} are an array of numbers, not of {array.dtype}{hint}")
    if array.dtype.kind in "iu" and array.dtype != np.uint8:
        array = array.astype(np.int64)  # torch computes little with other unsigned types
    # A copy where torch cannot share the memory: strange strides, byte orders, read-only.
    native = array.dtype.newbyteorder("=")
    return torch.from_numpy(np.require(array, native, ["C_CONTIGUOUS", "WRITEABLE"]))


def _check_shape(rows: Tensor, what: str) -> None:
    if not 2 <= rows.dim() <= 4 or not rows.numel():
        raise ValueError(
            f"{what} have the shape {(*rows.shape,)}, not (n, pixels), (n, height, width) or "
            "(n, channels, height, width) with at least one of each"
        )
    if rows.dim() == 4 and rows.shape[3] <= 4 < rows.shape[1]:
        raise ValueError(
            f"images of shape {(*rows.shape,)} seem to have their channels last: put them first, "
            "as in images.transpose(0, 3, 1, 2) of an array or images.permute(0, 3, 1, 2)"
        )


def _in_unit_range(rows: Tensor) -> Tensor:
    _is_finite(rows)
    low, high = rows.min().item(), rows.max().item()
    if low < -ROUNDING or high > 1 + ROUNDING:
        raise ValueError(
            f"images of floats are pixels in [0, 1], and these range over {low:g} to {high:g}: "
            "scale them, or give bytes 0 to 255 (uint8); if they are no images but a table of "
            "measurements, say Split(table, labels, measurements=True)"
        )
    return rows


def _as_bytes(rows: Tensor) -> Tensor:
    low, high = int(rows.min()), int(rows.max())
    if low < 0 or high > 255:
        raise ValueError(
            f"images of integers are bytes, 0 to 255, and these range over {low} to {high}: scale "
            "them; if they are no images but a table of measurements, say "
            "Split(table, labels, measurements=True)"
        )
    if high == 1:
        raise ValueError(
            "images of integers are bytes, 0 to 255, and these are all 0 and 1: if 1 is white, "
            "give floats or booleans"
        )
    return rows.to(torch.uint8)


def _is_finite(rows: Tensor) -> bool:
    if not rows.isfinite().all():
        broken = int((~rows.isfinite()).any(1).sum())
        raise ValueError(
            f"{broken} of {len(rows)} rows hold values that are not finite (nan, inf): "
            "leave these rows out or fill them in"
        )
    return True


def _kind(values: Tensor) -> str:
    return f"{values.dtype}".removeprefix("torch.") + (
        "" if values.layout == torch.strided else f" ({values.layout})".replace("torch.", "")
    )
