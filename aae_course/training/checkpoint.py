"""The state of a run in one file, written whole or not at all.

Weights, optimisers and random generators are tensors; the rest is JSON in the file's header. The
format is safetensors, which loads no code and knows when a file is cut short.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

FORMAT = "aae_course run, version 1"


class CheckpointError(Exception):
    """A checkpoint that cannot be used; the message says why and what to do."""


def save(path: Path, tensors: Mapping[str, Tensor], run: dict, progress: dict) -> None:
    """Write a checkpoint atomically: a reader finds the old file or the new one, never half.

    Args:
        path: the file; its folder is made.
        tensors: everything with a shape.
        run: what the run is, compared when the checkpoint is loaded.
        progress: how far it came.

    Raises:
        CheckpointError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    metadata = {"format": FORMAT, "run": json.dumps(run), "progress": json.dumps(progress)}
    try:
        save_file(
            {name: value.contiguous() for name, value in tensors.items()}, temporary, metadata
        )
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    except SafetensorError as error:  # such as a full disk
        raise CheckpointError(f"{path} cannot be written: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def load(path: Path, run: dict) -> tuple[dict[str, Tensor], dict]:
    """Read back the tensors and the progress of the run that is described by ``run``.

    Raises:
        CheckpointError: the file is cut short, is no checkpoint, or belongs to another run.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise CheckpointError(f"{path} is not a checkpoint of a run of this course")
            _compare(path, json.loads(metadata["run"]), json.loads(json.dumps(run)))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(
            f"{path} is truncated or not a checkpoint ({error}): delete it to train anew"
        ) from error
    return tensors, json.loads(metadata["progress"])


def _compare(path: Path, saved: dict, wanted: dict) -> None:
    for key in {**saved, **wanted}:
        if saved.get(key) != wanted.get(key):
            raise CheckpointError(
                f"{path} belongs to another run: its {key} is {saved.get(key)}, here it is "
                f"{wanted.get(key)}. Delete it or choose another folder"
            )


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Put ``prefix`` before every name."""
    return {f"{prefix}.{name}": value for name, value in tensors.items()}


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What stands under ``prefix``, without it: the inverse of `prefixed`."""
    start = f"{prefix}."
    return {n.removeprefix(start): v for n, v in tensors.items() if n.startswith(start)}


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Momenta and counters of an optimiser, named "<parameter>.<what>"."""
    state = optimiser.state_dict()["state"]
    return {
        f"{i}.{what}": value
        for i, values in state.items()
        for what, value in values.items()
        if value is not None
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Put back what `optimiser_tensors` returned."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        i, what = name.split(".")
        state.setdefault(int(i), {})[what] = value
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
