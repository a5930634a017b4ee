"""The look of every picture: sizes, type, lines and colours; and how a picture becomes a file."""

from __future__ import annotations

import logging
from pathlib import Path

import matplotlib
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from aae_course.data.whole_files import written_whole

# Settings of matplotlib: `prepare` makes them those of a notebook, `write_drawing` of a file.
# Ten points of type on a picture ten inches wide can be read on a printed page.
STYLE = {
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 150,
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "figure.titlesize": 11,
    "mathtext.fontset": "cm",
    "axes.linewidth": 0.8,
    "axes.edgecolor": "0.3",
    "xtick.color": "0.2",
    "ytick.color": "0.2",
    "grid.color": "0.85",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.edgecolor": "none",
    "pdf.fonttype": 42,  # type that can be searched and edited
}
WIDE = 10.0  # inches: a picture as wide as a page

# A colour for each digit: blue, orange, green, red, purple, brown, pink, grey, olive, sky. They are
# seaborn's "colorblind" ten, darkened so that each stands out from white paper at 3 : 1, and still
# as far apart for colour-blind readers. No picture relies on them alone.
DIGIT_COLOURS = [
    to_rgb(colour)
    for colour in (
        "#0173b2", "#cc8202", "#03936a", "#d96231", "#a04e90",
        "#bf8656", "#bc7faa", "#5a5959", "#787501", "#069ecd",
    )
]  # fmt: skip
NO_LABEL = to_rgb("0.72")  # grey, and no numeral
OURS, PAPERS = DIGIT_COLOURS[0], DIGIT_COLOURS[3]

# Of matplotlib's own fonts it says that they are old, for every picture.
logging.getLogger("fontTools").setLevel(logging.ERROR)

# Without dates and versions the same picture gives the same bytes.
METADATA = {
    ".png": {"Software": None},
    ".pdf": {"Creator": None, "Producer": None, "CreationDate": None},
}


def write_picture(figure: Figure, path: Path) -> None:
    """Save a figure as PNG or, with lines and type that stay sharp at any size, as PDF.

    The file is written whole or not at all.

    Args:
        figure: to be saved.
        path: its suffix, .png or .pdf, says which.

    Raises:
        ValueError: another suffix.
    """
    if path.suffix not in METADATA:
        raise ValueError(f"{path.name}: a picture is written as .png or .pdf, choose one of them")
    # What has no layout of its own, such as a diagram, gets none after it was saved once.
    without = matplotlib.rc_context({"figure.constrained_layout.use": False})
    with written_whole(path) as temporary, without:
        figure.savefig(temporary, format=path.suffix[1:], metadata=METADATA[path.suffix])
