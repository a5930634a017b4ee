"""What every model is: networks, and a training step that yields one named loss per phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from torch import Tensor, nn

from aae_course.data.minibatches import Batch
from aae_course.models.priors import Prior

Wiring = tuple[tuple[str, str, str], ...]


class Model(nn.Module):
    """Networks, and the ordered updates of a minibatch.

    ``phases`` names each update, in the paper's order, and the networks that it may change.
    ``training_step`` yields the loss of each phase by that name. Between two yields the loop
    updates the networks of the phase, so the lines after a yield see the new weights.

    ``wiring`` is for drawings: an arrow (source, network, what flows) for all that enters a network
    in a training step. A source is a network, a prior, the image "x" or the label "y".
    """

    phases: ClassVar[dict[str, tuple[str, ...]]]
    wiring: ClassVar[Wiring]

    def training_step(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """Yield (phase, loss); a loss has shape () or, with replicas, (replicas,)."""
        raise NotImplementedError

    def phase_parameters(self, phase: str) -> list[nn.Parameter]:
        """The weights that a phase may change."""
        return [p for name in self.phases[phase] for p in getattr(self, name).parameters()]


def check_code_fits(
    prior: Prior, beside: Mapping[str, int] | None = None, **networks: tuple[nn.Module, int]
) -> None:
    """Raise ValueError where a network's width does not fit the prior's dimension.

    Each argument is a network and the index (0 input, -1 output) of the width that must fit;
    ``beside`` says how many of its numbers are not of the code. A network without ``widths``, such
    as a module of the reader's own, is taken on trust.
    """
    beside = beside or {}
    for name, (network, end) in networks.items():
        widths = getattr(network, "widths", None)
        if widths is None:
            continue
        dim = widths[end] - beside.get(name, 0)
        if dim != prior.dim:
            raise ValueError(
                f"the latent dimension {dim} of the {name} does not fit the prior: "
                f"{type(prior).__name__} has {prior.dim} dimensions"
            )
