"""What moves in a notebook: loss curves that grow while a model trains."""

from __future__ import annotations

import io
import time

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from aae_course.training.history import History

COLOUR = "#0173b2"  # the first of the course's ten
REFRESH = 2.0  # seconds between two drawings; one takes about a tenth of a second


class LiveLossCurves:
    """One curve for each phase, redrawn in place every two seconds; the last drawing stays."""

    def begin(self, name: str, total_steps: int, step: int) -> None:
        self.name, self.total_steps, self.first_step = name, total_steps, step
        self.step, self.started = step, time.monotonic()
        self.next_drawing = self.started + REFRESH / 2
        self.handle = None

    def advance(self, step: int, history: History) -> None:
        self.step = step
        if time.monotonic() >= self.next_drawing and history.steps:
            self._show(history)
            self.next_drawing = time.monotonic() + REFRESH

    def end(self, history: History) -> None:
        if history.steps:
            self._show(history)

    def _show(self, history: History) -> None:
        from IPython.display import Image, display  # absent on many servers

        picture = Image(self._draw(history), alt=f"{self.name}: loss of each phase over the steps")
        if self.handle is None:
            self.handle = display(picture, display_id=True)
        else:
            self.handle.update(picture)

    def _draw(self, history: History) -> bytes:
        figure = Figure(figsize=(max(5.0, 3.2 * len(history.losses)), 2.5), layout="constrained")
        FigureCanvasAgg(figure)  # not pyplot: else the notebook would show it a second time
        axes = figure.subplots(1, len(history.losses), squeeze=False)[0]
        draw_losses(axes, history)
        for ax in axes:
            ax.set_xlim(0, self.total_steps)
        figure.suptitle(f"{self.name}: {self._status(history)}", fontsize=10)
        buffer = io.BytesIO()
        figure.savefig(buffer, dpi=80, facecolor="white")
        return buffer.getvalue()

    def _status(self, history: History) -> str:
        if self.step >= self.total_steps:
            return f"{self.total_steps} steps in {history.seconds:.0f} s"
        done = self.step - self.first_step
        left = (time.monotonic() - self.started) / done * (self.total_steps - self.step)
        return f"step {self.step} of {self.total_steps}, {left:.0f} s left"


def draw_losses(axes, history: History) -> None:
    """Draw the losses of ``history`` on one axes for each phase."""
    for ax, (phase, points) in zip(axes, history.losses.items(), strict=True):
        ax.plot(history.steps, points, color=COLOUR, linewidth=1)
        ax.set(title=phase, xlabel="step")
        ax.grid(alpha=0.3)
        if phase.endswith("discriminator"):  # what it costs not to know
            ax.axhline(2 * np.log(2), color="0.35", linestyle="--", linewidth=0.8)
