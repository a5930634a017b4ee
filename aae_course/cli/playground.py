"""The command ``aae-course playground``: a page on which trained decoders are explored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aae_course import settings
from aae_course.settings import check_known


def playground(
    folder: Annotated[
        Path, typer.Argument(help="Where to, made if it is not there.", metavar="DIR")
    ],
    names: Annotated[
        list[str] | None, typer.Argument(help="Recipes. [default: all that the page knows]")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(help="Of what was trained. [default: AAE_SCALE, else course]")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what was trained.", min=0, max=2**32 - 1)] = 0,
    out: Annotated[str, typer.Option(help="Folder of the results.")] = "results",
    keep: Annotated[
        bool, typer.Option("--keep", help="Take what other source has trained.")
    ] = False,
) -> None:
    """Write a page to explore the models of Figures 2 and 7 in a browser, without Python.

    The page needs a file server and nothing else. What it decodes with was trained before, by
    `aae-course reproduce fig2 fig7`.

    Some examples:

        aae-course playground page --out results

        aae-course playground page supervised_informed --seed 50
    """
    from aae_course.experiments.playground import DECODERS, export, write_page
    from aae_course.experiments.request import Request

    request = Request(
        name="playground",
        scale=settings.scale(scale),
        data=None,
        seeds=(seed,),
        devices=settings.devices("auto"),
        out=settings.folder(out),
        command="aae-course playground",
        keep=keep,
    )
    for name in names or ():
        check_known(name, DECODERS, "recipe of the playground")
    write_page(folder)
    for name in names or DECODERS:
        path, off = export(name, request, folder)
        size = path.stat().st_size / 1e6
        print(f"decoder: {path} ({size:.1f} MB, no pixel is off by more than {off:.4f})")
    print(f"The page is in {folder}. Next: python -m http.server -d {folder}")
