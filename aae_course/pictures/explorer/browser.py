"""What both explorers send to a browser: a decoded image, and the files beside this one."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.image import imsave
from torch import Tensor

from aae_course.pictures.plots import checked_shape

SIDE = 224  # of the decoded image on the screen, in pixels


def front_end(*files: str) -> str:
    """What a browser runs, from files beside this one."""
    return "".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in files)


def png(image: Tensor, shape: tuple[int, int, int]) -> bytes:
    """An image (1, pixels) in [0, 1], dark ink on white, each pixel drawn as a square of many."""
    channels, height, width = checked_shape(image, shape)
    ink = image.cpu().clamp(0, 1).reshape(shape).permute(1, 2, 0)
    if channels == 1:
        ink = 1 - ink
    times = max(1, SIDE // max(height, width))
    ink = ink.repeat_interleave(times, 0).repeat_interleave(times, 1).expand(-1, -1, 3)
    buffer = io.BytesIO()
    imsave(buffer, (255 * ink).round().byte().numpy(), format="png")
    return buffer.getvalue()
