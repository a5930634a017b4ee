"""The solutions that the notebooks show, taken out of their text so that tests can run them."""

from collections.abc import Callable
from pathlib import Path

import torch

from aae_course.cli.teaching import exercises

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def solution(notebook: str, function: str) -> Callable:
    """The function of this name from the notebook's folded solutions, with torch at hand.

    Args:
        notebook: file name, as "01_autoencoder.ipynb".
        function: name of the function that the solution defines.
    """
    return run(exercises.solution(exercises.read(NOTEBOOKS / notebook), function))[function]


def stub(notebook: str, function: str) -> Callable:
    """The unfinished function of this name, as the notebook's exercise cell defines it."""
    for cell in cells(notebook, "code"):
        if match := exercises.definition(function).search(cell):
            return run(match[0])[function]
    raise LookupError(f"no cell of {notebook} defines {function}")


def cells(notebook: str, kind: str) -> list[str]:
    return exercises.sources(exercises.read(NOTEBOOKS / notebook), kind)


def run(code: str) -> dict:
    namespace = {"torch": torch}
    exec(code, namespace)
    return namespace
