"""What a reader sees while a model trains: a bar in a terminal, live loss curves in a notebook."""

from __future__ import annotations

import sys
import time
from typing import Protocol

from tqdm import tqdm

from aae_course.training.history import History


class Progress(Protocol):
    """A display of one run after another."""

    def begin(self, name: str, total_steps: int, step: int) -> None:
        """A run of ``total_steps`` starts, or goes on from ``step``."""

    def advance(self, step: int, history: History) -> None:
        """``step`` steps are done. Called after each, so it must be quick."""

    def end(self, history: History) -> None:
        """The run is over, finished or not."""


class NoProgress:
    """Shows nothing."""

    def begin(self, name: str, total_steps: int, step: int) -> None: ...

    def advance(self, step: int, history: History) -> None: ...

    def end(self, history: History) -> None: ...


class TerminalProgress:
    """A bar with the time left and the newest losses, on standard error."""

    refresh = 0.5 if sys.stderr.isatty() else 20.0  # seconds; a log file needs few lines

    def begin(self, name: str, total_steps: int, step: int) -> None:
        self.bar = tqdm(
            total=total_steps, initial=step, desc=name, unit="step", dynamic_ncols=True,
            mininterval=self.refresh,
        )  # fmt: skip
        self.next_losses = 0.0

    def advance(self, step: int, history: History) -> None:
        now = time.monotonic()
        if now >= self.next_losses:
            latest = {phase: f"{loss:.3g}" for phase, loss in history.latest().items()}
            self.bar.set_postfix(latest, refresh=False)
            self.next_losses = now + self.refresh
        self.bar.update(step - self.bar.n)

    def end(self, history: History) -> None:
        self.bar.close()


def default_progress() -> Progress:
    """Live loss curves in a notebook, else a bar."""
    if _in_notebook():
        from aae_course.training.live_curves import LiveLossCurves

        return LiveLossCurves()
    return TerminalProgress()


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs us. Looks without importing IPython, which may be absent."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ in ("ZMQInteractiveShell", "Shell")  # Jupyter; Colab
