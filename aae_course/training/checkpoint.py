"""The state of a run in one file, written whole or not at all.

Weights, optimisers and random generators are tensors; the rest is JSON in the file's header: what
the run is, how far it came, and where it comes from. The format is safetensors, which loads no
code and knows when a file is cut short.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from aae_course.data.whole_files import written_whole
from aae_course.training.source import file_of

KIND, FORMAT = "aae_course run", "aae_course run, version 2"


class CheckpointError(Exception):
    """A checkpoint that cannot be used; the message says why and what to do."""


def check_place(path: Path) -> None:
    """See to it, before anything is trained, that a checkpoint can be written.

    Raises:
        CheckpointError: it cannot.
    """
    try:
        if path.is_dir():
            raise CheckpointError(f"{path} is a folder: name a file in it")
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be written: {error}") from error


def save(
    path: Path, tensors: Mapping[str, Tensor], run: dict, progress: dict, sittings: list[dict]
) -> None:
    """Write a checkpoint atomically: a reader finds the old file or the new one, never half.

    Args:
        path: the file; its folder is made.
        tensors: everything with a shape.
        run: what the run is, compared when the checkpoint is loaded.
        progress: how far it came.
        sittings: where it comes from, see `origin`.

    Raises:
        CheckpointError: the file cannot be written.
    """
    parts = {"run": run, "progress": progress, "sittings": sittings}
    metadata = {"format": FORMAT, **{name: json.dumps(part) for name, part in parts.items()}}
    copies = {name: _own_copy(value) for name, value in tensors.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as temporary:
            save_file(copies, temporary, metadata)
    except (SafetensorError, OSError) as error:  # such as a full disk
        raise CheckpointError(f"{path} cannot be written: {error}") from error


def _own_copy(value: Tensor) -> Tensor:
    """A copy that shares no memory: two networks may have a weight in common."""
    place = torch.empty(value.shape, dtype=value.dtype)
    return place.copy_(value.detach())


def load(path: Path, run: dict) -> tuple[dict[str, Tensor], dict, list[dict]]:
    """Read back tensors, progress and sittings of the run that is described by ``run``.

    Raises:
        CheckpointError: the file is cut short, is no checkpoint, or belongs to another run.
    """
    with _opened(path) as (file, parts):
        _compare(path, parts["run"], json.loads(json.dumps(run)))
        # Copies: Windows lets no file be replaced while a tensor lies in it.
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
        return tensors, parts["progress"], parts["sittings"]


def sittings(path: Path) -> list[dict]:
    """Where the run saved at ``path`` comes from, sitting by sitting.

    Raises:
        CheckpointError: the file is cut short or is no checkpoint.
    """
    with _opened(path) as (_, parts):
        return parts["sittings"]


def steps_done(path: Path) -> int:
    """How many steps the run saved at ``path`` has done; 0 where none is, or none can be read."""
    try:
        with _opened(path) as (_, parts):
            return parts["progress"]["step"]
    except CheckpointError:
        return 0


@contextmanager
def _opened(path: Path) -> Iterator[tuple[safe_open, dict]]:
    """The file, and the parts of its header."""
    try:
        with safe_open(path, framework="pt") as file:
            texts = dict(file.metadata() or {})
            _check_format(path, texts.pop("format", ""))
            yield file, {name: json.loads(text) for name, text in texts.items()}
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(
            f"{path} is truncated or not a checkpoint ({error}): delete it to train anew"
        ) from error


def _check_format(path: Path, found: str) -> None:
    if not found.startswith(KIND):
        raise CheckpointError(f"{path} is not a checkpoint of a run of this course")
    if found != FORMAT:
        raise CheckpointError(
            f"{path} was written by another version of this course: delete it, or add --force, to "
            "train anew"
        )


def _compare(path: Path, saved: dict, wanted: dict) -> None:
    """Refuse another run; only the number of epochs may have grown."""
    saved, wanted = dict(_leaves(saved)), dict(_leaves(wanted))
    if saved["epochs"] > wanted["epochs"]:
        raise CheckpointError(
            f"{path} holds a run of {saved['epochs']} epochs, more than the {wanted['epochs']} "
            "asked for: ask for as many or more, or delete it, or add --force, to train anew"
        )
    for name in [name for name in {**saved, **wanted} if name != "epochs"]:
        there, here = (run.get(name, "absent") for run in (saved, wanted))
        if there != here:
            raise CheckpointError(
                f"{path} belongs to another run: its {name} is {_short(there)}, here it is "
                f"{_short(here)}. Delete it, or add --force, to train anew; or choose another "
                "folder"
            )


def _leaves(run: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every setting by its full name, such as "optimisers.generator.lr"."""
    if not isinstance(run, dict):
        yield name, run
        return
    for part, value in run.items():
        yield from _leaves(value, f"{name}.{part}" if name else part)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_source(path: Path, saved: Sequence[dict], modules: Mapping[str, str]) -> None:
    """Refuse a checkpoint whose latest sitting had other source than ``modules``.

    Args:
        path: of the checkpoint, for the message.
        saved: its sittings.
        modules: name -> hash of the source that this process has.

    Raises:
        CheckpointError: it names what has changed.
    """
    then, commit = saved[-1]["modules"], saved[-1]["commit"]
    changed = [name for name in {**then, **modules} if then.get(name) != modules.get(name)]
    if not changed:
        return
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    raise CheckpointError(
        f"{path} was trained by other source: {', '.join(map(file_of, changed[:3]))}{more} "
        f"{'has' if len(changed) == 1 else 'have'} changed since"
        f"{f' (commit {commit[:7]})' if commit else ''}. Add --force to train anew, or --keep to "
        "take it as it is; in Python delete the file, or pass keep=True"
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
