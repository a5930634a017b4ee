"""What both explorers send to a browser: a decoded image, and what the browser runs."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from aae_course import settings
from aae_course.pictures.plots import checked_shape

PLAYGROUND = settings.course_folder("docs/playground")  # its page shares files with the explorers


def front_end(*shared: str, widget: str = "") -> str:
    """What a browser runs: files of the playground, and then the widget's own, beside this one."""
    own = [Path(__file__).with_name(name) for name in ("wait.js", widget) if widget]
    paths = [*(PLAYGROUND / name for name in shared), *own]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def as_bytes(image: Tensor, shape: tuple[int, int, int]) -> bytes:
    """An image (1, pixels) in [0, 1], its channels first, a byte for each number."""
    checked_shape(image, shape)
    return (255 * image.cpu().clamp(0, 1)).round().byte().numpy().tobytes()
