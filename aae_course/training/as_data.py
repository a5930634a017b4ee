"""What a run is, as plain data that JSON can hold: settings, networks, priors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import numpy as np
import torch
from torch import Tensor, nn

from aae_course.models.priors import Prior

PLAIN = str | int | float | None


def as_data(value: object) -> object:
    """A value as plain data, the same in every process.

    An object of settings becomes {"kind": the name of its class, and every field by its name}, a
    module {"kind", its numbers and words, and each of its parts likewise}, an array a list.
    """
    if isinstance(value, PLAIN):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        shown = {each.name: getattr(value, each.name) for each in fields(value) if each.repr}
        return {"kind": type(value).__name__, **as_data(shown)}
    if isinstance(value, nn.Module):
        parts = {name: _settings(part) for name, part in value.named_modules() if part is not value}
        return {**_settings(value), **parts}
    if isinstance(value, Mapping):
        return {str(name): as_data(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(each) for each in value]
    if hasattr(value, "tolist"):  # tensors, arrays and NumPy's numbers
        return value.tolist()
    return getattr(value, "__name__", type(value).__name__)


def fixed_tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """What a model is given and does not learn: frozen weights, and tensors of a reader's prior.

    The priors of this package make their tensors from their settings.
    """
    yield from ((name, p) for name, p in model.named_parameters() if not p.requires_grad)
    for name, part in model.named_modules():
        own = type(part).__module__.partition(".")[0] != __name__.partition(".")[0]
        if own and isinstance(part, Prior):
            for key, value in {**part._buffers, **vars(part)}.items():
                if isinstance(value, Tensor | np.ndarray):
                    yield f"{name}.{key}", torch.as_tensor(value)


def tensor_hash(value: Tensor) -> str:
    """A short hash of the bytes of a tensor."""
    return hashlib.sha256(value.detach().cpu().contiguous().numpy()).hexdigest()[:12]


def _settings(module: nn.Module) -> dict:
    """The kind of a module and the plain values that it was made with."""
    public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    public.pop("training", None)  # not a setting: whether it trains just now
    plain = {name: as_data(value) for name, value in public.items() if _is_plain(value)}
    return {"kind": type(module).__name__, **plain}


def _is_plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, PLAIN)
