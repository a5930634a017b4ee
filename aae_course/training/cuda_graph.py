"""A training step as one CUDA graph: recorded once, then launched as a whole.

A step of these small networks is some hundred kernels of a few microseconds each, and Python needs
longer to launch one than the GPU to run it. A graph is launched in one go.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch

WARM_UP = 3  # eager steps before the capture: libraries and optimisers allocate on first use


class GraphedStep:
    """Calls ``step`` a few times, captures it as a CUDA graph, and replays that from then on.

    Every call is a real training step; the capture itself computes nothing. What changes from step
    to step must be in tensors that the step reads. If the step cannot be captured, a warning says
    why, and every call stays eager.

    Args:
        step: takes no arguments and returns nothing.
        device: a CUDA device.
    """

    def __init__(self, step: Callable[[], None], device: torch.device):
        self.step, self.device, self.stream = step, device, torch.cuda.Stream(device)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.warm_up = WARM_UP

    def __call__(self) -> None:
        if self.warm_up:
            self._eager()
            self.warm_up -= 1
            if not self.warm_up:
                self.graph = self._captured()
        elif self.graph:
            self.graph.replay()
        else:
            self.step()

    def _eager(self) -> None:
        """Run the step on the stream that will be captured, as torch asks for."""
        self.stream.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(self.stream):
            self.step()
        torch.cuda.current_stream(self.device).wait_stream(self.stream)

    def _captured(self) -> torch.cuda.CUDAGraph | None:
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=self.stream):
                self.step()
        except RuntimeError as error:
            torch.cuda.synchronize(self.device)
            reason = str(error).partition("\n")[0]
            warnings.warn(
                f"this model's step cannot be captured as a CUDA graph ({reason}): it runs "
                "eagerly, several times slower. A captured step asks the host for no value and "
                "has the same shapes every time",
                RuntimeWarning,
                stacklevel=2,
            )
            return None
        return graph
