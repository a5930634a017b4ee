"""Densities under millions of samples, kept in a file on the way: an hour is not lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from aae_course.data.whole_files import written_whole
from aae_course.metrics.samples import Draws
from aae_course.training.interrupt import Autosave, deferred_interrupt

EVERY = 180.0  # seconds


@dataclass(frozen=True)
class KeptDensity:
    """The sum over samples so far, in a file.

    Args:
        path: of the file.
        about: what decides the sum; a file about anything else is not taken up.
        deadline: ``time.monotonic()`` at which to save and stop, or None.
    """

    path: Path
    about: str
    deadline: float | None = None

    def of(self, part: str) -> KeptDensity:
        """The same for a part of the work, in a file of its own."""
        return replace(self, path=self.path.with_name(f"{self.path.name}_{part}.safetensors"))

    def load(self, density: Tensor) -> int:
        """Fill ``density`` with what was summed before; how many samples that were, perhaps 0."""
        try:
            with safe_open(self.path, "pt") as file:
                about = file.metadata()
                if about["about"] != self.about:
                    return 0
                density.copy_(file.get_tensor("density"))
                return int(about["count"])
        except (OSError, SafetensorError, TypeError, KeyError):
            return 0

    def save(self, density: Tensor, count: int) -> None:
        """Write down the sum over the first ``count`` samples."""
        with written_whole(self.path) as temporary:
            about = {"about": self.about, "count": str(count)}
            save_file({"density": density.cpu()}, temporary, about)

    def rest_of(self, samples: Draws, density: Tensor, count: int) -> Iterator[Tensor]:
        """The chunks after the first ``count`` samples; what is summed is saved between them.

        Raises:
            OutOfTime: the deadline has passed; the sum is saved.
            KeyboardInterrupt: a signal came; the sum is saved.
        """
        done = count

        def save() -> None:
            self.save(density, done)

        with deferred_interrupt() as signals:
            autosave = Autosave(save, None, EVERY, self.deadline, signals)
            for chunk in samples.after(count):
                yield chunk
                done += len(chunk)
                autosave.after_step()
        save()
