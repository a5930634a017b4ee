"""The style: colours that print and stay apart, and files that are the same each time."""

import matplotlib
import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest
import seaborn as sns
import torch

from aae_course.pictures.plots import draw_codes
from aae_course.pictures.style import DIGIT_COLOURS, NO_LABEL, STYLE, write_picture

# What a person sees of linear RGB (Machado et al., 2009, severity 1).
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
WHITE = TO_XYZ.sum(1)


def linear(colours):
    """sRGB (n, 3) without its gamma."""
    colours = np.asarray(colours)
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colours):
    """WCAG 2: the ratio of luminances, (n,)."""
    return 1.05 / (linear(colours) @ TO_XYZ[1] + 0.05)


def smallest_distance(colours, sight):
    """Between any two colours, in CIE L*a*b* as a person of that sight sees them."""
    seen = np.clip(linear(colours) @ np.transpose(sight), 0, 1) @ TO_XYZ.T / WHITE
    f = np.where(seen > 216 / 24389, np.cbrt(seen), (24389 / 27 * seen + 16) / 116)
    lab = np.stack([116 * f[:, 1], 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], -1)
    pairs = np.triu_indices(len(lab), 1)
    return np.linalg.norm(lab[:, None] - lab[None], axis=-1)[pairs].min()


def test_the_measures_of_colours_know_black_and_white():
    assert contrast_on_white([[0, 0, 0], [1, 1, 1]]) == pytest.approx([21, 1])
    assert smallest_distance([[0, 0, 0], [1, 1, 1]], SIGHT["normal"]) == pytest.approx(100, abs=0.1)


def test_ten_colours_stand_out_from_white_paper():
    assert len(set(DIGIT_COLOURS)) == 10
    assert contrast_on_white(DIGIT_COLOURS).min() >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_they_are_as_far_apart_as_seaborns_for_every_kind_of_sight(sight):
    theirs = smallest_distance(sns.color_palette("colorblind", 10), SIGHT[sight])
    assert smallest_distance(DIGIT_COLOURS, SIGHT[sight]) >= theirs
    assert smallest_distance([*DIGIT_COLOURS, NO_LABEL], SIGHT[sight]) >= theirs


def cloud():
    """A picture with points, lines and words."""
    with matplotlib.rc_context(STYLE):
        figure, ax = plt.subplots(figsize=(3, 3))
        draw_codes(ax, torch.randn(3000, 2, generator=torch.Generator().manual_seed(0)),
                   torch.arange(3000) % 10)  # fmt: skip
        return figure


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_suffix_says_the_kind_and_the_same_picture_gives_the_same_bytes(
    tmp_path, suffix, start
):
    written = []
    for name in ("first", "second"):
        path = tmp_path / f"{name}.{suffix}"
        with matplotlib.rc_context(STYLE):
            write_picture(cloud(), path)
        written.append(path.read_bytes())
    assert written[0] == written[1] and written[0].startswith(start)
    assert b"CreationDate" not in written[0] and b"matplotlib" not in written[0].lower()
    # Three thousand points are an image in a PDF, its words are not.
    if suffix == "pdf":
        assert b"/Subtype /Image" in written[0] and b"/FontDescriptor" in written[0]
        assert len(written[0]) < 300_000
    else:
        assert matplotlib.image.imread(path).shape[:2] == (450, 450)


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a.svg: a picture is written as .png or .pdf"):
        write_picture(plt.figure(), tmp_path / "a.svg")
    assert not list(tmp_path.iterdir())
