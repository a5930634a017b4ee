"""The solutions that the notebooks show, taken out of their text so that tests can run them."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import torch

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
FOLDED = re.compile(r"<details>(.*?)</details>", re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def solution(notebook: str, function: str) -> Callable:
    """The function of this name from the notebook's folded solutions, with torch at hand.

    Args:
        notebook: file name, as "01_autoencoder.ipynb".
        function: name of the function that the solution defines.
    """
    for block in folded_blocks(notebook):
        if re.search(rf"^def {function}\(", block, re.MULTILINE):
            return run(block)[function]
    raise LookupError(f"no solution in {notebook} defines {function}")


def stub(notebook: str, function: str) -> Callable:
    """The unfinished function of this name, as the notebook's exercise cell defines it."""
    for cell in cells(notebook, "code"):
        if match := re.search(rf"^def {function}\(.*?(?=^\S|\Z)", cell, re.DOTALL | re.MULTILINE):
            return run(match[0])[function]
    raise LookupError(f"no cell of {notebook} defines {function}")


def folded_blocks(notebook: str) -> list[str]:
    """The Python code inside of the <details> of a notebook's text."""
    folded = [text for cell in cells(notebook, "markdown") for text in FOLDED.findall(cell)]
    return [block for text in folded for block in PYTHON.findall(text)]


def cells(notebook: str, kind: str) -> list[str]:
    read = nbformat.read(NOTEBOOKS / notebook, as_version=4)
    return [cell.source for cell in read.cells if cell.cell_type == kind]


def run(code: str) -> dict:
    namespace = {"torch": torch}
    exec(code, namespace)
    return namespace
