"""Small notebooks as students hand them in: the exercises of notebook 00, in two cells."""

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

IMPORT = "from aae_course.lessons.checks import start as checks"
RIGHT = "def minibatch(images, index):\n    return images[index] / 255"
HALF = "def reconstruction_loss(x_hat, x):\n    return (x_hat - x).square().sum(-1).mean()"


@pytest.fixture
def hand_in(tmp_path):
    """Writes a notebook into the folder of a student."""

    def write_one(student, first=RIGHT, second=HALF):
        cells = [
            IMPORT,
            f"{first}\n\n\n_ = checks.minibatch(minibatch)",
            f"{second}\n\n\n_ = checks.reconstruction_loss(reconstruction_loss)",
        ]
        path = tmp_path / "handed_in" / student / "00_start_here.ipynb"
        path.parent.mkdir(parents=True)
        write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
        return path

    return write_one
