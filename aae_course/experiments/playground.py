"""The playground: a page that decodes in a browser, and the files of decoders that it reads.

A file holds a decoder in half precision, codes and labels of test images, for a plane of codes its
picture, and where all that comes from. Images of the data set are not in it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import matplotlib
import torch
from safetensors.torch import save
from torch import Tensor

from aae_course.data.dataset import Split
from aae_course.data.datasets import load
from aae_course.data.minibatches import as_pixels
from aae_course.data.whole_files import written_whole
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.record import trained_at
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.models import EncoderDecoder
from aae_course.networks.folded import Folded, folded
from aae_course.pictures.explorer.browser import PLAYGROUND
from aae_course.pictures.explorer.plane import picture_of_codes
from aae_course.pictures.style import STYLE
from aae_course.training.checkpoint import steps_done

DECODERS = ("figure_2a", "figure_2b", "supervised_informed")  # recipes that the page knows
PICTURED = 1000  # test images with a code, the first ones
CLOSE = 1e-2  # of an image in half precision to the model's own, at every pixel


def write_page(folder: Path) -> None:
    """Copy the page without decoders to a folder, unless it is the page's own.

    Raises:
        OSError: the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if folder.resolve() == PLAYGROUND.resolve():
        return
    for path in sorted(PLAYGROUND.glob("*.*")):
        with written_whole(folder / path.name) as temporary:
            shutil.copyfile(path, temporary)


def export(name: str, request: Request, folder: Path) -> tuple[Path, float]:
    """Write a trained decoder for the page; return its file, and how far its images are off.

    Args:
        name: of the recipe.
        request: scale, first seed, device, and folder of the checkpoints.
        folder: of the page.

    Raises:
        FileNotFoundError: the recipe is not trained to its end.
        DataError: its data set is missing or damaged.
        CheckpointError: the checkpoint is damaged or was trained by other source.
        ValueError: its decoder is none that the page can compute.
    """
    run = finished(name, request)
    trained = run.train()
    model, test = trained.models[0].cpu(), trained.data.test.to("cpu").part(slice(PICTURED))
    tensors, about = described(model, test)
    about |= {"image_shape": trained.data.image_shape, **origin(run, trained)}
    matrices, path = folded(model.decoder).half(), folder / "models" / f"{name}.safetensors"
    off = furthest(model, matrices, tensors["codes"].float(), test.labels)
    if off > CLOSE:
        raise ValueError(f"{name}: images in half precision are off by {off:.3f}, above {CLOSE}")
    about["output"] = matrices.output
    for i, (weight, bias) in enumerate(matrices.layers):
        tensors |= {f"weight{i}": weight.contiguous(), f"bias{i}": bias}
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as temporary:
        temporary.write_bytes(save(tensors, {"about": json.dumps(about)}))
    return path, off


def finished(name: str, request: Request) -> RecipeRun:
    """The run of a recipe that was trained to its end.

    Raises:
        FileNotFoundError: it was not, or is not there.
    """
    recipe = request.recipe(name)
    run = RecipeRun(name, recipe.part_of(load(recipe.data, device=request.devices[0])), request)
    done = min(steps_done(run.path(block)) for block in run.blocks)
    if done < run.steps:
        raise FileNotFoundError(
            f"{request.runs_of(name)} has {done:,} of the {run.steps:,} steps of {name}: run "
            f"{recipe.command} --scale {request.scale} --seed {request.seeds[0]} --out "
            f"{request.out} first"
        )
    return run


@torch.no_grad()
def described(model: EncoderDecoder, test: Split) -> tuple[dict[str, Tensor], dict]:
    """Codes and labels of test images, a picture of codes in the plane, and what a page draws."""
    codes = model.encode(as_pixels(test.images), test.labels)
    tensors = {"codes": codes.half().contiguous(), "labels": test.labels.byte()}
    about = {
        "classes": model.classes if model.needs_labels else 0,
        "spread": model.prior.spread(),
    }
    if codes.shape[1] == 2:
        with matplotlib.rc_context(STYLE):
            picture = asdict(picture_of_codes(model, test.images, test.labels, model.prior))
        tensors["picture"] = torch.frombuffer(bytearray(picture.pop("codes")), dtype=torch.uint8)
        about |= picture
    return tensors, about


def origin(run: RecipeRun, trained: Trained) -> dict:
    """What the weights are and what trained them, as a record tells it."""
    recipe, request = run.recipe, run.request
    return {
        "recipe": run.name,
        "title": recipe.title,
        "command": recipe.command,
        "scale": request.scale,
        "seed": trained.seeds[0],
        "epochs": recipe.training.epochs,
        "data": {trained.data.name: trained.data.sha256},
        "trained_at": trained_at({"": run}, {"": trained})[run.name],
    }


@torch.no_grad()
def furthest(model: EncoderDecoder, matrices: Folded, z: Tensor, y: Tensor) -> float:
    """The largest difference at a pixel between the model's images and those of the matrices.

    Args:
        model: on the CPU.
        matrices: of its decoder.
        z: codes (n, dim).
        y: (n,) labels, of which the page puts a one-hot before the code if the model needs them.
    """
    before = [torch.nn.functional.one_hot(y, model.classes)] if model.needs_labels else []
    return (matrices(torch.cat([*before, z], -1)) - model.decode(z, y)).abs().max().item()
